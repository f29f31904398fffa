"""One bad input, and how rows are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.fhir.builders import Json, coverage, declaration, encode, patient, ref, visit

NOTHING = "\0"
DANS, HORS, INDETERMINE = "dans-parcours", "hors-parcours", "indetermine"


@dataclass(frozen=True, slots=True)
class Row:
    """One bad input. ``says``: what the answer must hold; ``never``: what it must not."""

    id: str
    name: str
    body: bytes
    expected: int | str
    says: str = ""
    never: str = NOTHING
    strict: bool = False

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


def table(
    id: str, expected: int | str, says: str = "", never: str = NOTHING, /, **bodies: bytes | Json
) -> Iterator[Row]:
    """Rows of one number, all with the same answer."""
    for name, body in bodies.items():
        yield Row(id, name, body if isinstance(body, bytes) else encode(body), expected, says, never)


def structural(id: str, says: str, /, **bodies: Json) -> Iterator[Row]:
    """What the decision does not read: a 422 for who asked for strictness, else a remark and no more."""
    for name, body in bodies.items():
        yield Row(id, f"{name}, strict", encode(body), 422, says, strict=True)
        yield Row(id, name, encode(body), HORS, says)


def decided(*more: Json, **elements: Any) -> Json:
    """A visit out of the path for sure: another generalist than the médecin traitant, and no letter.

    What a row makes unreadable of it leaves it undetermined; a row that changes nothing is still out.
    """
    known = patient(extension=[declaration("declare", ref("Practitioner/mt"))])
    return visit(known, coverage(), *more, **elements)


def nobody(*more: Json, **elements: Any) -> Json:
    """A visit of somebody of whom it is said that he has no médecin traitant: out of the path from 16."""
    return visit(patient(extension=[declaration("aucun")], **elements), coverage(), *more)
