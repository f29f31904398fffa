"""Why a batch does not start, or cannot go on. The texts are for people, and hold no value of a visit."""

from __future__ import annotations

from parcours.errors import ParcoursError


class BatchRefused(ParcoursError):
    """What is asked cannot be done as it is asked: nothing was touched."""


class InputUnreadable(ParcoursError):
    """The input cannot be read, or not to its end; what was done is kept, to be resumed."""


class WorkersLost(ParcoursError):
    """The processes that answer die before they answer anything; what was done is kept."""


class OutputUnwritable(ParcoursError):
    """The disk is full, or protected; what was done is kept as far as it is written."""
