"""C1 to C4: what the service says of itself before anybody asks about a patient."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.cds.calls import CDS
from tests.cds.conformance import discovery_defects

from parcours.cds.answers import HANDLERS
from parcours.cds.hook import Service
from parcours.cds.services import SERVICES

HOOKS = {
    "parcours-encounter-start": "encounter-start",
    "parcours-encounter-discharge": "encounter-discharge",
    "parcours-appointment-book": "appointment-book",
    "parcours-order-sign": "order-sign",
    "parcours-patient-view": "patient-view",
}


def published(template: str) -> dict[str, Any]:
    return {"services": [{"id": "x", "hook": "h", "description": "d", "prefetch": {"key": template}}]}


@pytest.mark.parametrize("path", [CDS, f"{CDS}/"])
def test_c1_discovery_is_always_there(client: FlaskClient, path: str) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.mimetype) == (200, "application/json")
    assert {s["id"]: s["hook"] for s in reply.get_json()["services"]} == HOOKS


def test_c2_every_service_says_what_it_is(client: FlaskClient) -> None:
    body = client.get(CDS).get_json()
    assert discovery_defects(body) == []
    for service in body["services"]:
        assert service["title"]
        assert service["usageRequirements"]
        assert service["version"] == "2.0.1"
        assert service["extension"]["davinci-crd.version"] == ["2.2"]


def test_c3_prefetch_is_made_of_reads_and_searches_with_plain_tokens() -> None:
    assert discovery_defects(published("Patient/{{context.patientId}}")) == []
    for template in (
        "Encounter/{{context.encounterId}}?_include=x",
        "Patient/{{context.patient.id}}",
        "Patient?birthdate=ge{{today() - 90 days}}",
        "Patient/{{%visit.subject}}",
    ):
        assert discovery_defects(published(template)), template


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.id)
def test_c4_every_key_is_read_by_every_call(service: Service) -> None:
    assert service.required <= set(service.prefetch)
    assert len(service.prefetch) <= 9


def test_discovery_and_handlers_come_from_one_declaration() -> None:
    assert {service.subject for service in SERVICES.values()} == set(HANDLERS)
