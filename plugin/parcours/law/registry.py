"""The rule base: rules with their rank, their dates and their text, and the law of one day."""

from __future__ import annotations

import datetime as dt
import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from parcours.domain.decision import Motif
from parcours.domain.facts import Fait, Visite
from parcours.domain.finding import Finding, any_of
from parcours.errors import LawError, Problem, UnsupportedDate
from parcours.law.cas import Cas
from parcours.law.parameter_files import Parameters, parameter_table, text_version, texts

DEBUT_DU_DISPOSITIF = dt.date(2006, 1, 1)
"""The majoration starts that day; no visit is judged before it."""


class Rang(IntEnum):
    """Rows of the published code table, in the order in which they are tried: the first to hold decides."""

    HORS_CHAMP = 1
    MOINS_DE_SEIZE_ANS = 2
    MAYOTTE = 3
    NOUVEAU_TRAITANT = 4
    TRAITANT = 5
    REMPLACANT = 6
    D162_1_6 = 7
    ORIENTE = 8
    INSTALLE = 9
    ZONE = 10
    URGENCE = 11
    HORS_RESIDENCE = 12
    AUTRE_ADRESSEUR = 13
    STRUCTURE = 14
    TRAITANT_PARTI = 15
    TELECONSULTATION = 16
    TOUT_MEDECIN = 17
    ACCES_DIRECT = 18
    TOLERANCE = 19
    HORS_ACCES_DIRECT = 20
    ACCES_DIRECT_SANS_TRAITANT = 21
    NON_ORIENTE = 22


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Where in a text, since which day (paragraph numbers move from version to version)."""

    name: str
    since: dt.date = dt.date.min


@dataclass(frozen=True, slots=True)
class Regle:
    """One legal ground: its id and title, the row it opens, its text, the days it is in force."""

    id: str
    titre: str
    rang: Rang
    texte: str
    paragraphes: tuple[Paragraph, ...]
    depuis: dt.date
    jusqu_a: dt.date | None
    holds: Callable[[Cas], Finding] = field(repr=False)

    def en_vigueur(self, jour: dt.date) -> bool:
        """Is the rule in force that day? ``jusqu_a`` is the first day it no longer is."""
        return self.depuis <= jour and (self.jusqu_a is None or jour < self.jusqu_a)

    def motif(self, jour: dt.date) -> Motif:
        """This ground with the text in force that day."""
        version = text_version(self.texte, jour)
        paragraphe = next((p.name for p in reversed(self.paragraphes) if p.since <= jour), None)
        return Motif(
            regle=self.id,
            titre=self.titre,
            texte=f"{version.label}, {paragraphe}" if paragraphe else version.label,
            version=version.legiarti,
            url=version.url,
            depuis=max(version.since, self.depuis),
        )


_DECLARED: list[Regle] = []


def rule(
    identifiant: str,
    rang: Rang,
    texte: str,
    *paragraphes: str | Paragraph,
    since: dt.date = DEBUT_DU_DISPOSITIF,
    until: dt.date | None = None,
) -> Callable[[Callable[[Cas], Finding]], Callable[[Cas], Finding]]:
    """Declare a legal ground. Its docstring is the title shown to people.

    Raises ``LawError`` for a rule without title or whose text is not in ``textes.toml``.
    """
    places = tuple(p if isinstance(p, Paragraph) else Paragraph(p) for p in paragraphes)

    def declare(predicate: Callable[[Cas], Finding]) -> Callable[[Cas], Finding]:
        titre = (predicate.__doc__ or "").strip().split("\n")[0].rstrip(".")
        if not titre:
            raise LawError(f"rule {identifiant} has no title")
        if texte not in texts():
            raise LawError(f"rule {identifiant} cites an unknown text")
        _DECLARED.append(Regle(identifiant, titre, rang, texte, places, since, until, predicate))
        return predicate

    return declare


@dataclass(frozen=True, slots=True)
class Ligne:
    """One row of the code table: the rules that open it on one day."""

    rang: Rang
    regles: tuple[Regle, ...]

    def holds(self, cas: Cas) -> Finding:
        """Does one of its rules hold?"""
        return any_of(*[regle.holds(cas) for regle in self.regles])


class DroitDuJour:
    """The rules and the values in force on one day; ``lignes`` are the rows in the order they are tried."""

    __slots__ = ("lignes", "parametres", "regles")

    def __init__(self, regles: tuple[Regle, ...], parametres: Parameters) -> None:
        self.regles = regles
        self.parametres = parametres
        self.lignes = tuple(
            Ligne(rang, tuple(group)) for rang, group in itertools.groupby(regles, key=lambda r: r.rang)
        )


class Droit:
    """The whole encoded law. Building it checks that no two versions of a rule overlap."""

    def __init__(self, regles: Iterable[Regle], version: str) -> None:
        ordre_des_textes = list(texts())
        self.regles = tuple(sorted(regles, key=lambda r: (r.rang, ordre_des_textes.index(r.texte))))
        self.version = version
        self.depuis = DEBUT_DU_DISPOSITIF
        self._debuts = _jours_de_changement(self.regles)
        self._periodes: dict[dt.date, DroitDuJour] = {}
        _refuse_overlaps(self.regles)

    def en_vigueur(self, jour: dt.date) -> tuple[Regle, ...]:
        """The rules in force that day, in the order of the code table."""
        return self.du_jour(jour).regles

    def applicable(self, visite: Visite) -> DroitDuJour:
        """The law by which a visit is judged.

        Raises ``UnsupportedDate`` for a visit before the majoration existed (1 January 2006).
        """
        if visite.date < self.depuis:
            raise UnsupportedDate([_avant_le_dispositif(visite)])
        return self.du_jour(visite.date)

    def du_jour(self, jour: dt.date) -> DroitDuJour:
        """The law of one day: built once for all days between two changes of a rule or of a value."""
        debut = self._debuts[bisect_right(self._debuts, jour) - 1]
        found = self._periodes.get(debut)
        if found is None:
            regles = tuple(r for r in self.regles if r.en_vigueur(debut))
            found = self._periodes[debut] = DroitDuJour(regles, Parameters(debut, parameter_table()))
        return found


def _avant_le_dispositif(visite: Visite) -> Problem:
    chemin = visite.origines[Fait.DATE].chemin if Fait.DATE in visite.origines else "Encounter.period.start"
    return Problem(
        chemin, "business-rule", "La visite est antérieure au 1er janvier 2006 : le parcours n'existait pas."
    )


def declared_rules() -> tuple[Regle, ...]:
    """Every rule declared so far by the modules of ``parcours.law.rules``."""
    return tuple(_DECLARED)


def _jours_de_changement(regles: Iterable[Regle]) -> list[dt.date]:
    """The first days of the periods in which neither a rule nor a value changes."""
    values = {value["since"] for entry in parameter_table().values() for value in entry["values"]}
    bornes = {jour for regle in regles for jour in (regle.depuis, regle.jusqu_a) if jour}
    return sorted({dt.date.min, *values, *bornes})


def _refuse_overlaps(regles: Iterable[Regle]) -> None:
    for a, b in itertools.combinations(regles, 2):
        if a.id == b.id and a.depuis < (b.jusqu_a or dt.date.max) and b.depuis < (a.jusqu_a or dt.date.max):
            raise LawError(f"two versions of rule {a.id} overlap")
