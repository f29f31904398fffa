"""What the texts say. Never reads the clock; knows no FHIR, no HTTP, no storage."""

from __future__ import annotations

from functools import cache

from parcours.law import rules
from parcours.law.parameter_files import law_version
from parcours.law.registry import Droit, DroitDuJour, Rang, Regle, declared_rules

__all__ = ["Droit", "DroitDuJour", "Rang", "Regle", "droit", "rules"]


@cache
def droit() -> Droit:
    """The encoded law, built and checked once. Raises ``LawError`` when its rules or values are wrong."""
    return Droit(declared_rules(), law_version())
