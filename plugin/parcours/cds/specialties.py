"""Professions and specialties said in words only, when the words are a label of a national table."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from parcours.domain.facts import Profession

_PROFESSIONS: Final = {"doctors": Profession.MEDECIN, "others": Profession.AUTRE}


def profession_of(label: str) -> Profession | None:
    """Whose label this is: a doctor to whom people are sent, or somebody else. ``None``: of nobody known."""
    return _labels().get(_bare(label))


@cache
def _labels() -> Mapping[str, Profession]:
    lists = tomllib.loads((files("parcours.cds") / "specialties.toml").read_text("utf-8"))
    return {_bare(label): _PROFESSIONS[name] for name, labels in lists.items() for label in labels}


def _bare(label: str) -> str:
    """The letters and digits of a label: accents, capitals, dashes and the table's "(SM)" say nothing."""
    plain = unicodedata.normalize("NFKD", label.casefold().strip().removesuffix("(sm)"))
    return "".join(character for character in plain if character.isalnum())
