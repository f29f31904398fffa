"""The national codes that the program reads, as fragments of their tables: enough to catch a code mistyped.

Only the validator sees them; the tables themselves are published by the Agence du Numérique en Santé.
"""

from __future__ import annotations

from typing import Any

from parcours.fhir.nomenclature import DISCIPLINES, LIEUX, PROFESSIONS, REMPLACANT, SECTEURS
from parcours.fhir.systems import R22, R282, TABLES

Resource = dict[str, Any]


def _codes() -> dict[str, set[str]]:
    codes: dict[str, set[str]] = {R22: {c for c in REMPLACANT if c.startswith("GENR")}, R282: set(SECTEURS)}
    for tables in (DISCIPLINES, PROFESSIONS, LIEUX):
        for table, known in tables.items():
            codes.setdefault(table, set()).update(known)
    return codes


def national_tables() -> list[Resource]:
    """One CodeSystem fragment per table whose codes decide something."""
    urls = {table: url for url, table in reversed(TABLES.items()) if "/NOS/" in url}
    return [_fragment(table, urls[table], sorted(codes)) for table, codes in sorted(_codes().items())]


def _fragment(table: str, url: str, codes: list[str]) -> Resource:
    return {
        "resourceType": "CodeSystem",
        "id": f"tre-{table.lower()}",
        "url": url,
        "name": f"Tre{table}",
        "status": "active",
        "content": "fragment",
        "concept": [{"code": code} for code in codes],
    }
