"""Every event is valid R4, has one requestor, and follows the pattern of BALP that it claims."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from tests.audit.balp import assert_conforms, claimed
from tests.store.samples import NOW

from parcours.fhir.audit_event import Requested, audit_event, patient_name
from parcours.fhir.r4b import resource_model
from parcours.web.auditing import INTERACTIONS

KINDS = sorted({*INTERACTIONS.values(), "operation"})
TASKS = ("Task/1", "Task/2")
PATIENTS = ("k:1", "k:2")


def told(**said: Any) -> dict[str, Any]:
    kept = Requested(methode="GET", route="/fhir/Task/{id}", demande="r-1", **said)
    return audit_event(
        kept, numero=1, quand=NOW, tenant="nord", empreinte="0", server="https://parcours.example/fhir"
    )


@pytest.mark.parametrize("interaction", KINDS)
def test_an_event_claims_only_the_pattern_that_it_follows(interaction: str) -> None:
    model = resource_model("AuditEvent")
    assert model
    for tasks, patients, status, who in product((0, 1, 2), (0, 1, 2), (200, 404, 500), WHO):
        event = told(
            interaction=interaction,
            statut=status,
            raison="" if status < 400 else "not-found",
            entites=TASKS[:tasks],
            patients=PATIENTS[:patients],
            **who,
        )
        model.model_validate_json(json.dumps(event))
        assert sum(agent["requestor"] for agent in event["agent"]) == 1
        assert_conforms(event)
        assert claimed(event) is None or (status == 200 and who)


SOFTWARE = {"client": "x", "adresse": "192.0.2.1"}
WHO: tuple[dict[str, str], ...] = (
    {},
    SOFTWARE,
    {**SOFTWARE, "jeton": "urn:ietf:params:oauth:jti:1"},
    {**SOFTWARE, "personne": "10100000002"},
)


@pytest.mark.parametrize(
    ("interaction", "tasks", "patients", "claim"),
    [
        ("read", 1, 1, "PatientRead"),
        ("vread", 1, 1, "PatientRead"),
        ("read", 1, 0, "Read"),
        ("read", 0, 0, None),
        ("create", 1, 1, "PatientCreate"),
        ("create", 2, 1, None),  # a correction tells of the one before as well
        ("update", 1, 1, "PatientUpdate"),
        ("search-type", 0, 0, "Query"),
        ("search-type", 2, 1, "PatientQuery"),
        ("search-type", 2, 2, "Query"),  # BALP would have an event for each patient
        ("history-instance", 1, 1, None),
        ("operation", 1, 1, None),
        ("login", 0, 0, None),
    ],
)
def test_the_pattern_that_is_claimed(interaction: str, tasks: int, patients: int, claim: str | None) -> None:
    event = told(
        interaction=interaction, statut=200, entites=TASKS[:tasks], patients=PATIENTS[:patients], **SOFTWARE
    )
    assert claimed(event) == claim


@pytest.mark.parametrize(
    "reference",
    [
        "123",
        "Patient/123",
        " Patient/123 ",
        "Patient/123/_history/2",
        "https://a.example/fhir/Patient/123",
        "https://a.example/fhir/Patient/123/_history/2",
    ],
)
def test_a_patient_has_one_name_however_he_is_referred_to(reference: str) -> None:
    assert patient_name(reference) == "123"
