"""Dated values and texts, read from ``parameters/*.toml``: each value with its first day and its citation."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from parcours.errors import LawError

LEGIFRANCE = "https://www.legifrance.gouv.fr/codes/article_lc/"


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a text: its label, its first day, its LEGIARTI id when that is established."""

    label: str
    since: dt.date
    legiarti: str | None

    @property
    def url(self) -> str | None:
        """The page of this version on Légifrance, when its id is established."""
        return LEGIFRANCE + self.legiarti if self.legiarti else None


@dataclass(frozen=True, slots=True)
class Montant:
    """A dated amount or rate; ``valeur`` is ``None`` when it is not established, and ``raison`` says why."""

    valeur: Decimal | None
    cites: tuple[str, ...] = ()
    raison: str | None = None
    note: str | None = None


class Parameters:
    """The values in force on one day. Reading one that has none that day raises ``LawError``."""

    __slots__ = ("_amounts", "_codes", "_entries", "_integers", "jour")

    def __init__(self, jour: dt.date, table: Mapping[str, Any]) -> None:
        self.jour = jour
        self._entries = {name: _in_force(entry["values"], jour) for name, entry in table.items()}
        values = {name: entry and entry.get("value") for name, entry in self._entries.items()}
        self._integers = {name: value for name, value in values.items() if isinstance(value, int)}
        self._codes = {name: frozenset(value) for name, value in values.items() if isinstance(value, list)}
        self._amounts: dict[str, Montant] = {}

    def integer(self, name: str) -> int:
        """A whole number, in the unit its file states."""
        return _found(self._integers, name, self.jour)

    def codes(self, name: str) -> frozenset[str]:
        """A list of codes."""
        return _found(self._codes, name, self.jour)

    def amount(self, name: str) -> Montant:
        """An amount in euros or a rate, with its citations; without value where none is established."""
        found = self._amounts.get(name)
        if found is None:
            found = self._amounts[name] = self._read(name)
        return found

    def _read(self, name: str) -> Montant:
        entry = _found(self._entries, name, self.jour)
        if entry is None:
            raise LawError(f"no value of {name} on {self.jour}")
        valeur = Decimal(entry["value"]) if "value" in entry else None
        return Montant(valeur, tuple(entry["cites"]), entry.get("unknown"), entry.get("note"))

    def has(self, name: str) -> bool:
        """Is a parameter of this name in force that day?"""
        return self._entries.get(name) is not None


T = TypeVar("T")


def _found(values: Mapping[str, T], name: str, jour: dt.date) -> T:
    try:
        return values[name]
    except KeyError:
        raise LawError(f"no value of {name} on {jour}") from None


def _in_force(values: list[dict[str, Any]], jour: dt.date) -> dict[str, Any] | None:
    return next((v for v in reversed(values) if v["since"] <= jour), None)


@cache
def parameter_table() -> Mapping[str, Any]:
    """Every dated value by name, checked: label, ascending dates, a citation each."""
    table: dict[str, Any] = {}
    for path in sorted((files("parcours.law") / "parameters").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml") and path.name != "textes.toml":
            table |= tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    for name, entry in table.items():
        check_values(name, entry)
    return table


def check_values(name: str, entry: Mapping[str, Any]) -> None:
    """Raise ``LawError`` unless the parameter has a label, ascending dates and a citation per value."""
    values = entry.get("values", [])
    dates = [v["since"] for v in values]
    if not entry.get("label") or not values:
        raise LawError(f"parameter {name}: a label and at least one value are required")
    if dates != sorted(set(dates)):
        raise LawError(f"parameter {name}: dates must ascend")
    if not all(v.get("cites") and v.get("checked_on") for v in values):
        raise LawError(f"parameter {name}: each value needs a citation and the day it was checked")
    if not all(("value" in v) != ("unknown" in v) for v in values):
        raise LawError(f"parameter {name}: each entry has a value, or says why it is unknown")


@cache
def _texts_file() -> Mapping[str, Any]:
    return tomllib.loads((files("parcours.law") / "parameters" / "textes.toml").read_text("utf-8"))


def law_version() -> str:
    """The version of the encoded law: the day its texts were last checked."""
    return str(_texts_file()["version_droit"])


@cache
def texts() -> Mapping[str, tuple[Version, ...]]:
    """Every cited text by key, with its versions in order."""
    return {key: _versions(entry) for key, entry in _texts_file()["textes"].items()}


def _versions(entry: Mapping[str, Any]) -> tuple[Version, ...]:
    return tuple(
        Version(v.get("label", entry["label"]), v["since"], v.get("legiarti")) for v in entry["versions"]
    )


def text_version(key: str, jour: dt.date) -> Version:
    """The version of a text in force on a day. Raises ``LawError`` for a day before its first version."""
    found = next((v for v in reversed(texts()[key]) if v.since <= jour), None)
    if found is None:
        raise LawError(f"text {key} has no version on {jour}")
    return found
