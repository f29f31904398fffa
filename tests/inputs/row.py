"""One bad input, and how rows are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.fhir.builders import Json, encode

DANS, HORS, INDETERMINE = "dans-parcours", "hors-parcours", "indetermine"


@dataclass(frozen=True, slots=True)
class Row:
    """One bad input. ``says``: a word that the answer must hold, a fact or a warning."""

    id: str
    name: str
    body: bytes
    expected: int | str
    says: str = ""
    strict: bool = False

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


def table(id: str, expected: int | str, /, **bodies: bytes | Json) -> Iterator[Row]:
    """Rows of one number, all with the same answer."""
    for name, body in bodies.items():
        yield Row(id, name, body if isinstance(body, bytes) else encode(body), expected)


def structural(id: str, /, **bodies: Json) -> Iterator[Row]:
    """What the decision does not read: a 422 for who asked for strictness, else a remark at most."""
    for name, body in bodies.items():
        yield Row(id, f"{name}, strict", encode(body), 422, strict=True)
        yield Row(id, name, encode(body), INDETERMINE)
