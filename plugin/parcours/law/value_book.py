"""The dated values of the law as people read them: rates, amounts, ages, lists, each with its citations."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from parcours.law.parameter_files import parameter_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Valeur:
    """One value and its first day; ``None`` when it is not established, and ``inconnu`` says why."""

    depuis: dt.date
    valeur: Decimal | int | tuple[str, ...] | None
    inconnu: str | None
    cites: tuple[str, ...]
    note: str | None
    verifie_le: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Parametre:
    """A dated value: ``unite`` is ``euro``, ``an``, ``jour``, ``part`` (a fraction) or ``None``."""

    nom: str
    libelle: str
    unite: str | None
    valeurs: tuple[Valeur, ...]

    def le(self, jour: dt.date) -> Valeur | None:
        """The value of that day, when there is one."""
        return next((valeur for valeur in reversed(self.valeurs) if valeur.depuis <= jour), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Values that a reader looks for together."""

    titre: str
    parametres: tuple[Parametre, ...]


NOT_SHOWN = re.compile(r"actes|deplacements|supplements.*|articles-.*|regime-(\d\d.*|mutualiste)")
"""Words of the nomenclature, addresses of caisses, what tests read: lists that serve the program."""

THEMES = (
    ("Âges, durées et listes", ("age-", "duree-", "specialites-", "actes-")),
    ("Taux, plafonds et participations", ("",)),
    ("Tarifs", ("tarif-",)),
)
"""Titles in the order of the page, and how the names of their values begin."""


def themes() -> tuple[Theme, ...]:
    """Every value that a reader of the law may look for, by theme."""
    par_titre: dict[str, list[Parametre]] = {titre: [] for titre, _ in THEMES}
    for nom, entry in parameter_table().items():
        if not NOT_SHOWN.fullmatch(nom):
            par_titre[_titre(nom)].append(_parametre(nom, entry))
    return tuple(Theme(titre=titre, parametres=tuple(found)) for titre, found in par_titre.items())


def _titre(nom: str) -> str:
    """The longest beginning that fits."""
    return max(
        ((len(debut), titre) for titre, debuts in THEMES for debut in debuts if nom.startswith(debut)),
    )[1]


def _parametre(nom: str, entry: Mapping[str, Any]) -> Parametre:
    valeurs = tuple(_valeur(value) for value in entry["values"])
    parts = all(v.valeur is None or isinstance(v.valeur, Decimal) for v in valeurs)
    unite = entry.get("unit") or ("part" if parts else None)
    return Parametre(nom=nom, libelle=entry["label"], unite=unite, valeurs=valeurs)


def _valeur(value: Mapping[str, Any]) -> Valeur:
    valeur = value.get("value")
    return Valeur(
        depuis=value["since"],
        valeur=tuple(valeur) if isinstance(valeur, list) else valeur,
        inconnu=value.get("unknown"),
        cites=tuple(value["cites"]),
        note=value.get("note"),
        verifie_le=value["checked_on"],
    )
