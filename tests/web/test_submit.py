"""``Claim/$submit``: an invoice and its visit in, every line answered, the same answer each time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.fhir.bills import claim, item, money
from tests.fhir.builders import Json, declaration, encode, patient, ref, visit

from parcours.fhir.r4b import resource_model
from parcours.settings import Settings
from parcours.web import create_app

SUBMIT = "/fhir/Claim/$submit"
FHIR = {"Content-Type": "application/fhir+json"}
INVOICE = claim(item(1, "CS", net=money(26.5)), item(2, "MCS", net=money(5)))


@pytest.fixture(scope="module")
def service() -> FlaskClient:
    return create_app(Settings()).test_client()


def request_with(invoice: Json, *, first: bool = True) -> bytes:
    document = visit(invoice, patient(extension=[declaration("declare", ref("Practitioner/doc"))]))
    entries = [e for e in document["entry"] if e["resource"] is not invoice]
    mine = [e for e in document["entry"] if e["resource"] is invoice]
    document["entry"] = mine + entries if first else entries + mine
    return encode(document)


def posted(service: FlaskClient, body: bytes, **headers: str) -> tuple[int, Json]:
    reply = service.post(SUBMIT, headers={**FHIR, **headers}, data=body)
    content: dict[str, Any] = json.loads(reply.data)
    model = resource_model(content["resourceType"])
    assert model is not None
    model.model_validate_json(reply.data)
    return reply.status_code, content


def test_every_line_is_answered(service: FlaskClient) -> None:
    status, bundle = posted(service, request_with(INVOICE))
    response = bundle["entry"][0]["resource"]
    assert (status, response["resourceType"], response["use"]) == (200, "ClaimResponse", "predetermination")
    assert [line["itemSequence"] for line in response["item"]] == [1, 2]
    assert response["request"] == {
        "type": "Claim",
        "reference": "Claim/claim",
        "identifier": {"system": "urn:test", "value": "F1"},
    }


def test_the_same_invoice_gets_the_same_answer(service: FlaskClient) -> None:
    answers = [posted(service, request_with(INVOICE))[1]["entry"][0]["resource"] for _ in range(2)]
    assert answers[0]["id"] == answers[1]["id"]
    assert {**answers[0], "created": ""} == {**answers[1], "created": ""}


def test_another_amount_gets_another_answer(service: FlaskClient) -> None:
    other = claim(item(1, "CS", net=money(30)), item(2, "MCS", net=money(5)))
    first, second = (posted(service, request_with(i))[1]["entry"][0]["resource"] for i in (INVOICE, other))
    assert first["id"] != second["id"]


def test_the_same_visit_evaluated_gets_the_same_decision(service: FlaskClient) -> None:
    body = request_with(INVOICE)
    evaluated = service.post("/fhir/$evaluate-parcours", headers=FHIR, data=body)
    assert (
        json.loads(evaluated.data)["entry"][0]["resource"]["id"]
        == (posted(service, body)[1]["entry"][0]["resource"]["id"])
    )


@pytest.mark.parametrize(
    ("body", "expression", "words"),
    [
        (request_with(INVOICE, first=False), "Bundle.entry[0].resource", "la première ressource"),
        (encode(visit()), "Bundle.entry[0].resource", "la première ressource"),
        (encode(INVOICE), "Claim", "envoyer un Bundle"),
        (
            request_with(claim(item(1, net=money(-1)))),
            "Bundle.entry[0].resource.item[0].net.value",
            "montant attendu",
        ),
    ],
    ids=["the invoice last", "no invoice", "the invoice alone", "a negative amount"],
)
def test_what_cannot_be_answered_is_told_how_to_be(
    body: bytes, expression: str, words: str, service: FlaskClient
) -> None:
    status, outcome = posted(service, body)
    assert (status, outcome["resourceType"]) == (422, "OperationOutcome")
    (issue,) = outcome["issue"]
    assert issue["expression"] == [expression]
    assert words in issue["details"]["text"]


def test_it_reads_headers_as_the_other_operation_does(service: FlaskClient) -> None:
    body = request_with({**INVOICE, "nowhere": "in FHIR"})
    assert posted(service, body)[0] == 200
    assert posted(service, body, Prefer="handling=strict")[0] == 422
    assert service.get(SUBMIT).status_code == 405
    assert service.post(SUBMIT, headers={"Content-Type": "text/plain"}, data=body).status_code == 415
