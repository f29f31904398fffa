"""What a professional practises, where and since when: a ``Professionnel`` becomes a ``Praticien``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from parcours.domain.facts import Fait, Medecin, NatureLieu, Origine, Praticien, Secteur
from parcours.fhir.dates import couvre, jour
from parcours.fhir.dossier import Node
from parcours.fhir.elements import Extension, PractitionerRole
from parcours.fhir.nomenclature import REMPLACANT, SECTEURS
from parcours.fhir.people import Annuaire, Professionnel
from parcours.fhir.places import Lieu, date_extension, lieu_de_role, natures
from parcours.fhir.qualifications import Code, Exercice, codes, exercice
from parcours.fhir.systems import (
    EXT_CONTRACTED,
    EXT_HASCAS,
    EXT_PREMIERE_INSTALLATION,
    EXT_REMPLACE,
    EXT_ZONE_SOUS_DENSE,
    R21,
    R22,
    R282,
)
from parcours.fhir.wordings import CODE_INCONNU, SPECIALITE_AMBIGUE

T = TypeVar("T")
_EXTENSIONS: Final = {
    EXT_CONTRACTED: Fait.SECTEUR,
    EXT_HASCAS: Fait.OPTAM,
    EXT_PREMIERE_INSTALLATION: Fait.PREMIERE_INSTALLATION,
    EXT_ZONE_SOUS_DENSE: Fait.ZONE,
    EXT_REMPLACE: Fait.REMPLACE,
}


@dataclass(frozen=True, slots=True)
class Pratique:
    """A professional in practice, his disciplines, and where each fact was read."""

    professionnel: Professionnel
    praticien: Praticien
    exercice: Exercice
    origines: dict[str, Origine] = field(default_factory=dict)


def pratique(annuaire: Annuaire, pro: Professionnel, lieu: Lieu | None = None) -> Pratique:
    """Read a professional's practice. ``lieu``: the place of the visit; without it, that of his activity."""
    dossier, roles = annuaire.dossier, pro.roles
    exercices = [_exercice(annuaire, pro, role) for role in roles or (None,)]
    accord = _accord(annuaire, exercices)
    for avertissement in accord.avertissements:
        dossier.warn(avertissement)
    places = [lieu_de_role(dossier, role) for role in roles]
    place = lieu or (places[0] if len(places) == 1 else None)

    def agreed(read: Callable[[Node[PractitionerRole]], T | None]) -> T | None:
        return _agreed(annuaire, [read(role) for role in roles])

    praticien = Praticien(
        medecin=pro.medecin,
        profession=accord.profession,
        specialite=accord.specialite,
        secteur=agreed(lambda role: _secteur(annuaire, role)),
        optam=agreed(lambda role: _boolean(role, EXT_HASCAS)),
        remplacant=bool(agreed(_est_remplacant)),
        remplace=agreed(lambda role: remplace(annuaire, role.resource.extension, role, "extension")),
        premiere_installation=agreed(lambda role: _date(role, EXT_PREMIERE_INSTALLATION)),
        installation=agreed(lambda role: _debut(annuaire, role)),
        zone_depuis=agreed(lambda role: _date(role, EXT_ZONE_SOUS_DENSE)),
        lieu_zone_depuis=place.sous_dense_depuis if place else None,
        agrement_centre=place.agrement_centre if place else None,
        armees=bool(agreed(lambda role: _armees(annuaire, role))),
    )
    return Pratique(pro, praticien, accord, _origines(accord, roles))


def remplace(
    annuaire: Annuaire, extensions: Iterable[Extension], source: Node[Any], relative: str
) -> Medecin | None:
    """Whom a locum stands in for, when one and only one is named."""
    named = [
        annuaire.designe(extension.value_reference, source, f"{relative}[{index}].valueReference")
        for index, extension in enumerate(extensions)
        if extension.url == EXT_REMPLACE and extension.value_reference
    ]
    found = [medecin for medecin in named if medecin]
    return found[0] if len(found) == 1 else None


def _exercice(annuaire: Annuaire, pro: Professionnel, role: Node[PractitionerRole] | None) -> Exercice:
    return exercice([_role_codes(role) if role else [], _own_codes(annuaire, pro)])


def _role_codes(role: Node[PractitionerRole]) -> list[Code]:
    specialties = [(c, role.at(f"specialty[{i}]")) for i, c in enumerate(role.resource.specialty)]
    functions = [(c, role.at(f"code[{i}]")) for i, c in enumerate(role.resource.code)]
    return codes([*specialties, *functions])


def _own_codes(annuaire: Annuaire, pro: Professionnel) -> list[Code]:
    praticien = pro.praticien
    if praticien is None:
        return []
    return codes(
        (q.code, praticien.at(f"qualification[{i}]"))
        for i, q in enumerate(praticien.resource.qualification)
        if couvre(q.period, annuaire.jour, annuaire.zone)
    )


def _accord(annuaire: Annuaire, exercices: list[Exercice]) -> Exercice:
    """What several activities of one person have in common."""
    if len(exercices) == 1:
        return exercices[0]
    first = exercices[0]
    professions = {e.profession for e in exercices}
    specialites = {e.specialite for e in exercices}
    disciplines = frozenset.intersection(*(e.disciplines for e in exercices))
    if len(professions) > 1 or len(specialites) > 1:
        annuaire.dossier.warn(SPECIALITE_AMBIGUE)
    same = len(specialites) == 1
    return Exercice(
        profession=first.profession if len(professions) == 1 else None,
        specialite=first.specialite if same else None,
        disciplines=disciplines,
        chemin_profession=first.chemin_profession if len(professions) == 1 else None,
        chemin_specialite=first.chemin_specialite if same else None,
        avertissements=tuple(a for e in exercices for a in e.avertissements),
    )


def _agreed(annuaire: Annuaire, values: list[T | None]) -> T | None:
    """The value all activities share; one that differs from the others leaves the fact unknown."""
    if not values:
        return None
    if any(value != values[0] for value in values[1:]):
        annuaire.dossier.warn(SPECIALITE_AMBIGUE)
        return None
    return values[0]


def _secteur(annuaire: Annuaire, role: Node[PractitionerRole]) -> Secteur | None:
    concepts = [(e.value_codeable_concept, "") for e in role.resource.extension if e.url == EXT_CONTRACTED]
    stated = [code.code for code in codes(concepts) if code.table == R282]
    found = {SECTEURS.get(code) for code in stated}
    if None in found:
        annuaire.dossier.warn(CODE_INCONNU)
    return found.pop() if len(found) == 1 else None


def _est_remplacant(role: Node[PractitionerRole]) -> bool:
    functions = codes((concept, "") for concept in role.resource.code)
    return any(code.table in (R21, R22) and code.code in REMPLACANT for code in functions)


def _armees(annuaire: Annuaire, role: Node[PractitionerRole]) -> bool:
    structure = annuaire.dossier.find(role.resource.organization, role)
    return (
        structure is not None
        and structure.type == "Organization"
        and (NatureLieu.HOPITAL_ARMEES in natures(structure))
    )


def _debut(annuaire: Annuaire, role: Node[PractitionerRole]) -> dt.date | None:
    return jour(role.resource.period.start, annuaire.zone) if role.resource.period else None


def _date(role: Node[PractitionerRole], url: str) -> dt.date | None:
    return date_extension(role.resource.extension, url)


def _boolean(role: Node[PractitionerRole], url: str) -> bool | None:
    stated = {
        e.value_boolean for e in role.resource.extension if e.url == url and e.value_boolean is not None
    }
    return stated.pop() if len(stated) == 1 else None


def _origines(accord: Exercice, roles: tuple[Node[PractitionerRole], ...]) -> dict[str, Origine]:
    origines = {}
    if accord.chemin_profession:
        origines[Fait.PROFESSION] = Origine(accord.chemin_profession)
    if accord.chemin_specialite:
        origines[Fait.SPECIALITE] = Origine(accord.chemin_specialite)
    for role in roles[:1]:
        for i, extension in enumerate(role.resource.extension):
            fait = _EXTENSIONS.get(extension.url or "")
            if fait:
                origines.setdefault(fait, Origine(role.at(f"extension[{i}]")))
    return origines
