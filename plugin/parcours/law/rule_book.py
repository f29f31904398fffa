"""The encoded law as people read it: each row of the code table, each rule with its condition and its texts.

Told, never judged by. Field names are those of the published JSON (docs/rules.md); a day in ``jusqu_a`` is
the first on which it is no longer so, and ``None`` means that no end is known.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from parcours.law.invoice_codes import CODAGES, Codage
from parcours.law.parameter_files import texts
from parcours.law.policies import POLITIQUES, Politique, Politiques
from parcours.law.questions import GROUPES
from parcours.law.registry import Droit, Rang, Regle


@dataclass(frozen=True, slots=True, kw_only=True)
class Etat:
    """One version of a rule or a text, between two days. ``version``: its LEGIARTI id, if established."""

    depuis: dt.date
    jusqu_a: dt.date | None
    texte: str
    version: str | None
    url: str | None

    def en_vigueur(self, jour: dt.date) -> bool:
        """Is it the version of that day?"""
        return self.depuis <= jour and (self.jusqu_a is None or jour < self.jusqu_a)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fiche:
    """One rule: what it asks, which row it opens, its versions in order, the readings that may change it."""

    id: str
    titre: str
    condition: str
    rang: int
    en_vigueur: bool
    etats: tuple[Etat, ...]
    politiques: tuple[str, ...]

    def etat(self, jour: dt.date) -> Etat | None:
        """The version of that day, when there is one."""
        return next((etat for etat in self.etats if etat.en_vigueur(jour)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ligne:
    """One row of the code table: its question, its codes with and without a médecin traitant, its rules."""

    rang: int
    question: str
    avec_medecin_traitant: Codage
    sans_medecin_traitant: Codage
    regles: tuple[Fiche, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groupe:
    """Rows that a reader takes together."""

    titre: str
    lignes: tuple[Ligne, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texte:
    """One cited text and its versions in order."""

    cle: str
    etats: tuple[Etat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lecture:
    """One named reading: what was chosen here, and the rules that it may change (none: amounts or codes).

    ``nombre``: a number may be chosen as well.
    """

    nom: str
    note: str
    choisi: str
    defaut: str
    choix: tuple[str, ...]
    nombre: bool
    regles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NonEncode:
    """Something that is not judged: why, and what is answered instead."""

    sujet: str
    raison: str
    reponse: str
    texte: str | None = None
    ligne: str | None = None
    """The row of the legal reading that has no rule, when there is one."""


def groupes(droit: Droit, jour: dt.date) -> tuple[Groupe, ...]:
    """The code table in the order in which it is tried, each row with its rules, in force that day or not."""
    fiches_ = fiches(droit, jour)
    return tuple(
        Groupe(titre=titre, lignes=tuple(_ligne(q.rang, q.texte, fiches_) for q in questions))
        for titre, questions in GROUPES
    )


def _ligne(rang: Rang, question: str, toutes: Iterable[Fiche]) -> Ligne:
    avec, sans = CODAGES[rang]
    return Ligne(
        rang=int(rang),
        question=question,
        avec_medecin_traitant=avec,
        sans_medecin_traitant=sans,
        regles=tuple(fiche for fiche in toutes if fiche.rang == rang),
    )


def fiches(droit: Droit, jour: dt.date) -> tuple[Fiche, ...]:
    """Every rule, in the order of the code table."""
    par_id: dict[str, list[Regle]] = {}
    for regle in droit.regles:
        par_id.setdefault(regle.id, []).append(regle)
    return tuple(_fiche(versions, jour) for versions in par_id.values())


def _fiche(versions: Sequence[Regle], jour: dt.date) -> Fiche:
    regle = next((r for r in versions if r.en_vigueur(jour)), versions[-1])
    return Fiche(
        id=regle.id,
        titre=regle.titre,
        condition=conditions()[regle.id],
        rang=int(regle.rang),
        en_vigueur=regle.en_vigueur(jour),
        etats=tuple(etat for r in versions for etat in _etats(r)),
        politiques=tuple(nom for nom, touchees in regles_par_politique().items() if regle.id in touchees),
    )


def _etats(regle: Regle) -> Iterator[Etat]:
    """One state for each day on which the rule, its text or its place in it changes."""
    changes = {
        regle.depuis,
        *(version.since for version in texts()[regle.texte]),
        *(paragraphe.since for paragraphe in regle.paragraphes),
    }
    jours = sorted(jour for jour in changes if regle.en_vigueur(jour))
    for depuis, jusqu_a in zip(jours, [*jours[1:], regle.jusqu_a], strict=True):
        motif = regle.motif(depuis)
        yield Etat(depuis=depuis, jusqu_a=jusqu_a, texte=motif.texte, version=motif.version, url=motif.url)


def textes() -> tuple[Texte, ...]:
    """Every text that a rule cites, with its versions."""
    return tuple(Texte(cle=cle, etats=tuple(_versions(cle))) for cle in texts())


def _versions(cle: str) -> Iterator[Etat]:
    versions = texts()[cle]
    for version, suivante in zip(versions, [*versions[1:], None], strict=True):
        yield Etat(
            depuis=version.since,
            jusqu_a=suivante.since if suivante else None,
            texte=version.label,
            version=version.legiarti,
            url=version.url,
        )


def lectures(choisies: Politiques) -> tuple[Lecture, ...]:
    """Every policy, with the choice made here."""
    return tuple(_lecture(politique, choisies) for politique in POLITIQUES)


def _lecture(politique: Politique, choisies: Politiques) -> Lecture:
    return Lecture(
        nom=politique.nom,
        note=politique.note,
        choisi=choisies.choix(politique.nom),
        defaut=politique.defaut,
        choix=politique.choix,
        nombre=politique.nombre is not None,
        regles=regles_par_politique()[politique.nom],
    )


@cache
def _conditions_file() -> Mapping[str, Any]:
    return _read("conditions.toml")


def conditions() -> Mapping[str, str]:
    """The condition of each rule in a sentence, by its id."""
    table: Mapping[str, str] = _conditions_file()["conditions"]
    return table


def regles_par_politique() -> Mapping[str, tuple[str, ...]]:
    """The rules that each policy may change, by its name."""
    return {nom: tuple(regles) for nom, regles in _conditions_file()["politiques"].items()}


@cache
def non_encodes() -> tuple[NonEncode, ...]:
    """What is not judged, and why."""
    return tuple(NonEncode(**entry) for entry in _read("non_encode.toml")["non_encode"])


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("parcours.law") / name).read_text("utf-8"))
