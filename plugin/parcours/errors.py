"""Every error this package raises on purpose.

* ParcoursError
  * InputError             the caller can fix it; carries every problem found, never a value
    * MalformedInput       not JSON, or JSON that breaks our strict form (HTTP 400)
    * TooLarge             over a bound, refused before anything is built (HTTP 413)
    * UnreadableBundle     good JSON, unusable FHIR (HTTP 422)
    * UnsupportedDate      a day the encoded law does not cover (HTTP 422)
  * SettingsError          the service is configured wrongly; it does not start
  * LawError               the rule base or its parameters are wrong; found when they are loaded
  * StoreError             what is kept of declarations; a text never holds a value, a path, a query
    * StoreUnusable        found at start: the service does not start
    * StoreUnavailable     found while running: nothing is confirmed, ask again (HTTP 503)
      * AuditUnavailable   what was asked cannot be recorded: it is not answered (HTTP 503)
    * KeyReused            an idempotency key came back with another request (HTTP 422)
    * IllegalMove          that state does not follow the one reached (HTTP 422)
    * StaleVersion         somebody moved it since it was read (HTTP 412)
    * UnknownDeclaration   nothing by that id, or not for you: nobody can tell (HTTP 404)
  * Overloaded             too many requests wait to be computed: ask again (HTTP 503)
  * BatchRefused, InputUnreadable, OutputUnwritable, WorkersLost: see ``parcours.bulk.refusals``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where, which kind, what to do. Never the value.

    ``expression`` is a FHIRPath; ``code`` a code of FHIR's ``issue-type``; ``severity`` one of
    ``error``, ``warning``, ``information``.
    """

    expression: str
    code: str
    text: str
    severity: str = "error"


class ParcoursError(Exception):
    """The root of this tree."""


class InputError(ParcoursError):
    """The caller can fix it. ``problems`` says where and how."""

    status: ClassVar[int] = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.expression}: {p.text}" for p in self.problems))


class MalformedInput(InputError):
    """Not JSON, or JSON outside our strict form: duplicate keys, too deep, not UTF-8."""

    status = 400


class TooLarge(InputError):
    """More bytes or more entries than the service reads."""

    status = 413


class UnreadableBundle(InputError):
    """JSON that is not the FHIR this service reads."""


class UnsupportedDate(InputError):
    """The day of care lies outside the law that is encoded."""


class SettingsError(ParcoursError):
    """A setting is unknown, missing or unusable."""


class LawError(ParcoursError):
    """A rule without title or citation, two versions that overlap, a parameter without a value."""


class Overloaded(ParcoursError):
    """Too many requests wait for their turn. Nothing was done; the same request may be made again."""


class StoreError(ParcoursError):
    """What is kept of declarations cannot be reached, or refuses what is asked of it."""


class StoreUnusable(StoreError):
    """The database must not be used as it is. The text, in French, says what to do."""


class StoreUnavailable(StoreError):
    """The database cannot answer now. Nothing was confirmed; the same request may be made again."""


class AuditUnavailable(StoreUnavailable):
    """The record of a request cannot be written now: its answer does not leave."""


class KeyReused(StoreError):
    """This idempotency key already belongs to another request."""


class IllegalMove(StoreError):
    """A declaration does not move from the state it is in to the one asked for."""


class StaleVersion(StoreError):
    """The version named is not the last one."""


class UnknownDeclaration(StoreError):
    """No declaration by this id for this tenant."""
