"""The doctor chosen: name, numbers, structure, and what may keep him from being declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from parcours.domain.declaration_facts import Exercice, Identite, Lu, MedecinChoisi, Structure
from parcours.domain.facts import Declaration, MotifFin, NatureLieu, Praticien
from parcours.fhir.dates import finit_avant
from parcours.fhir.declaration_elements import (
    LocationDetail,
    OrganizationDetail,
    PostalAddress,
    PractitionerDetail,
    RoleDetail,
    TypedIdentifier,
    detail,
)
from parcours.fhir.declaration_systems import (
    FINESS,
    FONCTIONS,
    IDNST,
    R23,
    SALARIE,
    SIRENE,
    STRUCTURES_R02,
    STRUCTURES_R66,
)
from parcours.fhir.dossier import Node
from parcours.fhir.elements import CodeableConcept, Identifier, Location, Organization, PractitionerRole
from parcours.fhir.frame import Cadre
from parcours.fhir.identifiers import numero_am, rpps
from parcours.fhir.people import Professionnel
from parcours.fhir.places import natures
from parcours.fhir.practice import pratique
from parcours.fhir.qualifications import codes
from parcours.fhir.reading_identite import Moment, adresse, compact, identite, lignes, propre
from parcours.fhir.systems import R02, R21, R38, R66

_MEDECINE_DU_TRAVAIL: Final = "SM25"
_NATURES: Final = {
    NatureLieu.HOPITAL: Structure.HOPITAL,
    NatureLieu.CENTRE_DE_SANTE: Structure.CENTRE_DE_SANTE,
}


@dataclass(frozen=True, slots=True)
class _Lieux:
    """Where he exercises: structures and places of the activities retained."""

    structures: tuple[Node[Organization], ...]
    places: tuple[Node[Location], ...]


def medecin_choisi(
    cadre: Cadre, pro: Professionnel, remplacant: Praticien | None, declarations: Sequence[Declaration] | None
) -> MedecinChoisi:
    """Read him. ``remplacant``: what the visit itself says of his replacing somebody."""
    moment = Moment(cadre.jour, cadre.zone)
    praticien = pratique(cadre.annuaire, pro).praticien
    if remplacant is not None and remplacant.remplacant:
        praticien = replace(praticien, remplacant=True, remplace=remplacant.remplace)
    lieux = _lieux(cadre, pro.roles)
    who = _identite(pro, moment)
    return MedecinChoisi(
        praticien=praticien,
        nom=who.nom_usage or who.nom_naissance or who.nom,  # the name he exercises under
        prenom=who.prenom,
        rpps=_rpps(pro),
        numero_am=_am(pro),
        finess=_first(lieux.structures, _finess),
        siret=_first(lieux.structures, _siret),
        raison_sociale=_raison_sociale(lieux),
        adresse=_adresse(lieux, pro, moment),
        salarie=_salarie(pro),
        structures=frozenset(_structures(lieux)),
        exercices=frozenset(_exercices(cadre, pro, praticien, declarations)),
    )


def _identite(pro: Professionnel, moment: Moment) -> Identite:
    if pro.praticien is None:
        return Identite()
    return identite(pro.praticien, detail(PractitionerDetail, pro.praticien).name, (), moment)


def _lieux(cadre: Cadre, roles: tuple[Node[PractitionerRole], ...]) -> _Lieux:
    """The places of the one activity retained; several activities leave the place to be chosen."""
    if len(roles) != 1:
        return _Lieux((), ())
    (role,) = roles
    structure = cadre.dossier.follow_as(Organization, role.resource.organization, role, "organization")
    places = (
        cadre.dossier.follow_as(Location, ref, role, f"location[{i}]")
        for i, ref in enumerate(role.resource.location)
    )
    return _Lieux((structure,) if structure else (), tuple(p for p in places if p))


# ---------------------------------------------------------------- numbers


def _rpps(pro: Professionnel) -> Lu[str] | None:
    number = pro.medecin.rpps
    if number is None:
        return None
    if pro.praticien:
        for i, identifier in enumerate(pro.praticien.resource.identifier):
            if rpps(identifier) == number:
                return Lu(number, pro.praticien.at(f"identifier[{i}].value"))
    return Lu(number, "assertion")


def _am(pro: Professionnel) -> Lu[str] | None:
    number = pro.medecin.numero_am
    nodes: tuple[Node[Any], ...] = (*pro.roles, *((pro.praticien,) if pro.praticien else ()))
    for node in nodes:
        identifiers: tuple[Identifier, ...] = node.resource.identifier
        for i, identifier in enumerate(identifiers):
            if number and numero_am([identifier]) == number:
                return Lu(number, node.at(f"identifier[{i}].value"))
    return None


def _finess(identifier: TypedIdentifier) -> str | None:
    value = compact(identifier.value)
    if identifier.system == IDNST:
        return value[1:] if value.startswith("1") and len(value) == 10 else None
    return value if identifier.system in FINESS and value else None


def _siret(identifier: TypedIdentifier) -> str | None:
    value = compact(identifier.value)
    if identifier.system == IDNST:
        return value[1:] if value.startswith("3") and len(value) == 15 else None
    return value if identifier.system == SIRENE and len(value) == 14 else None


def _first(structures: Sequence[Node[Organization]], read: Any) -> Lu[str] | None:
    for node in structures:
        for i, identifier in enumerate(detail(OrganizationDetail, node).identifier):
            number = read(identifier) if identifier.use != "old" else None
            if number:
                return Lu(number, node.at(f"identifier[{i}].value"))
    return None


# ---------------------------------------------------------------- where


def _raison_sociale(lieux: _Lieux) -> Lu[str] | None:
    for node in lieux.structures:
        name = propre(detail(OrganizationDetail, node).name)
        if name:
            return Lu(name, node.at("name"))
    for place in lieux.places:
        name = propre(detail(LocationDetail, place).name)
        if name:
            return Lu(name, place.at("name"))
    return None


def _adresse(lieux: _Lieux, pro: Professionnel, moment: Moment) -> Lu[str] | None:
    for place in lieux.places:
        address = detail(LocationDetail, place).address
        if address and lignes(address):
            return Lu(lignes(address), place.at("address"))
    for node in lieux.structures:
        found = adresse(node, detail(OrganizationDetail, node).address, moment)
        if found:
            return found
    if pro.praticien is None:
        return None
    theirs = detail(PractitionerDetail, pro.praticien).address
    no_home = [a if a.use != "home" else PostalAddress() for a in theirs]  # each keeps its rank
    return adresse(pro.praticien, no_home, moment)


def _structures(lieux: _Lieux) -> Iterator[Structure]:
    for node in lieux.structures:
        yield from (_NATURES[nature] for nature in natures(node) if nature in _NATURES)
        for code in codes((concept, "") for concept in detail(OrganizationDetail, node).type):
            kinds = {R02: STRUCTURES_R02, R66: STRUCTURES_R66}.get(code.table, {})
            if code.code in kinds:
                yield kinds[code.code]


# ---------------------------------------------------------------- how


def _salarie(pro: Professionnel) -> Lu[bool] | None:
    """Is he paid a salary there (TRE_R23)? Unknown unless the one activity retained says so."""
    if len(pro.roles) != 1:
        return None
    (role,) = pro.roles
    for i, concept in enumerate(detail(RoleDetail, role).code):
        stated = {coding.code for coding in concept.coding if coding.system == R23 and coding.code}
        if stated:
            return Lu(stated == {SALARIE}, role.at(f"code[{i}]"))
    return None


def _exercices(
    cadre: Cadre, pro: Professionnel, praticien: Praticien, declarations: Sequence[Declaration] | None
) -> Iterator[Exercice]:
    concepts: list[CodeableConcept] = [c for role in pro.roles for c in detail(RoleDetail, role).code]
    specialties = [c for role in pro.roles for c in detail(RoleDetail, role).specialty]
    qualified = [q.code for q in pro.praticien.resource.qualification] if pro.praticien else []
    yield from (
        FONCTIONS[code.code]
        for code in codes((c, "") for c in concepts)
        if code.table == R21 and code.code in FONCTIONS
    )
    if any(
        code.table == R38 and code.code == _MEDECINE_DU_TRAVAIL
        for code in codes((c, "") for c in (*specialties, *qualified))
    ):
        yield Exercice.TRAVAIL
    if praticien.armees:
        yield Exercice.MILITAIRE
    if _a_cesse(cadre, pro, declarations):
        yield Exercice.RETRAITE


def _a_cesse(cadre: Cadre, pro: Professionnel, declarations: Sequence[Declaration] | None) -> bool:
    """Did he retire: an earlier declaration of his says so, or every activity of his is over?"""
    for declaration in declarations or ():
        ended = declaration.fin is not None and declaration.fin < cadre.jour
        retired = ended and declaration.motif_fin is MotifFin.RETRAITE
        if retired and any(medecin.meme_que(pro.medecin) for medecin in declaration.medecins):
            return True
    theirs = [role for role in cadre.dossier.of(PractitionerRole) if _est_de(cadre, role, pro)]
    return bool(theirs) and all(
        role.resource.active is False or finit_avant(role.resource.period, cadre.jour, cadre.zone)
        for role in theirs
    )


def _est_de(cadre: Cadre, role: Node[PractitionerRole], pro: Professionnel) -> bool:
    key = cadre.dossier.key_of(role.resource.practitioner, role)
    return pro.praticien is not None and key == pro.praticien.key
