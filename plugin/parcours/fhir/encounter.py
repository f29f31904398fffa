"""The visit itself: an Encounter, or the Appointment that stands in for one, in one shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from parcours.errors import Problem, UnreadableBundle
from parcours.fhir.dossier import Dossier, Node
from parcours.fhir.elements import Appointment, CodeableConcept, Coding, Encounter, Extension, Reference

_REFUSED: Final = frozenset({"cancelled", "entered-in-error"})
_TEXT_DAY: Final = "le jour des soins est nécessaire en entier : une date, ou une heure avec son fuseau"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody who took part: his part, the reference, and where it stands in the resource."""

    types: tuple[CodeableConcept, ...]
    ref: Reference
    relative: str
    extension: tuple[Extension, ...]
    extension_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rencontre:
    """A visit. Paths are relative to ``node``."""

    node: Node[Any]
    start: str
    start_path: str
    subject: tuple[Reference | None, str]
    participants: tuple[Participant, ...]
    based_on: tuple[Reference, ...]
    class_: Coding | None = None
    priority: CodeableConcept | None = None
    types: tuple[CodeableConcept, ...]
    types_path: str
    provider: Reference | None = None
    locations: tuple[tuple[Reference | None, str], ...] = ()
    is_encounter: bool = True


def rencontre(dossier: Dossier) -> Rencontre:
    """The one visit of the request. Raises ``UnreadableBundle`` when there is none, or more than one."""
    encounters = dossier.of(Encounter)
    if encounters:
        return _of_encounter(dossier, _the_only(dossier, encounters, "Encounter"))
    appointments = dossier.of(Appointment)
    if appointments:
        return _of_appointment(dossier, _the_only(dossier, appointments, "Appointment"))
    raise _refusal(
        dossier.root, "required", "aucune visite : un Encounter (ou un Appointment) est nécessaire"
    )


def _the_only(dossier: Dossier, nodes: list[Node[Any]], kind: str) -> Node[Any]:
    alive = [node for node in nodes if node.resource.status != "entered-in-error"]
    if len(alive) > 1:
        raise _refusal(alive[1].path, "business-rule", f"plusieurs {kind} : une requête porte sur une visite")
    node = (alive or nodes)[0]
    for other in nodes:
        if other is not node:
            dossier.problem(other.path, "business-rule", "ressource saisie par erreur, ignorée")
    if node.resource.status in _REFUSED:
        raise _refusal(
            node.at("status"), "business-rule", "visite annulée ou saisie par erreur : rien à décider"
        )
    dossier.use(node)
    return node


def _of_encounter(dossier: Dossier, node: Node[Encounter]) -> Rencontre:
    encounter = node.resource
    start = encounter.period.start if encounter.period else None
    return Rencontre(
        node=node,
        start=_given(start, node, "period.start", dossier),
        start_path="period.start",
        subject=(encounter.subject, "subject"),
        participants=tuple(
            Participant(
                types=p.type,
                ref=p.individual,
                relative=f"participant[{i}].individual",
                extension=p.extension,
                extension_path=f"participant[{i}].extension",
            )
            for i, p in enumerate(encounter.participant)
            if p.individual
        ),
        based_on=encounter.based_on,
        class_=encounter.class_,
        priority=encounter.priority,
        types=encounter.type,
        types_path="type",
        provider=encounter.service_provider,
        locations=tuple((at.location, f"location[{i}].location") for i, at in enumerate(encounter.location)),
    )


def _of_appointment(dossier: Dossier, node: Node[Appointment]) -> Rencontre:
    appointment = node.resource
    present = [(i, p) for i, p in enumerate(appointment.participant) if p.actor and p.status != "declined"]
    kinds = {i: dossier.type_of(p.actor, node) for i, p in present}
    patients = [(p.actor, f"participant[{i}].actor") for i, p in present if kinds[i] == "Patient"]
    return Rencontre(
        node=node,
        start=_given(appointment.start, node, "start", dossier),
        start_path="start",
        subject=_subject(patients),
        participants=tuple(
            Participant(
                types=p.type,
                ref=p.actor,
                relative=f"participant[{i}].actor",
                extension=p.extension,
                extension_path=f"participant[{i}].extension",
            )
            for i, p in present
            if p.actor and kinds[i] not in ("Patient", "Location", "HealthcareService", "Device")
        ),
        based_on=appointment.based_on,
        types=appointment.service_type,
        types_path="serviceType",
        locations=tuple((p.actor, f"participant[{i}].actor") for i, p in present if kinds[i] == "Location"),
        is_encounter=False,
    )


def _subject(patients: list[tuple[Reference | None, str]]) -> tuple[Reference | None, str]:
    """The only patient booked; of several, a reference that designates nobody."""
    if len(patients) > 1:
        return Reference(), "participant.actor"
    return patients[0] if patients else (None, "participant.actor")


def _given(start: str | None, node: Node[Any], relative: str, dossier: Dossier) -> str:
    if start is None:
        broken = [p for p in dossier.problems(strict=False) if p.severity == "error"]
        said = any(p.expression == node.at(relative) for p in broken)
        raise UnreadableBundle(
            broken if said else [*broken, Problem(node.at(relative), "required", _TEXT_DAY)]
        )
    return start


def day_is_partial(node: Node[Any], relative: str) -> UnreadableBundle:
    """The refusal of a day of care that is not a full day."""
    return _refusal(node.at(relative), "value", _TEXT_DAY)


def _refusal(expression: str, code: str, text: str) -> UnreadableBundle:
    return UnreadableBundle([Problem(expression, code, text)])
