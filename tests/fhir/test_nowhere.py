"""Whatever the reading follows and does not find is told by the place where it was named."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fhir.bills import claim, item
from tests.fhir.builders import (
    R259,
    Json,
    concept,
    coverage,
    declaration,
    ext,
    organization,
    ours,
    participant,
    patient,
    read,
    ref,
    request,
    role,
    visit,
)

from parcours.errors import UnreadableBundle

HIS_ROLE = [participant("PractitionerRole/role-doc")]
LETTER = [ref("ServiceRequest/adr")]


def nowhere(kind: str) -> Json:
    return ref(f"{kind}/nowhere")


def replaces(kind: str) -> Json:
    return ext("pds-ext-remplace", valueReference=nowhere(kind))


def care(kind: str, **elements: Any) -> Json:
    """A plan, or a team, in force that day."""
    plan = (
        {"intent": "plan", "category": [ours("pds-cs-plan", "plan-de-soins")]} if kind == "CarePlan" else {}
    )
    return {
        "resourceType": kind,
        "id": kind,
        "status": "active",
        "subject": ref("Patient/pat"),
        **plan,
        **elements,
    }


def activity(performer: Json) -> list[Json]:
    return [{"detail": {"status": "scheduled", "performer": [performer]}}]


def member(**elements: Any) -> list[Json]:
    return [{**elements, "member": nowhere("Practitioner")}]


ROOM: Json = {"resourceType": "Location", "id": "salle"}
NAMED: list[tuple[str, list[Json], Json]] = [
    ("[0].resource.participant[0].individual", [], {"participant": [participant("Practitioner/nowhere")]}),
    ("[0].resource.basedOn[0]", [], {"basedOn": [nowhere("ServiceRequest")]}),
    ("[0].resource.location[0].location", [], {"location": [{"location": nowhere("Location")}]}),
    ("[0].resource.serviceProvider", [], {"serviceProvider": nowhere("Organization")}),
    (
        "[1].resource.generalPractitioner[0]",
        [patient(generalPractitioner=[nowhere("Practitioner")])],
        {},
    ),
    (
        "[1].resource.generalPractitioner[1]",
        [patient(generalPractitioner=[ref("Practitioner/mt"), nowhere("Organization")])],
        {},
    ),
    (
        "[1].resource.extension[0].extension[1].valueReference",
        [patient(extension=[declaration("declare", nowhere("Practitioner"))])],
        {},
    ),
    (
        "[3].resource.practitioner",
        [role(practitioner=nowhere("Practitioner"))],
        {"participant": HIS_ROLE},
    ),
    (
        "[3].resource.organization",
        [role(organization=nowhere("Organization"))],
        {"participant": HIS_ROLE},
    ),
    ("[3].resource.location[0]", [role(location=[nowhere("Location")])], {"participant": HIS_ROLE}),
    ("[5].resource.requester", [request(requester=nowhere("Practitioner"))], {"basedOn": LETTER}),
    ("[5].resource.basedOn[0]", [request(basedOn=[nowhere("ServiceRequest")])], {"basedOn": LETTER}),
    ("[5].resource.author", [care("CarePlan", author=nowhere("Practitioner"))], {}),
    ("[5].resource.contributor[0]", [care("CarePlan", contributor=[nowhere("Practitioner")])], {}),
    ("[5].resource.careTeam[0]", [care("CarePlan", careTeam=[nowhere("CareTeam")])], {}),
    (
        "[5].resource.activity[0].detail.performer[0]",
        [care("CarePlan", activity=activity(nowhere("Practitioner")))],
        {},
    ),
    (
        "[6].resource.participant[0].member",
        [care("CarePlan", careTeam=[ref("CareTeam/CareTeam")]), care("CareTeam", participant=member())],
        {},
    ),
    (
        "[5].resource.participant[0].member",
        [care("CareTeam", participant=member(role=[concept((R259, "PCP"))]))],
        {},
    ),
    (
        "[5].resource.managingOrganization",
        [{**ROOM, "managingOrganization": nowhere("Organization")}],
        {"location": [{"location": ref("Location/salle")}]},
    ),
    (
        "[5].resource.partOf",
        [organization(partOf=nowhere("Organization"))],
        {"serviceProvider": ref("Organization/lieu")},
    ),
    ("[5].resource.payor[1]", [coverage(payor=[ref("Patient/pat"), nowhere("Organization")])], {}),
    ("[5].resource.performer[0]", [request(performer=[nowhere("Practitioner")])], {}),
    (
        "[0].resource.participant[0].extension[0].valueReference",
        [],
        {"participant": [participant("PractitionerRole/role-doc", extension=[replaces("Practitioner")])]},
    ),
    ("[3].resource.extension[0].valueReference", [role(extension=[replaces("Practitioner")])], {}),
    ("[5].resource.provider", [claim(item(), provider=nowhere("Practitioner"))], {"participant": []}),
]


@pytest.mark.parametrize(("place", "more", "elements"), NAMED, ids=[place for place, _, _ in NAMED])
def test_what_is_not_there_is_told_by_its_place(place: str, more: list[Json], elements: Json) -> None:
    problems = read(visit(*more, **elements)).problems
    assert [p.expression for p in problems if p.code == "not-found"] == [f"Bundle.entry{place}"]


PARTS: list[tuple[Json, tuple[str, str]]] = [
    ({"url": "debut", "valueString": "2020-01-01"}, ("structure", ".extension[2]")),
    ({"url": "statut", "valueCode": "declare"}, ("structure", ".extension[0]")),
    ({"url": "zorglub", "valueString": "x"}, ("not-supported", ".extension[2]")),
]


@pytest.mark.parametrize(("part", "told"), PARTS, ids=["of another type", "twice", "unknown"])
def test_a_part_of_a_declaration_that_is_wrong_is_told_by_its_place(
    part: Json, told: tuple[str, str]
) -> None:
    entry = declaration("declare", ref("Practitioner/mt"))
    entry["extension"].append(part)
    try:
        problems = read(visit(patient(extension=[entry]))).problems
    except UnreadableBundle as refused:
        problems = tuple(refused.problems)
    code, place = told
    assert (code, f"Bundle.entry[1].resource.extension[0]{place}") in [
        (p.code, p.expression) for p in problems
    ]


@pytest.mark.parametrize(("statut", "code"), [("zorglub", "code-invalid"), (None, "required")])
def test_a_status_that_is_unknown_and_one_that_is_missing_are_told_apart(
    statut: str | None, code: str
) -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(visit(patient(extension=[declaration(statut, ref("Practitioner/mt"))])))
    assert code in [problem.code for problem in refused.value.problems]
