"""What a decision rests on must be understood whole; what it does not rest on is remarked upon, no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from tests.fhir.bills import charge, claim, item, procedure
from tests.fhir.builders import (
    V3,
    Json,
    concept,
    coverage,
    encode,
    ours,
    ref,
    request,
    role,
    visit,
)
from tests.fhir.declarations import AUJOURD_HUI, demande, dominique, droits, proche

from parcours.errors import Problem, UnreadableBundle
from parcours.fhir.reading import read_request
from parcours.fhir.reading_declaration import read_declaration

SECRETS: dict[str, Any] = {"modifierExtension": [{"url": "http://x.example", "valueBoolean": True}]}
"""Who does not understand them must not rely on the resource (FHIR R4, modifier extensions)."""
ELSEWHERE = ref("Patient/other")
HERE = {"organization": ref("Organization/lieu")}


def severity(read: Callable[[], Sequence[Problem]]) -> str:
    """How grave it is that a resource of this request holds what nobody here understands."""
    try:
        problems = read()
    except UnreadableBundle as refused:
        problems = refused.problems
    (defect,) = [p for p in problems if p.expression.endswith(".modifierExtension")]
    return defect.severity


def care(kind: str, **elements: Any) -> Json:
    """A plan, or a circle of care, that names Dr Mt and Dr Doc."""
    both = [ref("Practitioner/mt"), ref("Practitioner/doc")]
    role_of = [concept((f"{V3}/v3-ParticipationFunction", "PCP"))]
    plan = {"intent": "plan", "category": [ours("pds-cs-plan", "sequence")], "contributor": both}
    team = {"participant": [{"role": role_of, "member": member} for member in both]}
    return {
        "resourceType": kind,
        "id": "care",
        "status": "active",
        "subject": ref("Patient/pat"),
        **(plan if kind == "CarePlan" else team),
        **elements,
    }


def illness(**elements: Any) -> Json:
    return {
        "resourceType": "Condition",
        "id": "ald",
        "category": [ours("pds-cs-couverture", "ald")],
        "subject": ref("Patient/pat"),
        **elements,
    }


RESTS: dict[str, tuple[Json, bool]] = {
    "the invoice": (claim(item()), True),
    "an invoice that was cancelled": (claim(item(), status="cancelled"), False),
    "a charge": (charge(), True),
    "a charge of somebody else": (charge(subject=ELSEWHERE), False),
    "an act": (procedure(), True),
    "an act that was not done": (procedure(status="not-done"), False),
    "a coverage": (coverage(), True),
    "a coverage that is over": (coverage(period={"end": "2025"}), True),
    "a coverage of somebody else": (coverage(beneficiary=ELSEWHERE), False),
    "a coverage entered in error": (coverage(status="entered-in-error"), False),
    "a long-term illness": (illness(), True),
    "a long-term illness that is over": (illness(abatementDateTime="2025"), True),
    "another illness": (illness(category=[concept(("x", "ald"))]), False),
    "an illness of somebody else": (illness(subject=ELSEWHERE), False),
    "a referral to him": (request(), True),
    "a referral to nobody knows whom": (request(performer=[ref("Practitioner/nowhere")]), True),
    "a referral to another doctor": (request(performer=[ref("Practitioner/mt")]), True),
    "a referral of somebody else": (request(subject=ELSEWHERE), False),
    "a request that is no referral": (request(category=[concept(("x", "adressage"))]), False),
    "a plan": (care("CarePlan"), True),
    "a plan that names others": (care("CarePlan", contributor=[ref("Practitioner/mt")]), True),
    "a plan of somebody else": (care("CarePlan", subject=ELSEWHERE), False),
    "a plan of another kind": (care("CarePlan", category=[concept(("x", "sequence"))]), False),
    "a circle of care": (care("CareTeam"), True),
    "a circle of care of somebody else": (care("CareTeam", subject=ELSEWHERE), False),
    "a circle of care that is over": (care("CareTeam", period={"end": "2025"}), False),
    "a colleague on the premises": (role("colleague", "mt", **HERE), True),
    "a colleague elsewhere": (role("colleague", "mt"), False),
}


@pytest.mark.parametrize(("resource", "rests"), RESTS.values(), ids=RESTS)
def test_a_decision_does_not_rest_on_what_it_does_not_understand(resource: Json, rests: bool) -> None:
    document = visit({**resource, **SECRETS}, role(**HERE))
    assert severity(lambda: read_request(encode(document)).problems) == ("error" if rests else "warning")


OF_A_DECLARATION: dict[str, tuple[list[Json], bool]] = {
    "the beneficiary": ([dominique(**SECRETS)], True),
    "who insures him": (
        [dominique("parent", **SECRETS), droits("child", subscriber=ref("Patient/parent"))],
        True,
    ),
    "who does not insure him": ([dominique("parent", **SECRETS)], False),
    "who may sign": ([proche(**SECRETS)], True),
    "who may not": ([proche(relation="voisin", **SECRETS)], False),
    "who signs for another": ([proche(patient=ref("Patient/other"), **SECRETS)], False),
}


@pytest.mark.parametrize(("resources", "rests"), OF_A_DECLARATION.values(), ids=OF_A_DECLARATION)
def test_a_declaration_does_not_rest_on_what_it_does_not_understand(
    resources: list[Json], rests: bool
) -> None:
    body = encode(demande(*resources))
    told = severity(lambda: read_declaration(body, AUJOURD_HUI).problems)
    assert told == ("error" if rests else "warning")
