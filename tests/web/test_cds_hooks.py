"""CDS Hooks over HTTP: statuses, headers, trust, log, and the count of what became of cards."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.cds.calls import CDS, NO_MT, call

from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.application import Application

START = f"{CDS}/parcours-encounter-start"
JSON = "application/json"


@pytest.fixture
def app() -> Application:
    return create_app(Settings())


@pytest.fixture
def client(app: Application) -> FlaskClient:
    return app.test_client()


# ---------------------------------------------------------------- C1, C5, C15: statuses and errors

ERRORS = [
    ("post", f"{CDS}/parcours-inconnu", b"{}", JSON, 404),
    ("post", f"{CDS}/parcours-inconnu/feedback", b"{}", JSON, 404),
    ("get", f"{CDS}/parcours-patient-view", b"", JSON, 405),
    ("post", CDS, b"{}", JSON, 405),
    ("post", START, b"{}", "text/plain", 415),
    ("post", START, b"{", JSON, 400),
    ("post", START, b"{}", JSON, 400),
    ("post", f"{START}/feedback", b"{}", JSON, 400),
    ("post", f"{START}/elsewhere", b"{}", JSON, 404),
]


@pytest.mark.parametrize(("method", "path", "body", "kind", "status"), ERRORS)
def test_c15_every_refusal_is_an_operation_outcome(
    client: FlaskClient, method: str, path: str, body: bytes, kind: str, status: int
) -> None:
    reply = client.open(path, method=method.upper(), data=body, content_type=kind)
    assert reply.status_code == status
    outcome = reply.get_json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert outcome["issue"][0]["details"]["text"]


def test_c1_discovery_answers_whoever_asks(client: FlaskClient) -> None:
    reply = client.get(CDS)
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"


def test_an_answer_is_json_and_never_kept(client: FlaskClient) -> None:
    reply = client.post(START, json=call(NO_MT))
    assert (reply.status_code, reply.mimetype) == (200, JSON)
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Language"] == "fr"


def test_a_body_over_the_bound_is_a_413() -> None:
    small = create_app(Settings(max_bytes=1024)).test_client()
    reply = small.post(START, json=call(NO_MT))
    assert (reply.status_code, reply.get_json()["resourceType"]) == (413, "OperationOutcome")


# ---------------------------------------------------------------- C18: feedback

FEEDBACK: dict[str, Any] = {
    "feedback": [
        {
            "card": "4e0a3a1e-9187-45b0-8076-640c36da2a02",
            "outcome": "overridden",
            "overrideReason": {
                "reason": {
                    "code": "refus-patient",
                    "system": "https://parcours-soins.example/fhir/CodeSystem/pds-cs-motif-refus",
                },
                "userComment": "M. DUPONT",
            },
            "outcomeTimestamp": "2026-02-17T10:05:31Z",
        },
        {
            "card": "7d9a3a1e-9187-45b0-8076-640c36da2a02",
            "outcome": "accepted",
            "acceptedSuggestions": [{"id": "e56e1945-20b3-4393-8503-a1a20fd73152"}],
            "outcomeTimestamp": "2026-02-17T10:05:31Z",
        },
    ]
}


def test_c18_feedback_is_counted_once_per_card_and_its_comment_is_not_kept(
    app: Application, client: FlaskClient
) -> None:
    for _ in range(2):
        assert client.post(f"{START}/feedback", json=FEEDBACK).status_code == 200
    tallies = app.store.retours.count("local")
    assert sorted((t.outcome, t.reason, t.n) for t in tallies) == [
        ("accepted", None, 1),
        ("overridden", "refus-patient", 1),
    ]
    assert "DUPONT" not in repr(tallies)


def test_c18_the_uuid_of_a_card_served_is_taken_back(client: FlaskClient) -> None:
    (card,) = client.post(START, json=call(NO_MT)).get_json()["cards"]
    body = {
        "feedback": [
            {
                "card": card["uuid"],
                "outcome": "accepted",
                "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}],
                "outcomeTimestamp": "2026-02-17T10:05:31Z",
            }
        ]
    }
    assert client.post(f"{START}/feedback", json=body).get_json() == {}


# ---------------------------------------------------------------- C22: pages of other origins


@pytest.mark.parametrize("path", [CDS, START, f"{START}/feedback"])
def test_c22_a_page_of_this_machine_may_call_in_development(client: FlaskClient, path: str) -> None:
    reply = client.options(path, headers={"Origin": "http://localhost:8080"})
    assert reply.status_code == 204
    assert reply.headers["Access-Control-Allow-Origin"] == "http://localhost:8080"
    assert {"authorization", "content-type"} <= set(reply.headers["Access-Control-Allow-Headers"].split(", "))
    assert {"GET", "POST", "OPTIONS"} <= set(reply.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Origin" in reply.headers["Vary"]


def test_c22_another_page_may_not(client: FlaskClient) -> None:
    reply = client.get(CDS, headers={"Origin": "https://ailleurs.example"})
    assert "Access-Control-Allow-Origin" not in reply.headers


# ---------------------------------------------------------------- C23: the log


def test_c23_every_call_leaves_one_line_that_names_nobody(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("parcours").propagate = True
    body = call(NO_MT) | {"fhirServer": "https://x.example", "fhirAuthorization": {"access_token": "SECRET"}}
    with caplog.at_level(logging.INFO, logger="parcours"):
        answer = client.post(START, json=body).get_json()
    (line,) = [r.getMessage() for r in caplog.records if r.getMessage().startswith("cds answered")]
    assert f"instance={body['hookInstance']}" in line
    assert answer["cards"][0]["uuid"] in line
    assert "client=local tenant=local" in line
    for secret in ("EXEMPLE", "Dominique", "1991", "SECRET", "Patient/"):
        assert secret not in line
