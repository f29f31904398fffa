"""What the reading says of a request: where, by which code, how grave; and it says nothing else of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fhir.bills import base, charge, claim, item, money, procedure
from tests.fhir.builders import (
    V3,
    Json,
    bundle,
    concept,
    coverage,
    declaration,
    encode,
    ext,
    ours,
    patient,
    ref,
    request,
    visit,
)

from parcours.errors import UnreadableBundle
from parcours.fhir.reading import MAX_PERSONNES, read_request
from parcours.fhir.reading_actes import MAX_LIGNES

A_MT = ref("Practitioner/mt")
PCP = concept((f"{V3}/v3-ParticipationFunction", "PCP"))
ELSEWHERE = ref("Encounter/other")
SOMEBODY = ref("Patient/other")
FIRST, PATIENT, NEXT = "Bundle.entry[0].resource", "Bundle.entry[1].resource", "Bundle.entry[5].resource"


def declared(*entries: Json) -> Json:
    return visit(patient(extension=list(entries)))


DEBUT: Json = {"url": "debut", "valueDate": "2020-01-01"}


def with_parts(*parts: Json) -> Json:
    """A declaration with these parts, which the builder would not write."""
    usual = declaration("declare", A_MT)
    return {**usual, "extension": [*usual["extension"], *parts]}


def plan(**elements: Any) -> Json:
    return {
        "resourceType": "CarePlan",
        "id": "plan",
        "status": "active",
        "intent": "plan",
        "category": [ours("pds-cs-plan", "sequence")],
        "subject": ref("Patient/pat"),
        **elements,
    }


def team(**elements: Any) -> Json:
    return {
        "resourceType": "CareTeam",
        "id": "team",
        "status": "active",
        "subject": ref("Patient/pat"),
        "participant": [{"role": [PCP], "member": A_MT}],
        **elements,
    }


def retenues(jour: int) -> Json:
    return ext("pds-ext-participations", extension=[{"url": "jour", "valueInteger": jour}])


CROWD = [request(f"r{number}") for number in range(MAX_PERSONNES + 1)]

REMARKS: dict[str, tuple[Json, tuple[str, str, str]]] = {
    "two invoices": (
        visit(claim(item()), claim(item(), id="second")),
        ("Bundle.entry[6].resource", "business-rule", "error"),
    ),
    "an invoice that may be of this visit, beside the one that is": (
        visit(claim(item()), claim(item(encounter=[ref("Encounter/enc")]), id="second")),
        (NEXT, "business-rule", "warning"),
    ),
    "an invoice that is a draft of nothing": (
        visit(claim(item(), status="cancelled")),
        (NEXT, "business-rule", "warning"),
    ),
    "an invoice of another patient": (
        visit(claim(item(), patient=SOMEBODY), patient("other")),
        (f"{NEXT}.patient", "business-rule", "warning"),
    ),
    "an invoice of another visit": (
        visit(claim(item(encounter=[ELSEWHERE]))),
        (NEXT, "business-rule", "warning"),
    ),
    "more lines than anybody reads": (
        visit(claim(*(item(number) for number in range(1, MAX_LIGNES + 2)))),
        (f"{NEXT}.item", "too-long", "error"),
    ),
    "one number for two lines": (
        visit(claim(item(1), item(1))),
        (f"{NEXT}.item[1].sequence", "value", "error"),
    ),
    "a line of another visit": (
        visit(claim(item(1), item(2, encounter=[ELSEWHERE]))),
        (f"{NEXT}.item[1].encounter", "business-rule", "warning"),
    ),
    "details of a line": (
        visit(claim(item(detail=[{"sequence": 1, "productOrService": {"text": "a"}}]))),
        (f"{NEXT}.item[0].detail", "informational", "information"),
    ),
    "two bases": (
        visit(claim(item(net=money(1), extension=[base(1), base(1)]))),
        (f"{NEXT}.item[0].extension[1]", "value", "error"),
    ),
    "a charge without effect": (
        visit(charge(status="entered-in-error")),
        (NEXT, "business-rule", "warning"),
    ),
    "a charge that was aborted": (visit(charge(status="aborted")), (NEXT, "business-rule", "warning")),
    "a charge that is not billable": (
        visit(charge(status="not-billable")),
        (NEXT, "business-rule", "warning"),
    ),
    "an act that was not done": (visit(procedure(status="not-done")), (NEXT, "business-rule", "warning")),
    "an act of another patient": (
        visit(charge(subject=SOMEBODY), patient("other")),
        (NEXT, "business-rule", "warning"),
    ),
    "an act of another visit": (
        visit(charge(context=ELSEWHERE)),
        (NEXT, "business-rule", "warning"),
    ),
    "a referral that was revoked": (
        visit(request(status="revoked"), basedOn=[ref("ServiceRequest/adr")]),
        (NEXT, "business-rule", "warning"),
    ),
    "a referral of another patient": (
        visit(request(subject=SOMEBODY), patient("other"), basedOn=[ref("ServiceRequest/adr")]),
        (f"{NEXT}.subject", "business-rule", "warning"),
    ),
    "a coverage entered in error": (
        visit(coverage(status="entered-in-error")),
        (NEXT, "business-rule", "warning"),
    ),
    "less than no participation": (
        visit(coverage(extension=[retenues(-1)])),
        (f"{NEXT}.extension[0].extension[0].valueInteger", "value", "error"),
    ),
    "more participations than a day has": (
        visit(coverage(extension=[retenues(1001)])),
        (f"{NEXT}.extension[0].extension[0].valueInteger", "value", "error"),
    ),
    "a plan entered in error": (
        visit(plan(status="entered-in-error")),
        (NEXT, "business-rule", "warning"),
    ),
    "a circle of care entered in error": (
        visit(team(status="entered-in-error")),
        (NEXT, "business-rule", "warning"),
    ),
    "a birth after the visit": (
        visit(patient(birthDate="2026-02-18")),
        (f"{PATIENT}.birthDate", "value", "error"),
    ),
    "a birth long before it": (
        visit(patient(birthDate="1890-02-16")),
        (f"{PATIENT}.birthDate", "value", "error"),
    ),
    "a crowd": (
        visit(*CROWD, basedOn=[ref(f"ServiceRequest/{one['id']}") for one in CROWD]),
        (FIRST, "too-long", "error"),
    ),
    "a declaration without its status": (
        declared(declaration(None, A_MT)),
        (f"{PATIENT}.extension[0]", "required", "error"),
    ),
    "a declaration of a status of no list": (
        declared(declaration("peut-etre", A_MT)),
        (f"{PATIENT}.extension[0]", "code-invalid", "error"),
    ),
    "a declaration with a part of its own": (
        declared(declaration("declare", A_MT, humeur="2020-01-01")),
        (f"{PATIENT}.extension[0].extension[2]", "not-supported", "warning"),
    ),
    "a part of a declaration, of another type": (
        declared(with_parts({"url": "debut", "valueString": "2020-01-01"})),
        (f"{PATIENT}.extension[0].extension[2]", "structure", "error"),
    ),
    "a part of a declaration, twice": (
        declared(with_parts(DEBUT, DEBUT)),
        (f"{PATIENT}.extension[0].extension[3]", "structure", "error"),
    ),
    "a declaration that ends before it begins": (
        declared(declaration("declare", A_MT, debut="2020-01-02", fin="2020-01-01")),
        (f"{PATIENT}.extension[0]", "invariant", "error"),
    ),
}


def told(document: Json, *, submitted: bool = False) -> set[tuple[str, str, str]]:
    try:
        problems = read_request(encode(document), submitted=submitted).problems
    except UnreadableBundle as refused:
        problems = refused.problems
    return {(problem.expression, problem.code, problem.severity) for problem in problems}


@pytest.mark.parametrize(("document", "remark"), REMARKS.values(), ids=REMARKS)
def test_a_remark_says_where_of_which_kind_and_how_grave(
    document: Json, remark: tuple[str, str, str]
) -> None:
    assert remark in told(document)


def test_an_invoice_that_is_submitted_must_be_that_of_the_visit() -> None:
    others = [entry["resource"] for entry in visit()["entry"]]
    assert told(bundle(claim(item()), *others), submitted=True) == set()
    cancelled = told(bundle(claim(item(), status="cancelled"), *others), submitted=True)
    assert cancelled == {(FIRST, "business-rule", "error")}
    assert told(visit(claim(item())), submitted=True) == {(FIRST, "business-rule", "error")}


@pytest.mark.parametrize(
    "document",
    [
        visit(claim(*(item(number) for number in range(1, MAX_LIGNES + 1)))),
        visit(coverage(extension=[retenues(0)])),
        visit(coverage(extension=[retenues(1000)])),
        visit(patient(birthDate="2026-02-17")),
        visit(patient(birthDate="2026")),  # born that year, perhaps before
        visit(*CROWD[1:], basedOn=[ref(f"ServiceRequest/{one['id']}") for one in CROWD[1:]]),
        declared(declaration("declare", A_MT, debut="2020-01-01", fin="2020-01-01")),
    ],
)
def test_on_this_side_of_a_border_nothing_is_said(document: Json) -> None:
    assert told(document) == set()
