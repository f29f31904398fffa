"""Agreed plans in force that day which name the professional consulted or his specialty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from parcours.domain.facts import Fait, Medecin, NaturePlan, Plan
from parcours.fhir.dates import couvre
from parcours.fhir.dossier import Node
from parcours.fhir.elements import CarePlan, CareTeam, Reference
from parcours.fhir.frame import Cadre
from parcours.fhir.qualifications import codes
from parcours.fhir.reading_adressage import doubt_about_addressee, est_le_consulte
from parcours.fhir.systems import PLAN
from parcours.fhir.wordings import CODE_INCONNU

_NATURES: Final = {nature.value: nature for nature in NaturePlan}


def plans(cadre: Cadre) -> list[tuple[Plan, str]]:
    """The plans that hold, and the FHIRPath of each."""
    found = []
    for node in cadre.dossier.of(CarePlan):
        natures = _natures(cadre, node)
        if not natures or cadre.sujet.est(cadre.dossier, node.resource.subject, node) is not True:
            continue
        cadre.dossier.use(node)
        nomme = _nomme_le_consulte(cadre, node) if _en_vigueur(cadre, node) else False
        if nomme is not False:
            auteurs = tuple(dict.fromkeys(_auteurs(cadre, node)))
            doubt = None if nomme else doubt_about_addressee(cadre, Fait.PLAN)
            found += [
                (Plan(nature=n, auteurs=auteurs, destinataire_incertain=doubt), node.path) for n in natures
            ]
    return found


def _natures(cadre: Cadre, node: Node[CarePlan]) -> list[NaturePlan]:
    stated = [c.code for c in codes((c, "") for c in node.resource.category) if c.table == PLAN]
    if any(code not in _NATURES for code in stated):
        cadre.dossier.warn(CODE_INCONNU)
    return [_NATURES[code] for code in dict.fromkeys(stated) if code in _NATURES]


def _en_vigueur(cadre: Cadre, node: Node[CarePlan]) -> bool:
    if node.resource.status == "entered-in-error":
        cadre.dossier.problem(node.path, "business-rule", "ressource saisie par erreur, ignorée")
    return node.resource.status == "active" and couvre(node.resource.period, cadre.jour, cadre.zone)


def _nomme_le_consulte(cadre: Cadre, node: Node[CarePlan]) -> bool | None:
    """Does the plan name the professional consulted? ``None`` when nobody can tell."""
    answers = {est_le_consulte(cadre, ref, source, where) for ref, source, where in _nommes(cadre, node)}
    return True if True in answers else (None if None in answers else False)


def _nommes(cadre: Cadre, node: Node[CarePlan]) -> Iterator[tuple[Reference, Node[Any], str]]:
    """Everybody the plan names, with the element that does."""
    plan = node.resource
    if plan.author:
        yield plan.author, node, "author"
    yield from ((ref, node, f"contributor[{i}]") for i, ref in enumerate(plan.contributor))
    for i, ref in enumerate(plan.care_team):
        team = cadre.dossier.follow_as(CareTeam, ref, node, f"careTeam[{i}]")
        members = enumerate(team.resource.participant) if team else ()
        yield from ((p.member, team, f"participant[{n}].member") for n, p in members if team and p.member)
    for i, activity in enumerate(plan.activity):
        performers = enumerate(activity.detail.performer) if activity.detail else ()
        yield from ((ref, node, f"activity[{i}].detail.performer[{n}]") for n, ref in performers)


def _auteurs(cadre: Cadre, node: Node[CarePlan]) -> Iterator[Medecin]:
    plan = node.resource
    refs = [(plan.author, "author"), *((ref, f"contributor[{i}]") for i, ref in enumerate(plan.contributor))]
    for ref, relative in refs:
        medecin = cadre.annuaire.designe(ref, node, relative) if ref else None
        if medecin and (medecin.rpps or medecin.ressource):
            yield medecin
