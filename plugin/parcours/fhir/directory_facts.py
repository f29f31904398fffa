"""What the national directory says of the professional consulted, as facts of the visit. Pure.

The directory tells what is on the day it is asked; the day of the visit decides what may be made of it. It
fills what the request does not say, and denies nothing that it says: at most there is a warning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeVar

import msgspec

from parcours.domain.facts import (
    Avertissement,
    Fait,
    Origine,
    Praticien,
    Profession,
    Visite,
)
from parcours.fhir.dates import couvre
from parcours.fhir.elements import HumanName, Organization, Practitioner, PractitionerRole
from parcours.fhir.nomenclature import REMPLACANT
from parcours.fhir.places import PARIS
from parcours.fhir.qualifications import INCONNU, Code, Exercice, codes, exercice
from parcours.fhir.systems import R21, R22, TABLES
from parcours.fhir.wordings import SPECIALITE_AMBIGUE
from parcours.law.warnings import TEXTES

ANNUAIRE: Final = "annuaire"
"""The origin of a fact that the directory supplied (contract, ``faits``)."""

FRAICHEUR: Final = dt.timedelta(days=7)
"""What was said longer before the visit decides nothing; where it would, the answer says so."""
PORTEE: Final = dt.timedelta(days=30)
"""A visit further in the past than this is not completed: nobody can tell what was so on that day."""

R = TypeVar("R")


class _Practitioner(Practitioner, frozen=True, kw_only=True):
    active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activite:
    """One activity: codes of the tables we know (R21, R22…), and where it takes place."""

    codes: tuple[Code, ...]
    lieu: Organization | None = None

    @property
    def remplacement(self) -> bool:
        """Is this activity a replacement?"""
        return any(code.table in (R21, R22) and code.code in REMPLACANT for code in self.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fiche:
    """What the directory says of one professional, for one day; ``date`` is when it said so.

    ``connu``: it knows one active professional under this number. Else, or if it knows several, all is empty.
    """

    date: dt.date
    connu: bool = False
    nom: HumanName | None = None
    exercice: Exercice = INCONNU
    activites: tuple[Activite, ...] = ()

    @property
    def remplacant(self) -> bool:
        """Are all his activities replacements?"""
        return bool(self.activites) and all(activite.remplacement for activite in self.activites)


class Releve(Protocol):
    """What the directory said, the same each time it was asked from one day to another."""

    @property
    def depuis(self) -> dt.date:
        """The first day on which it said so."""

    @property
    def jusqu_a(self) -> dt.date:
        """The last one."""

    @property
    def resources(self) -> Sequence[Mapping[str, Any]]:
        """Practitioners of one number, their activities and, perhaps, their organizations."""


def fiche(releves: Sequence[Releve], jour: dt.date) -> Fiche | None:
    """What the directory says for one day: what it said last by then, else what it said first after."""
    if not releves:
        return None
    begun = [releve for releve in releves if releve.depuis <= jour]
    releve = begun[-1] if begun else releves[0]
    said = min(max(jour, releve.depuis), releve.jusqu_a)
    try:
        return _fiche(releve.resources, said, jour)
    except msgspec.MsgspecError:
        return Fiche(date=said)  # not the FHIR we read: nothing is made of it


def _fiche(resources: Sequence[Mapping[str, Any]], said: dt.date, jour: dt.date) -> Fiche:
    people = _of(resources, "Practitioner", _Practitioner)
    active = [person for person in people if person.active is not False]
    if len(people) != 1 or not active:
        return Fiche(date=said)
    places = {f"Organization/{o.id}": o for o in _of(resources, "Organization", Organization)}
    roles = [
        role
        for role in _of(resources, "PractitionerRole", PractitionerRole)
        if role.active is not False and couvre(role.period, jour, PARIS)
    ]
    return Fiche(
        date=said,
        connu=True,
        nom=next((name for name in active[0].name if name.family), None),
        exercice=exercice([_qualifications(active[0], jour), _specialties(roles)]),
        activites=tuple(_activite(role, places) for role in roles),
    )


def _of(resources: Iterable[Mapping[str, Any]], kind: str, struct: type[R]) -> list[R]:
    chosen = (resource for resource in resources if resource.get("resourceType") == kind)
    return [msgspec.json.decode(msgspec.json.encode(resource), type=struct) for resource in chosen]


def _qualifications(person: Practitioner, jour: dt.date) -> list[Code]:
    return codes((q.code, ANNUAIRE) for q in person.qualification if couvre(q.period, jour, PARIS))


def _specialties(roles: Iterable[PractitionerRole]) -> list[Code]:
    """Version 1 of the API told the specialty here."""
    return codes((concept, ANNUAIRE) for role in roles for concept in role.specialty)


def _activite(role: PractitionerRole, places: Mapping[str, Organization]) -> Activite:
    reference = role.organization.reference if role.organization else None
    where = "/".join((reference or "").split("/")[-2:])
    return Activite(codes=tuple(codes((c, ANNUAIRE) for c in role.code)), lieu=places.get(where))


# ---------------------------------------------------------------- facts of the visit


def dit_un_genre(body: bytes) -> bool:
    """Does a request speak of kinds of activity at all? Then who is a locum is for it to say."""
    plain = body.replace(rb"\/", b"/")
    return any(system.encode() in plain for system, table in TABLES.items() if table in (R21, R22))


def est_ancienne(fiche: Fiche, visite: Visite) -> bool:
    """Was this said more than seven days before the visit?"""
    return visite.date - fiche.date > FRAICHEUR


def completee(visite: Visite, fiche: Fiche, *, genre_dit: bool) -> Visite:
    """The visit with what only the directory knows of the professional consulted, and its origin and date.

    ``genre_dit``: the request speaks of kinds of activity itself.
    """
    praticien = visite.praticien
    if praticien is None or fiche.date - visite.date > PORTEE:
        return visite
    if _differe(praticien, fiche.exercice):
        return _avec(visite, "annuaire-different", fiche)
    filled = _exercice_complete(visite, praticien, fiche.exercice)
    if filled != praticien:
        visite = _rempli(visite, praticien, filled, fiche)
    if (
        fiche.remplacant
        and not (filled.remplacant or genre_dit)
        and abs(visite.date - fiche.date) <= FRAICHEUR
    ):
        visite = _avec(
            replace(visite, praticien=replace(filled, remplacant=True)), "annuaire-remplacant", fiche
        )
    return visite


def _differe(praticien: Praticien, exercice: Exercice) -> bool:
    """Do both say something of the same thing, and not the same?"""
    pairs = (
        (praticien.profession, exercice.profession),
        (praticien.specialite, exercice.specialite),
    )
    return any(ours and theirs and ours is not theirs for ours, theirs in pairs)


def _exercice_complete(visite: Visite, praticien: Praticien, exercice: Exercice) -> Praticien:
    """With profession and specialty, unless the request tells them in two ways: then they stay in doubt."""
    if any(avertissement.code == SPECIALITE_AMBIGUE.code for avertissement in visite.avertissements):
        return praticien
    profession = praticien.profession or exercice.profession
    theirs = exercice.specialite if profession is Profession.MEDECIN else None
    return replace(praticien, profession=profession, specialite=praticien.specialite or theirs)


def _rempli(visite: Visite, before: Praticien, after: Praticien, fiche: Fiche) -> Visite:
    origine = Origine(ANNUAIRE, fiche.date)
    origines = dict(visite.origines)
    if before.profession is not after.profession:
        origines[Fait.PROFESSION] = origine
    if before.specialite is not after.specialite:
        origines[Fait.SPECIALITE] = origine
    return replace(visite, praticien=after, origines=origines)


def a_verifier(visite: Visite, fiche: Fiche) -> Visite:
    """The visit as it was read, with the warning that what the directory said long ago would decide it."""
    return _avec(visite, "annuaire-ancien", fiche)


def _avec(visite: Visite, code: str, fiche: Fiche) -> Visite:
    """The visit with a warning, and the day on which the directory said so."""
    texte = f"{TEXTES[code]} Donnée du {fiche.date:%d/%m/%Y}."
    return replace(visite, avertissements=(*visite.avertissements, Avertissement(code, texte)))
