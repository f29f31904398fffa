"""``POST /fhir``: a batch of requests, each answered as if it had come alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.profiles.replies import content

from parcours.settings import Settings
from parcours.web import create_app

ROOT = Path(__file__).resolve().parents[2]
BODY = json.loads((ROOT / "examples/01-medecin-traitant/bundle.json").read_text(encoding="utf-8"))
EVALUATE = {"method": "POST", "url": "Encounter/$evaluate-parcours"}

Entry = dict[str, Any]


def ask(client: FlaskClient, *entries: Entry, **headers: str) -> list[Entry]:
    """The entries of the answer to a batch of these."""
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": list(entries)}
    reply = client.post("/fhir", json=bundle, headers=headers)
    assert (reply.status_code, reply.content_type) == (200, "application/fhir+json")
    assert content(reply)["type"] == "batch-response"
    answers: list[Entry] = content(reply)["entry"]
    return answers


def get(url: str, **request: str) -> Entry:
    return {"request": {"method": "GET", "url": url, **request}}


def status(entry: Entry) -> str:
    text: str = entry["response"]["status"]
    return text


def test_a_day_of_visits_is_answered_in_one_call_in_the_same_order(client: FlaskClient) -> None:
    other = json.loads(json.dumps(BODY))
    other["entry"][0]["resource"]["period"]["start"] = "2026-04-01T10:00:00+02:00"
    first, second = ask(client, *({"request": EVALUATE, "resource": body} for body in (BODY, other)))
    days = [
        child["valueDate"]
        for answer in (first, second)
        for child in answer["resource"]["entry"][0]["resource"]["extension"][0]["extension"]
        if child["url"] == "dateDesSoins"
    ]
    assert days == ["2026-03-10", "2026-04-01"]
    assert [status(first), status(second)] == ["200 OK", "200 OK"]


def test_an_answer_in_a_batch_is_the_one_given_alone(client: FlaskClient) -> None:
    (entry,) = ask(client, {"request": {"method": "POST", "url": "$evaluate-parcours"}, "resource": BODY})
    alone = content(client.post("/fhir/$evaluate-parcours", json=BODY))
    for answer in (entry["resource"], alone):
        answer["entry"][0]["resource"]["created"] = ""
    assert entry["resource"] == alone


def test_one_request_that_fails_leaves_the_others_alone(client: FlaskClient) -> None:
    good, unknown, wrong, method = ask(
        client,
        get("CodeSystem/pds-cs-plan"),
        get("Nothing/1"),
        {"request": EVALUATE, "resource": {"resourceType": "Patient"}},
        {"request": {"method": "DELETE", "url": "CodeSystem/pds-cs-plan"}},
    )
    assert good["resource"]["id"] == "pds-cs-plan"
    assert [status(e) for e in (unknown, wrong, method)] == [
        "404 Not Found",
        "422 Unprocessable Entity",
        "405 Method Not Allowed",
    ]
    for failed in (unknown, wrong, method):
        assert failed["response"]["outcome"]["resourceType"] == "OperationOutcome"
        assert "resource" not in failed


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"request": {"method": "GET"}},
        {"request": {"url": "metadata"}},
        get("https://elsewhere.example/fhir/Patient/1"),
        get("/health/live"),
        get("../health/live"),
        get("?_count=1"),
        {"request": {"method": "POST", "url": ""}, "resource": {}},
        {"request": {"method": "POST", "url": "Task/1/$transmettre"}, "resource": {}},
    ],
    ids=[
        "nothing",
        "no url",
        "no method",
        "elsewhere",
        "absolute",
        "outside",
        "no type",
        "itself",
        "handing over",
    ],
)
def test_a_request_that_is_none_is_refused_in_its_place(entry: Entry, client: FlaskClient) -> None:
    refused, good = ask(client, entry, get("metadata"))
    assert status(refused) == "400 Bad Request"
    (expression,) = refused["response"]["outcome"]["issue"][0]["expression"]
    assert expression.startswith("Bundle.entry[0].request")
    assert status(good) == "200 OK"


def test_a_search_and_a_condition_work_inside_a_batch(client: FlaskClient) -> None:
    (search, read) = ask(
        client, get("CodeSystem?_id=pds-cs-plan&_count=5"), get("CodeSystem/pds-cs-plan", ifNoneMatch="x")
    )
    assert search["resource"]["total"] == 1
    tag = read["response"]["etag"]
    (known,) = ask(client, get("CodeSystem/pds-cs-plan", ifNoneMatch=tag))
    assert known == {"response": {"status": "304 Not Modified", "etag": tag}}


def test_what_the_batch_prefers_holds_for_each_of_its_requests(client: FlaskClient) -> None:
    (entry,) = ask(client, get("CodeSystem?nothing=1"), Prefer="handling=strict")
    assert status(entry) == "400 Bad Request"


def test_the_format_of_the_batch_is_no_matter_for_its_requests(client: FlaskClient) -> None:
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [get("metadata")]}
    reply = client.post("/fhir?_format=json", json=bundle, headers={"Accept": "text/html"})
    assert status(content(reply)["entry"][0]) == "200 OK"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", 400),
        (b'{"resourceType": "Bundle", "type": "transaction", "entry": []}', 422),
        (b'{"resourceType": "Patient"}', 422),
        (b'{"resourceType": "Bundle", "type": "batch", "entry": {}}', 422),
        (b"[]", 422),
    ],
    ids=["not json", "transaction", "no bundle", "no list", "a list"],
)
def test_what_is_no_batch_is_refused(body: bytes, code: int, client: FlaskClient) -> None:
    reply = client.post("/fhir", data=body, content_type="application/fhir+json")
    assert (reply.status_code, content(reply)["resourceType"]) == (code, "OperationOutcome")


def test_a_batch_has_the_bounds_of_a_request() -> None:
    client = create_app(Settings(max_entries=3)).test_client()
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [get("metadata")] * 4}
    assert client.post("/fhir", json=bundle).status_code == 413
    assert client.post("/fhir", data=b"<x/>", content_type="text/xml").status_code == 415
