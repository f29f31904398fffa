"""One line for each request: who, what, how it ended; the requests of a batch under the id of the batch."""

from __future__ import annotations

from typing import Any

import pytest
from tests.logs.lines import line

from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.openapi_schemas import EXAMPLES

FHIR = "application/fhir+json"


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What becomes of what was logged; ids are of the moment, and not looked at here."""
    args = [(str(r.msg), r.args if isinstance(r.args, tuple) else ()) for r in caplog.records]
    return [line(message, *given, name="parcours.access") for message, given in args]


def test_a_batch_leaves_a_line_for_itself_and_for_each_of_its_requests(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = create_app(Settings()).test_client()
    reply = client.post("/fhir", json=EXAMPLES["Batch"](), content_type=FHIR, headers={"X-Request-Id": "r-1"})
    assert reply.headers["X-Request-Id"] == "r-1"
    assert [(said["route"], said["status"]) for said in lines(caplog)] == [
        ("/fhir/Encounter/$evaluate-parcours", 200),
        ("/fhir", 200),
    ]


def test_each_request_has_an_id_of_its_own() -> None:
    client = create_app(Settings()).test_client()
    ids = [client.get("/health/live").headers["X-Request-Id"] for _ in range(3)]
    assert len({*ids}) == 3


@pytest.mark.parametrize(
    ("method", "address", "said"),
    [
        ("GET", "/health/live", {"method": "GET", "route": "/health/live", "status": 200}),
        ("BREW", "/x", {"method": "other", "route": "none", "status": 404}),
        ("DELETE", "/health/live", {"method": "DELETE", "route": "none", "status": 405}),
        (
            "GET",
            "/fhir/Task/t?patient=p",
            {"method": "GET", "route": "/fhir/Task/{id}", "status": 404, "client": "local"},
        ),
    ],
)
def test_a_line_says_what_was_asked_by_its_pattern(
    caplog: pytest.LogCaptureFixture, method: str, address: str, said: dict[str, Any]
) -> None:
    create_app(Settings()).test_client().open(address, method=method)
    (found,) = lines(caplog)
    assert found.items() >= said.items()
    assert found["duration_ms"] >= 0


def test_a_failure_is_told_with_its_place_before_the_line_of_its_request(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("of nobody")

    monkeypatch.setattr("parcours.web.health.to_json", fails)
    reply = create_app(Settings()).test_client().get("/health/live")
    failure, request = lines(caplog)
    assert reply.status_code == request["status"] == 500
    assert (failure["event"], failure["kind"]) == ("failure", "RuntimeError")
    assert failure["where"].startswith("parcours.web.health:")
    assert failure["reference"] in reply.text
