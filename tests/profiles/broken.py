"""Deliberately broken instances: each is a published example but for one change that a rule forbids."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parcours.fhir.systems import extension_url

GUIDE = Path(__file__).resolve().parents[2] / "fhir_profiles"
EXAMPLES = (GUIDE / "input/examples", GUIDE / "fsh-generated/resources")
ABSENT = object()

Resource = dict[str, Any]


@dataclass(frozen=True)
class Broken:
    """One change: where (keys and indices) in which example, what it becomes, which profile refuses it.

    ``ours``: our own checks in Python see it; what only an invariant says is for HL7's engine.
    ``engine``: HL7's engine sees it; it leaves alone a reference that leads outside the file.
    """

    name: str
    profile: str
    example: str
    path: tuple[str | int, ...]
    value: object = ABSENT
    ours: bool = True
    engine: bool = True


DECLARATION = ("entry", 1, "resource", "extension", 0, "extension")
VISIT = "Bundle-pds-exemple-01-medecin-traitant"
DIRECT = "Bundle-pds-exemple-06-acces-direct-gynecologue"
URGENT = "Bundle-pds-exemple-04-urgence"
REFERRED = "Bundle-pds-exemple-03-correspondant-a-la-demande-du-medecin-traitant"
ANSWER, RIGHTS = "ClaimResponse-pds-exemple-reponse", "Coverage-pds-exemple-droits"
BILL, FORM, TASK = (
    "Claim-pds-exemple-facture",
    "QuestionnaireResponse-pds-exemple-declaration",
    "Task-pds-exemple-tache",
)
BASE = extension_url("pds-ext-base-remboursement")
OTHER = {"coding": [{"system": "https://other.example", "code": "x"}]}

BROKEN = (
    Broken("a request of a type that is not read", "pds-bundle-demande", VISIT, ("type",), "document"),
    Broken("a request without a visit", "pds-bundle-demande", VISIT, ("entry", 0), ours=False),
    Broken("a visit without its day", "pds-encounter", VISIT, ("entry", 0, "resource", "period")),
    Broken(
        "a visit of which only the year is known",
        "pds-encounter",
        VISIT,
        ("entry", 0, "resource", "period", "start"),
        "2026",
        ours=False,
    ),
    Broken(
        "an act outside the list",
        "pds-encounter",
        DIRECT,
        ("entry", 0, "resource", "type", 0, "coding", 0, "code"),
        "coloscopie",
    ),
    Broken(
        "a circumstance outside the list",
        "pds-ext-circonstance",
        URGENT,
        ("entry", 0, "resource", "extension", 0, "valueCodeableConcept"),
        OTHER,
    ),
    Broken("a declaration without a status", "pds-patient", VISIT, (*DECLARATION, 0)),
    Broken(
        "no médecin traitant, and who he is",
        "pds-patient",
        VISIT,
        (*DECLARATION, 0, "valueCode"),
        "aucun",
        ours=False,
    ),
    Broken("a source nobody knows", "pds-patient", VISIT, (*DECLARATION, 3, "valueCode"), "rumeur"),
    Broken(
        "a declaration dated by a code",
        "pds-patient",
        VISIT,
        (*DECLARATION, 2),
        {"url": "debut", "valueCode": "x"},
    ),
    Broken("a role of nobody", "pds-practitioner-role", VISIT, ("entry", 3, "resource", "practitioner")),
    Broken(
        "a referral without a date",
        "pds-service-request-adressage",
        REFERRED,
        ("entry", 5, "resource", "authoredOn"),
    ),
    Broken(
        "a referral by nobody",
        "pds-service-request-adressage",
        REFERRED,
        ("entry", 5, "resource", "requester"),
    ),
    Broken(
        "a referral that was revoked",
        "pds-service-request-adressage",
        REFERRED,
        ("entry", 5, "resource", "status"),
        "revoked",
    ),
    Broken("a régime with a name", "pds-coverage", RIGHTS, ("class", 0, "value"), "RG", ours=False),
    Broken(
        "a participation in dollars",
        "pds-coverage",
        RIGHTS,
        ("extension", 2, "extension", 0, "valueMoney", "currency"),
        "USD",
    ),
    Broken(
        "a situation of coverage outside the list",
        "pds-coverage",
        RIGHTS,
        ("extension", 0, "valueCodeableConcept"),
        OTHER,
    ),
    Broken("a bill without acts", "pds-claim", BILL, ("item",)),
    Broken("a bill in dollars", "pds-claim", BILL, ("item", 0, "net", "currency"), "USD"),
    Broken(
        "a base that is no amount",
        "pds-claim",
        BILL,
        ("item", 0, "extension", 0),
        {"url": BASE, "valueString": "30"},
    ),
    Broken("an answer of the payer", "pds-claim-response", ANSWER, ("use",), "claim"),
    Broken("an answer without a decision", "pds-claim-response", ANSWER, ("extension",), ours=False),
    Broken(
        "a position that does not exist",
        "pds-claim-response",
        ANSWER,
        ("extension", 0, "extension", 0, "valueCode"),
        "ailleurs",
    ),
    Broken(
        "a known position, a partial answer",
        "pds-claim-response",
        ANSWER,
        ("outcome",),
        "partial",
        ours=False,
    ),
    Broken("an amount of another kind", "pds-claim-response", ANSWER, ("total", 0, "category"), OTHER),
    Broken("three effects out of four", "pds-claim-response", ANSWER, ("extension", 0, "extension", 4)),
    Broken(
        "an effect without a finding",
        "pds-claim-response",
        ANSWER,
        ("extension", 0, "extension", 4, "extension", 1),
    ),
    Broken("an empty extension", "pds-claim-response", ANSWER, ("extension", 0, "extension"), []),
    Broken(
        "answers to another form",
        "pds-questionnaire-response",
        FORM,
        ("questionnaire",),
        "https://other.example/q",
        ours=False,
    ),
    Broken("a form about nobody", "pds-questionnaire-response", FORM, ("subject",)),
    Broken(
        "a form about a place",
        "pds-questionnaire-response",
        FORM,
        ("subject", "reference"),
        "Location/1",
        engine=False,
    ),
    Broken("a task without a state", "pds-task", TASK, ("businessStatus",)),
    Broken(
        "a task signed before it is begun",
        "pds-task",
        TASK,
        ("businessStatus", "coding", 0, "code"),
        "signee",
        ours=False,
    ),
    Broken("a task without its form", "pds-task", TASK, ("input", 0, "type"), OTHER),
    Broken("a task with a focus", "pds-task", TASK, ("focus",), {"reference": "Patient/1"}),
)


def example(name: str) -> Resource:
    """A published example by the name of its file."""
    (file,) = (found for folder in EXAMPLES if (found := folder / f"{name}.json").is_file())
    resource: Resource = json.loads(file.read_text(encoding="utf-8"))
    return resource


def break_it(case: Broken) -> Resource:
    """The example with its change."""
    resource: Any = copy.deepcopy(example(case.example))
    node = resource
    for step in case.path[:-1]:
        node = node[step]
    if case.value is ABSENT:
        del node[case.path[-1]]
    else:
        node[case.path[-1]] = case.value
    whole: Resource = resource
    return whole
