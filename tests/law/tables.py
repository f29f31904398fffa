"""The tables of this folder, read once: the cases, and the rows of the contract's code table."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from tests.law.visites import PRATICIEN, VISITE, visite

from parcours.domain.facts import Visite

ICI = Path(__file__).resolve().parent
ATTENTES = {
    "nom", "cacher", "ligne", "mt", "position", "situation", "situations_possibles", "situations_contient",
    "ips", "qtp", "qcp", "motifs", "motifs_contient", "effets", "manquants", "manquants_contient",
    "alternatives", "alternatives_sans", "alternatives_si", "avertissements", "politiques",
    "facturation", "verifie_facturation",
}  # fmt: skip


@cache
def cas() -> tuple[dict[str, Any], ...]:
    """Every case of every file, the facts common to its file filled in, those it hides taken out."""
    return tuple(c for chemin in sorted((ICI / "cases").glob("*.toml")) for c in _read(chemin))


@cache
def lignes() -> dict[str, dict[str, Any]]:
    """The code table, by row."""
    return tomllib.loads((ICI / "lignes.toml").read_text(encoding="utf-8"))


def visite_de(c: dict[str, Any]) -> Visite:
    """The visit of a case, without what the case expects."""
    return visite({cle: valeur for cle, valeur in c.items() if cle in PRATICIEN | VISITE})


def traitant_de(c: dict[str, Any]) -> str:
    """Is a médecin traitant declared that day? ``oui``, ``non`` or ``inconnu``, said or plain to see."""
    if "mt" in c:
        return str(c["mt"])
    if "traitants" in c or "traitant" not in c:
        return "inconnu"
    return "non" if c["traitant"] == "aucun" else "oui"


def ligne_de(c: dict[str, Any]) -> dict[str, Any]:
    """What the case's row answers, each value that depends on a médecin traitant settled."""
    row = lignes()[c["ligne"]]
    return {cle: _settled(valeur, traitant_de(c)) for cle, valeur in row.items()}


def nul(valeur: Any) -> Any:
    """``"null"`` in a table is ``None``."""
    return None if valeur == "null" else valeur


def _settled(valeur: Any, traitant: str) -> Any:
    return nul(valeur[traitant] if isinstance(valeur, dict) else valeur)


def _read(chemin: Path) -> list[dict[str, Any]]:
    table = tomllib.loads(chemin.read_text(encoding="utf-8"))
    commun = table.get("commun", {})
    return [_merged(commun, c) | {"fichier": chemin.stem} for c in table["case"]]


def _merged(commun: dict[str, Any], c: dict[str, Any]) -> dict[str, Any]:
    if inconnus := c.keys() - ATTENTES - PRATICIEN - VISITE:
        raise ValueError(f"{c['nom']}: unknown words {sorted(inconnus)}")
    return {cle: v for cle, v in commun.items() if cle not in c.get("cacher", ())} | c
