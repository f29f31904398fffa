"""The answer: one ``Decision``. Every face of the product is a rendering of it.

Field names are those of the published JSON; ``None`` is ``null``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from parcours.domain.facts import Avertissement
from parcours.domain.reimbursement import Remboursement


class Position(StrEnum):
    """Where the visit stands (``pds-cs-position``)."""

    DANS = "dans-parcours"
    HORS = "hors-parcours"
    NON_CONCERNE = "non-concerne"
    INDETERMINE = "indetermine"


class Reponse(StrEnum):
    """A finding as it is published."""

    OUI = "oui"
    NON = "non"
    INCONNU = "inconnu"


class Effet(StrEnum):
    """Legal effects that are often confused (``pds-cs-effet``)."""

    MAJORATION = "majoration"
    DEPASSEMENT_AUTORISE = "depassement-autorise"
    MAJORATION_HOSPITALIERE = "majoration-hospitaliere"
    PRISE_EN_CHARGE = "prise-en-charge"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedecinFacture:
    """The doctor the billing screen asks for: AM number, else RPPS."""

    nom: str | None
    prenom: str | None
    identifiant: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facturation:
    """What the billing screen will demand (``""`` = deliberately blank, ``None`` = not known)."""

    indicateur: str | None
    declaration_mt: str | None
    top_mt: str | None
    medecin: MedecinFacture | None = None
    date_installation: dt.date | None = None
    date_installation_zone: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Motif:
    """A legal ground that holds, with the text in force that day."""

    regle: str
    titre: str
    texte: str
    version: str | None
    url: str | None
    depuis: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaitRetenu:
    """A fact that was used, and where it came from."""

    fait: str
    valeur: str
    origine: str
    date: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manquant:
    """A fact that is missing, where it would be read, and what each of its values would change."""

    fait: str
    chemin: str
    effet: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What would have put the visit in the path, were it so and said so."""

    si: str
    situation: str | None
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class PolitiqueAppliquee:
    """A named reading that was applied because texts and practice differ."""

    politique: str
    valeur: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A reasoned answer on one visit. No clock and no chance in it: same facts, same versions, same bytes."""

    id: str
    date_des_soins: dt.date
    position: Position
    situation: str | None
    situations_possibles: tuple[str, ...]
    ips: str | None
    qtp: str | None
    qcp_attendu: tuple[str, ...]
    facturation: Facturation
    motifs: tuple[Motif, ...]
    effets: Mapping[Effet, Reponse]
    faits: tuple[FaitRetenu, ...]
    manquants: tuple[Manquant, ...]
    alternatives: tuple[Alternative, ...]
    avertissements: tuple[Avertissement, ...]
    remboursement: Remboursement | None
    politiques: tuple[PolitiqueAppliquee, ...]
    version_droit: str
    version_logiciel: str
