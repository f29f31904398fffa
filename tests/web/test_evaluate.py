"""The operation over HTTP: what reaches the service, what comes back, and what a failure tells."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from parcours.clients import Clients
from parcours.errors import InputError, MalformedInput, Problem, TooLarge, UnreadableBundle, UnsupportedDate
from parcours.settings import Settings
from parcours.store import Store
from parcours.web import create_app
from parcours.web.limits import Ledger
from parcours.web.server import SAMPLE, Known, load_warm

EVALUATE = "/fhir/Encounter/$evaluate-parcours"
FHIR = {"Content-Type": "application/fhir+json"}
SECRET = "TEST-NOM 2 55 08 14 168 025 38"


def test_the_answer_is_a_bundle_that_opens_with_a_claim_response(client: FlaskClient) -> None:
    reply = client.post(EVALUATE, headers=FHIR, data=b"{}")
    assert json.loads(reply.data)["resourceType"] == "Bundle"
    assert json.loads(reply.data)["entry"][0]["resource"]["resourceType"] == "ClaimResponse"


@pytest.mark.parametrize(
    ("prefer", "strict"),
    [
        (None, False),
        ("handling=strict", True),
        ("Handling = Strict", True),
        ('handling="strict"', True),
        ("handling=lenient", False),
        ("handling=whatever", False),
        ("return=minimal, handling=strict; x=1", True),
        ("handling=lenient, handling=strict", False),
        ("respond-async", False),
        ("strict", False),
    ],
)
def test_prefer_says_how_strictly_to_read(
    prefer: str | None, strict: bool, client: FlaskClient, canned: Any
) -> None:
    headers = FHIR if prefer is None else {**FHIR, "Prefer": prefer}
    assert client.post(EVALUATE, headers=headers, data=b"{}").status_code == 200
    assert canned.asked == [(b"{}", strict)]


@pytest.mark.parametrize(
    ("kind", "status"),
    [(MalformedInput, 400), (TooLarge, 413), (UnreadableBundle, 422), (UnsupportedDate, 422)],
)
def test_each_refusal_of_the_reader_has_its_status_and_lists_every_problem(
    kind: type[InputError], status: int, failing: Callable[[Exception], FlaskClient]
) -> None:
    problems = [
        Problem("Bundle.type", "required", "Type manquant."),
        Problem("Bundle.entry[0]", "value", "Non."),
    ]
    reply = failing(kind(problems)).post(EVALUATE, headers=FHIR, data=b"{}")
    assert reply.status_code == status
    assert reply.content_type == "application/fhir+json"
    assert [issue["expression"] for issue in json.loads(reply.data)["issue"]] == [
        ["Bundle.type"],
        ["Bundle.entry[0]"],
    ]


def test_a_failure_gives_a_reference_and_nothing_of_the_patient(
    failing: Callable[[Exception], FlaskClient],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    client = failing(RuntimeError(SECRET))
    with caplog.at_level(logging.DEBUG):
        reply = client.post(EVALUATE, headers=FHIR, data=SECRET.encode())
    assert reply.status_code == 500
    assert reply.content_type == "application/fhir+json"
    (issue,) = json.loads(reply.data)["issue"]
    assert (issue["severity"], issue["code"]) == ("error", "exception")
    record, _access = caplog.records
    said = re.fullmatch(
        r"failure: kind=RuntimeError where=parcours\.web\.fhir_api:\d+ reference=(\w{32})",
        record.getMessage(),
    )
    assert said
    reference = said[1]
    assert reference in issue["details"]["text"]
    assert record.exc_info is None
    assert SECRET not in reply.text + caplog.text + "".join(capfd.readouterr())


def test_an_answer_leaves_one_line_in_the_logs_and_nothing_of_the_request(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post(EVALUATE, headers=FHIR, data=SECRET.encode(), query_string={"name": SECRET})
    (record,) = caplog.records
    assert record.name == "parcours.access"
    assert SECRET not in caplog.text


def test_two_applications_share_nothing() -> None:
    first, second = create_app(Settings(max_bytes=2048)), create_app(Settings())
    assert first.service is not second.service
    assert first.service.limits.octets == 2048
    assert second.service.limits.octets == Settings().max_bytes
    first.config["MAX_CONTENT_LENGTH"] = 1
    assert second.config["MAX_CONTENT_LENGTH"] == Settings().max_bytes


def test_without_settings_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARCOURS_MAX_BYTES", "4096")
    assert create_app().settings.max_bytes == 4096


def test_a_warm_application_has_answered_its_sample() -> None:
    Store.open(Settings().database).close()
    app = load_warm(Known(Settings(), Clients(), Ledger([])))
    assert app.test_client().post(EVALUATE, json=SAMPLE).status_code == 200
