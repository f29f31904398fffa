"""A flat row as the situation that OpenFisca takes, and what it answers. Standard library only."""

from __future__ import annotations

from typing import Any

DAY = "2026-01-01"
"""A day must be named; nothing depends on it."""


def situation(row: dict[str, Any]) -> dict[str, Any]:
    """One visit and its facts, less the question."""
    return {"visites": {"v": {name: {"ETERNITY": _told(value)} for name, value in row.items()}}}


def question(row: dict[str, Any]) -> dict[str, Any]:
    """The same with the question, for the web API."""
    told = situation(row)
    told["visites"]["v"]["reponse"] = {DAY: None}
    return told


def answer(told: dict[str, Any]) -> str:
    """What the web API found, from the name that the country gives it."""
    where, code = told["visites"]["v"]["reponse"][DAY].split("_")
    return f"{where.lower()}-parcours {code}"


def _told(value: Any) -> Any:
    """Codes are names of Python there, which have no hyphens."""
    return value.replace("-", "_") if isinstance(value, str) else value
