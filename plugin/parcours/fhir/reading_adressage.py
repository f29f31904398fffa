"""Referrals to the professional consulted: those the visit names, those that name him or his specialty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from parcours.domain.facts import Adressage, Fait, Origine, Profession, Specialite
from parcours.fhir.dates import bornes, jour
from parcours.fhir.dossier import Node
from parcours.fhir.elements import CodeableConcept, PractitionerRole, Reference, ServiceRequest
from parcours.fhir.frame import Cadre
from parcours.fhir.people import PROFESSIONALS
from parcours.fhir.practice import Pratique, pratique
from parcours.fhir.qualifications import codes, exercice
from parcours.fhir.systems import ADRESSAGE
from parcours.fhir.wordings import ADRESSAGE_POSTERIEUR, CODE_INCONNU

_CATEGORIES: Final = frozenset({"adressage", "avis-ponctuel", "suivi"})
_STATUTS: Final = frozenset({"active", "completed", "on-hold"})
_MAX_ANCESTORS: Final = 50
_NON_PRESCRIPTEURS: Final = frozenset({"Patient", "RelatedPerson", "Device"})
_OF_AUTHOR: Final = {
    Fait.PROFESSION: Fait.PRESCRIPTEUR_PROFESSION,
    Fait.SPECIALITE: Fait.PRESCRIPTEUR_SPECIALITE,
}
_INCONNU: Final = Adressage(prescripteur=None, date=None)


@dataclass(frozen=True, slots=True)
class Adressages:
    """The referrals of a visit, and where the first one and its author were read."""

    adressages: tuple[Adressage, ...] = ()
    origines: dict[str, Origine] = field(default_factory=dict)
    chemins: dict[str, str] = field(default_factory=dict)


def adressages(cadre: Cadre) -> Adressages:
    """Every referral to the professional consulted, the ones the visit names first."""
    found: list[tuple[Adressage, Node[ServiceRequest] | None, str]] = []
    named: set[str] = set()
    chaines = _Chaines(cadre)
    for node, where in _named(cadre):
        named.add(node.path if node else where)
        if node is None:
            found.append((_INCONNU, None, where))
        elif adressage := chaines.adressage(node):
            found.append((adressage, node, node.path))
    for node in cadre.dossier.of(ServiceRequest):
        if node.path not in named and (autre := _non_nomme(cadre, node, chaines)):
            found.append((autre, node, node.path))
    return _with_paths(cadre, found)


def _named(cadre: Cadre) -> Iterator[tuple[Node[ServiceRequest] | None, str]]:
    visit = cadre.rencontre.node
    for i, ref in enumerate(cadre.rencontre.based_on):
        yield cadre.dossier.follow_as(ServiceRequest, ref, visit, f"basedOn[{i}]"), visit.at(f"basedOn[{i}]")


def _non_nomme(cadre: Cadre, node: Node[ServiceRequest], chaines: _Chaines) -> Adressage | None:
    """A referral the visit does not name, when it is addressed to the professional or to his specialty."""
    if (
        not _est_un_adressage(cadre, node)
        or cadre.sujet.est(cadre.dossier, node.resource.subject, node) is False
    ):
        return None
    cadre.dossier.use(node)
    concerne = _concerne(cadre, node)
    if concerne is False:
        return None
    adressage = chaines.adressage(node)
    if adressage is None or concerne:
        return adressage
    return replace(adressage, destinataire_incertain=doubt_about_addressee(cadre, Fait.ADRESSAGE))


def _est_un_adressage(cadre: Cadre, node: Node[ServiceRequest]) -> bool:
    stated = {c.code for c in codes((c, "") for c in node.resource.category) if c.table == ADRESSAGE}
    if stated - _CATEGORIES:
        cadre.dossier.warn(CODE_INCONNU)
    return bool(stated & _CATEGORIES)


class _Chaines:
    """Referrals and those they go back to. Each request is read once, however many paths lead to it."""

    def __init__(self, cadre: Cadre) -> None:
        self._cadre = cadre
        self._read: dict[str, Adressage | None] = {}
        self._parents: dict[str, list[Node[ServiceRequest] | None]] = {}

    def adressage(self, node: Node[ServiceRequest]) -> Adressage | None:
        """A referral with its distinct ancestors; ``None`` when it proves nothing."""
        alone = self._alone(node)
        return None if alone is None else replace(alone, origines=tuple(self._ancestors(node)))

    def _alone(self, node: Node[ServiceRequest]) -> Adressage | None:
        if node.path not in self._read:
            self._read[node.path] = _adressage(self._cadre, node)
        return self._read[node.path]

    def _ancestors(self, node: Node[ServiceRequest]) -> Iterator[Adressage]:
        """Nearest first; a chain too wide to be real ends in doubt, not in silence."""
        seen, waiting = {node.path}, [node]
        while waiting:
            for parent in self._of(waiting.pop(0)):
                if parent is None or len(seen) > _MAX_ANCESTORS:
                    yield _INCONNU
                    if parent is not None:
                        return
                elif parent.path not in seen:
                    seen.add(parent.path)
                    origine = self._alone(parent)
                    if origine is not None:
                        waiting.append(parent)
                        yield origine

    def _of(self, node: Node[ServiceRequest]) -> list[Node[ServiceRequest] | None]:
        if node.path not in self._parents:
            self._parents[node.path] = list(_parents(self._cadre, node))
        return self._parents[node.path]


def _parents(cadre: Cadre, node: Node[ServiceRequest]) -> Iterator[Node[ServiceRequest] | None]:
    """The requests one is based on; ``None`` stands for one that is not in the request."""
    for i, ref in enumerate(node.resource.based_on[:_MAX_ANCESTORS]):
        if cadre.dossier.type_of(ref, node) in (None, "ServiceRequest"):
            yield cadre.dossier.follow_as(ServiceRequest, ref, node, f"basedOn[{i}]")


def _adressage(cadre: Cadre, node: Node[ServiceRequest]) -> Adressage | None:
    """One referral by itself; ``None`` when it proves nothing."""
    request = node.resource
    if request.status not in _STATUTS or request.do_not_perform:
        cadre.dossier.problem(node.path, "business-rule", "demande sans effet (statut), ignorée")
        return None
    if cadre.sujet.est(cadre.dossier, request.subject, node) is False:
        cadre.dossier.problem(node.at("subject"), "business-rule", "demande pour un autre patient, ignorée")
        return None
    written = bornes(request.authored_on, cadre.zone)
    if written and written[0] > cadre.jour:
        cadre.dossier.warn(ADRESSAGE_POSTERIEUR)
        return None
    if cadre.dossier.type_of(request.requester, node) in _NON_PRESCRIPTEURS:
        return None
    prescripteur = _prescripteur(cadre, node)
    return Adressage(
        prescripteur=prescripteur.praticien if prescripteur else None,
        date=jour(request.authored_on, cadre.zone),
    )


def _prescripteur(cadre: Cadre, node: Node[ServiceRequest]) -> Pratique | None:
    """Who refers, judged on the day he did."""
    request = node.resource
    if cadre.dossier.type_of(request.requester, node) == "Organization":
        return None
    day = jour(request.authored_on, cadre.zone) or cadre.jour
    annuaire = replace(cadre.annuaire, jour=day)
    who = annuaire.professionnel(request.requester, node, "requester")
    return pratique(annuaire, who) if who and (who.medecin.rpps or who.medecin.ressource) else None


# ---------------------------------------------------------------- to whom


def _concerne(cadre: Cadre, node: Node[ServiceRequest]) -> bool | None:
    """Is the professional consulted, or his specialty, the one asked? ``None`` when nobody can tell."""
    request = node.resource
    answers = [
        est_le_consulte(cadre, ref, node, f"performer[{i}]") for i, ref in enumerate(request.performer)
    ]
    if request.performer_type is not None:
        answers.append(est_sa_specialite(cadre, (request.performer_type,)))
    if True in answers:
        return True
    return None if None in answers else False


def doubt_about_addressee(cadre: Cadre, otherwise: str) -> str:
    """The fact for want of which nobody can tell whether the professional consulted is the one named."""
    if cadre.professionnel is None or cadre.professionnel.medecin.rpps is None:
        return Fait.MEDECIN
    unknown_specialty = cadre.pratique is None or cadre.pratique.praticien.specialite is None
    return Fait.SPECIALITE if unknown_specialty else otherwise


def est_le_consulte(cadre: Cadre, ref: Reference, source: Node[Any], where: str) -> bool | None:
    """Does a reference designate the professional consulted, or an unnamed activity of his specialty?"""
    node = cadre.dossier.find(ref, source)
    if (
        node is not None
        and isinstance(node.resource, PractitionerRole)
        and node.resource.practitioner is None
    ):
        same = cadre.professionnel is not None and node in cadre.professionnel.roles
        return same or est_sa_specialite(cadre, node.resource.specialty)
    if cadre.dossier.type_of(ref, source) not in (None, *PROFESSIONALS):
        return False
    if cadre.professionnel is None:
        return None
    who = cadre.annuaire.professionnel(ref, source, where)
    return who.medecin.meme_que(cadre.professionnel.medecin) if who else None


def est_sa_specialite(cadre: Cadre, concepts: tuple[CodeableConcept, ...]) -> bool | None:
    """Do these codes name the specialty of the doctor consulted?"""
    if not any(concept.coding for concept in concepts):
        return False
    asked = exercice([codes((concept, "") for concept in concepts)])
    practised = cadre.pratique.exercice if cadre.pratique else None
    if practised and practised.profession not in (None, Profession.MEDECIN):
        return practised.profession is asked.profession
    if asked.profession not in (None, Profession.MEDECIN):
        return False
    if practised is None or practised.specialite is None or asked.specialite is None:
        return None
    if asked.specialite is not practised.specialite:
        return False
    return asked.specialite is not Specialite.AUTRE or bool(asked.disciplines & practised.disciplines)


def _with_paths(cadre: Cadre, found: list[tuple[Adressage, Node[ServiceRequest] | None, str]]) -> Adressages:
    anywhere = cadre.dossier.anywhere("ServiceRequest")
    if not found:
        return Adressages()
    first, node, where = found[0]
    at = node.at if node else lambda relative: f"{anywhere}.{relative}"
    origines = {Fait.ADRESSAGE: Origine(where, first.date)}
    if first.prescripteur is not None:
        origines[Fait.PRESCRIPTEUR] = Origine(at("requester"), first.date)
    if first.date is not None:
        origines[Fait.ADRESSAGE_DATE] = Origine(at("authoredOn"))
    chemins = {Fait.PRESCRIPTEUR: at("requester"), Fait.ADRESSAGE_DATE: at("authoredOn")}
    if first.destinataire_incertain is not None:
        chemins[Fait.ADRESSAGE] = at("performer")
    if node is not None and (author := _prescripteur(cadre, node)):
        chemins |= _where_his_practice_would_be(author)
        read = {_OF_AUTHOR[fait]: origine for fait, origine in author.origines.items() if fait in _OF_AUTHOR}
        origines |= read
    return Adressages(tuple(adressage for adressage, _, _ in found), origines, chemins)


def _where_his_practice_would_be(author: Pratique) -> dict[str, str]:
    praticien, roles = author.professionnel.praticien, author.professionnel.roles
    chemins = {}
    if praticien is not None:
        chemins[Fait.PRESCRIPTEUR_PROFESSION] = praticien.at("qualification")
        chemins[Fait.PRESCRIPTEUR_SPECIALITE] = praticien.at("qualification")
    if len(roles) == 1:
        chemins[Fait.PRESCRIPTEUR_SPECIALITE] = roles[0].at("specialty")
    return chemins
