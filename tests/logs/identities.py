"""The people of the fixtures, all invented: what no log, error text, label or file name may ever hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

NAMES: Final = (
    "PAT-TROIS",
    "DOMINIQUE",
    "Dominique",
    "Camille",
    "Claude",
    "PARENT-FICTIF",
    "TRAITANT-FICTIF",
    "CONSULTE-FICTIF",
    "REMPLACANT-FICTIF",
    "TIERS-FICTIF",
    "IPA-FICTIVE",
    "TEST-DOC",
)
PLACES: Final = ("1 rue Fictive", "2 rue Fictive")
NIR: Final = re.compile(
    r"(?<![0-9A-Za-z])[12][0-9]{2}(?:0[1-9]|1[0-2])(?:[0-9]{2}|2[AB])[0-9]{6}(?:[0-9]{2})?(?![0-9A-Za-z])"
)
"""A social security number, with its key or without."""
BIRTH: Final = re.compile(r"birthDate\W{1,5}([0-9]{4}-[0-9]{2}-[0-9]{2})")

_FIXTURES: Final = ("tests/**/*.py", "examples/*/*.json")


def fixtures() -> Iterator[str]:
    """The text of everything in which these people are found."""
    for pattern in _FIXTURES:
        for path in ROOT.glob(pattern):
            if "node_modules" not in path.parts and path != Path(__file__):
                yield path.read_text("utf-8")


def seeded() -> frozenset[str]:
    """Every value to look for."""
    found = {*NAMES, *PLACES}
    for text in fixtures():
        found.update(NIR.findall(text), BIRTH.findall(text))
    return frozenset(found)
