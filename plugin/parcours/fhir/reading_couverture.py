"""What the patient is covered by that day: kinds of coverage, régime, caisse, who pays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parcours.domain.declaration_facts import Lu
from parcours.domain.facts import Couverture, ParticipationsRetenues
from parcours.fhir.amounts import montant
from parcours.fhir.dates import bornes, couvre
from parcours.fhir.dossier import Node
from parcours.fhir.elements import CodeableConcept, Condition, Coverage, Extension, Organization
from parcours.fhir.frame import Cadre
from parcours.fhir.qualifications import codes
from parcours.fhir.systems import (
    CLASSE_COUVERTURE,
    COUVERTURE,
    EXT_PARTICIPATIONS,
    EXT_SITUATION_COUVERTURE,
)
from parcours.fhir.wordings import CODE_INCONNU, PARTICIPATIONS_AMBIGUES, REGIME_AMBIGU

ASSUREUR: Final = "Assurance maladie obligatoire"
_KINDS: Final = {kind.value: kind for kind in Couverture}
_CAISSE_MAYOTTE: Final = "976"
_REGIME_GENERAL, _CAISSE_CAMIEG = "01", "928"
_ENDED: Final = frozenset({"inactive", "resolved", "remission"})
_DENIED: Final = frozenset({"refuted", "entered-in-error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Couvertures:
    """Kinds of coverage with the FHIRPath of each; ``nodes``: the coverages in force that day.

    ``classe``: FHIRPath of what names the caisse. ``assureur``: the name of who pays, when one is given.
    ``participations``: those already withheld, with their FHIRPath, when somebody says.
    """

    kinds: dict[Couverture, str]
    regime: str | None
    caisse: str | None
    classe: str
    assureur: Lu[str] | None
    nodes: tuple[Node[Coverage], ...]
    participations: tuple[ParticipationsRetenues, str] | None


def couvertures(cadre: Cadre) -> Couvertures:
    """Read the coverages of this patient in force that day, and his long-term illnesses."""
    nodes = tuple(node for node in cadre.dossier.of(Coverage) if _en_vigueur(cadre, node))
    kinds = dict(_kinds(cadre, nodes))
    regime, caisse = _classe(cadre, nodes, "regime"), _classe(cadre, nodes, "caisse")
    where = next((node.at("class") for node in nodes if _classes(node, "caisse")), "")
    if caisse == _CAISSE_MAYOTTE:
        kinds.setdefault(Couverture.MAYOTTE, where)
    if (regime, caisse) == (_REGIME_GENERAL, _CAISSE_CAMIEG):
        kinds.setdefault(Couverture.CAMIEG, where)
    for path in _ald(cadre):
        kinds.setdefault(Couverture.ALD, path)
    return Couvertures(
        kinds=kinds,
        regime=regime,
        caisse=caisse,
        classe=where,
        assureur=_assureur(cadre, nodes),
        nodes=nodes,
        participations=_participations(cadre, nodes),
    )


def _en_vigueur(cadre: Cadre, node: Node[Coverage]) -> bool:
    coverage = node.resource
    if cadre.sujet.est(cadre.dossier, coverage.beneficiary, node) is not True:
        return False
    if coverage.status == "entered-in-error":
        cadre.dossier.problem(node.path, "business-rule", "ressource saisie par erreur, ignorée")
        return False
    cadre.dossier.use(node)
    return coverage.status == "active" and couvre(coverage.period, cadre.jour, cadre.zone)


def _kinds(cadre: Cadre, nodes: tuple[Node[Coverage], ...]) -> Iterator[tuple[Couverture, str]]:
    for node in nodes:
        for i, extension in enumerate(node.resource.extension):
            if extension.url != EXT_SITUATION_COUVERTURE:
                continue
            for code in codes([(extension.value_codeable_concept, node.at(f"extension[{i}]"))]):
                if code.table == COUVERTURE and code.code in _KINDS:
                    yield _KINDS[code.code], code.path
                elif code.table == COUVERTURE:
                    cadre.dossier.warn(CODE_INCONNU)


def _classe(cadre: Cadre, nodes: tuple[Node[Coverage], ...], kind: str) -> str | None:
    values = {value for node in nodes for value in _classes(node, kind)}
    if len(values) > 1:
        cadre.dossier.warn(REGIME_AMBIGU)
    return values.pop() if len(values) == 1 else None


def _classes(node: Node[Coverage], kind: str) -> list[str]:
    return [
        item.value.strip()
        for item in node.resource.class_
        if item.value
        and any(c.table == CLASSE_COUVERTURE and c.code == kind for c in codes([(item.type, "")]))
    ]


def _assureur(cadre: Cadre, nodes: tuple[Node[Coverage], ...]) -> Lu[str] | None:
    for node in nodes:
        for i, payor in enumerate(node.resource.payor):
            kind = cadre.dossier.type_of(payor, node)
            if kind not in (None, "Organization"):
                continue  # a person who pays for himself: his name is not an insurer's
            if payor.display:
                return Lu(payor.display, node.at(f"payor[{i}]"))
            if kind == "Organization":
                payer = cadre.dossier.follow_as(Organization, payor, node, f"payor[{i}]")
                if payer and payer.resource.name:
                    return Lu(payer.resource.name, payer.at("name"))
    return None


# ---------------------------------------------------------------- participations already withheld

_MAX_PAR_JOUR: Final = 1000


def _participations(
    cadre: Cadre, nodes: tuple[Node[Coverage], ...]
) -> tuple[ParticipationsRetenues, str] | None:
    stated = [
        (_retenues(cadre, extension, node.at(f"extension[{i}]")), node.at(f"extension[{i}]"))
        for node in nodes
        for i, extension in enumerate(node.resource.extension)
        if extension.url == EXT_PARTICIPATIONS
    ]
    if len({retenues for retenues, _ in stated}) > 1:
        cadre.dossier.warn(PARTICIPATIONS_AMBIGUES)
        return None
    return stated[0] if stated else None


def _retenues(cadre: Cadre, extension: Extension, where: str) -> ParticipationsRetenues:
    parts = {part.url: (part, f"{where}.extension[{i}]") for i, part in enumerate(extension.extension)}
    annee, annee_path = parts.get("annee", (Extension(), where))
    jour, jour_path = parts.get("jour", (Extension(), where))
    nombre = jour.value_integer
    if nombre is not None and not 0 <= nombre <= _MAX_PAR_JOUR:
        text = f"nombre attendu de 0 à {_MAX_PAR_JOUR}"
        cadre.dossier.problem(f"{jour_path}.valueInteger", "value", text, "error")
    return ParticipationsRetenues(
        annee=montant(cadre.dossier, annee.value_money, f"{annee_path}.valueMoney"), jour=nombre
    )


# ---------------------------------------------------------------- ALD stated as a condition


def _ald(cadre: Cadre) -> Iterator[str]:
    for node in cadre.dossier.of(Condition):
        stated = codes((concept, "") for concept in node.resource.category)
        is_ald = any(c.table == COUVERTURE and c.code == Couverture.ALD for c in stated)
        if is_ald and cadre.sujet.est(cadre.dossier, node.resource.subject, node) is True:
            cadre.dossier.use(node)
            if _holds(cadre, node.resource):
                yield node.path


def _holds(cadre: Cadre, condition: Condition) -> bool:
    if _has(condition.verification_status, _DENIED):
        return False
    onset = bornes(condition.onset_date_time, cadre.zone)
    abatement = bornes(condition.abatement_date_time, cadre.zone)
    if onset and onset[0] > cadre.jour:
        return False
    if abatement is not None:
        return abatement[1] >= cadre.jour
    return not _has(condition.clinical_status, _ENDED)


def _has(concept: CodeableConcept | None, wanted: frozenset[str]) -> bool:
    return concept is not None and any(coding.code in wanted for coding in concept.coding)
