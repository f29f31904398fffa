"""Bytes that atheris makes, guided by what they reach in the reader: a process that ``make fuzz`` starts.

``python -m tests.fuzz.parser FOLDER [--planted] -atheris_runs=N -seed=N``. Only our own errors may come out.
"""

from __future__ import annotations

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["parcours.fhir", "parcours.law", "parcours.domain"]):
    from parcours.errors import InputError
    from parcours.fhir.reading import read_request
    from parcours.law import droit  # so that no first use is counted to an input

PLANTED = "--planted"
"""A bug is put in, which must be found: the control."""


def one(data: bytes) -> None:
    """Read one body; whatever is neither a reading nor our own error ends the process."""
    with contextlib.suppress(InputError):
        read_request(data)


def one_with_a_bug(data: bytes) -> None:
    """The same, and a reader that stumbles on what every request holds."""
    one(data)
    if b"Encounter" in data:
        raise KeyError("planted")


if __name__ == "__main__":
    droit()
    arguments = [argument for argument in sys.argv if argument != PLANTED]
    atheris.Setup(arguments, one_with_a_bug if PLANTED in sys.argv else one)
    atheris.Fuzz()
