"""HTTP as the table of statuses says it: one row, one case; under /fhir an error is an OperationOutcome."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from parcours.fhir.r4b import resource_model
from parcours.settings import Settings
from parcours.web import create_app

EVALUATE = "/fhir/Encounter/$evaluate-parcours"
FHIR = {"Content-Type": "application/fhir+json"}
SECRET = "SECRET-OF-A-PATIENT"


@dataclass(frozen=True)
class Case:
    """One request and the status it deserves."""

    name: str
    status: int
    method: str = "POST"
    path: str = EVALUATE
    headers: dict[str, str] = field(default_factory=lambda: FHIR)
    body: bytes = b"{}"
    code: str | None = None


def typed(content_type: str, **headers: str) -> dict[str, str]:
    return {"Content-Type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}}


def wants(accept: str) -> dict[str, str]:
    return {**FHIR, "Accept": accept}


CASES = [
    Case("evaluate on the type", 200),
    Case("evaluate on the system", 200, path="/fhir/$evaluate-parcours"),
    Case("a percent-encoded dollar", 200, path="/fhir/Encounter/%24evaluate-parcours"),
    Case("metadata", 200, "GET", "/fhir/metadata"),
    Case("metadata, headers only", 200, "HEAD", "/fhir/metadata"),
    # types
    Case("charset utf-8", 200, headers=typed("application/fhir+json; charset=utf-8")),
    Case("upper case", 200, headers=typed("APPLICATION/FHIR+JSON; CHARSET=UTF-8")),
    Case("quoted charset", 200, headers=typed('application/fhir+json; charset="utf-8"')),
    Case("fhirVersion 4.0", 200, headers=typed("application/fhir+json; fhirVersion=4.0")),
    Case("an unknown parameter", 200, headers=typed("application/fhir+json; x=y")),
    Case("plain json", 200, headers=typed("application/json")),
    Case("no type", 415, headers={}, code="not-supported"),
    Case("text", 415, headers=typed("text/plain"), code="not-supported"),
    Case("form", 415, headers=typed("application/x-www-form-urlencoded"), code="not-supported"),
    Case("multipart", 415, headers=typed("multipart/form-data; boundary=x"), code="not-supported"),
    Case("xml", 415, headers=typed("application/fhir+xml"), body=b"<Bundle/>", code="not-supported"),
    Case("another charset", 415, headers=typed("application/fhir+json; charset=latin-1")),
    Case("another version", 415, headers=typed("application/fhir+json; fhirVersion=5.0")),
    Case("gzip", 415, headers=typed("application/fhir+json", Content_Encoding="gzip")),
    Case("identity, which says nothing", 415, headers=typed("application/json", Content_Encoding="identity")),
    # answers
    Case("any answer", 200, headers=wants("*/*")),
    Case("no preference", 200, headers=wants("")),
    Case("any application", 200, headers=wants("application/*;q=0.1")),
    Case("fhir+json", 200, headers=wants("application/fhir+json")),
    Case("fhir+json of 4.0", 200, headers=wants("application/fhir+json; fhirVersion=4.0")),
    Case("json", 200, headers=wants("application/json")),
    Case("xml first, json accepted", 200, headers=wants("application/fhir+xml, application/fhir+json;q=0.5")),
    Case("a browser", 200, headers=wants("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")),
    Case("xml only", 406, headers=wants("application/fhir+xml"), code="not-supported"),
    Case("html only", 406, headers=wants("text/html"), code="not-supported"),
    Case("json refused", 406, headers=wants("application/fhir+json;q=0, application/json;q=0, */*")),
    Case("another version wanted", 406, headers=wants("application/fhir+json;fhirVersion=3.0")),
    Case("a quality that is no number", 406, headers=wants("application/json;q=x"), code="not-supported"),
    Case("_format over Accept", 200, path=f"{EVALUATE}?_format=json", headers=wants("text/html")),
    Case("_format as a media type", 200, path=f"{EVALUATE}?_format=application/fhir+json"),
    Case("_format xml", 406, path=f"{EVALUATE}?_format=xml", code="not-supported"),
    Case("metadata in xml", 406, "GET", "/fhir/metadata?_format=xml", code="not-supported"),
    # sizes
    Case("at the limit", 200, body=b" " * 1024),
    Case("over the limit", 413, body=b" " * 1025, code="too-long"),
    # places and methods
    Case("nothing there", 404, "GET", f"/fhir/{SECRET}", code="not-found"),
    Case("the base alone, which takes a batch", 405, "GET", "/fhir", code="not-supported"),
    Case("a trailing slash", 404, "GET", "/fhir/metadata/", code="not-found"),
    Case("a doubled slash", 404, "GET", "/fhir//metadata", code="not-found"),
    Case("another operation", 404, path="/fhir/Encounter/$everything", code="not-found"),
    Case("evaluate by GET", 405, "GET", code="not-supported"),
    Case("evaluate by PUT", 405, "PUT", code="not-supported"),
    Case("metadata by POST", 405, "POST", "/fhir/metadata", code="not-supported"),
    Case("a method nobody knows", 405, "BREW", code="not-supported"),
]  # fmt: skip


def send(client: FlaskClient, case: Case) -> TestResponse:
    return client.open(case.path, method=case.method, headers=case.headers, data=case.body)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_request_gets_its_status(case: Case, client: FlaskClient) -> None:
    reply = send(client, case)
    assert reply.status_code == case.status
    assert reply.content_type == "application/fhir+json"
    if case.status != 200:
        outcome = valid_outcome(reply)
        assert case.code in (None, outcome["issue"][0]["code"])
        assert SECRET not in reply.text


def valid_outcome(reply: TestResponse) -> dict[str, Any]:
    model = resource_model("OperationOutcome")
    assert model is not None
    model.model_validate_json(reply.data)
    content: dict[str, Any] = json.loads(reply.data)
    assert content["issue"][0]["details"]["text"]
    return content


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_answer_carries_the_safe_headers(case: Case, client: FlaskClient) -> None:
    headers = send(client, case).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Request-Id"]


def test_a_body_in_pieces_of_unknown_length_is_refused(client: FlaskClient) -> None:
    reply = client.post(EVALUATE, headers={**FHIR, "Transfer-Encoding": "chunked"}, data=b"{}")
    assert reply.status_code == 411
    assert valid_outcome(reply)["issue"][0]["code"] == "required"


def test_a_stream_whose_end_only_the_server_knows_is_refused(client: FlaskClient) -> None:
    endless = create_environ(EVALUATE, method="POST", headers=FHIR, data=b"{}")
    endless.pop("CONTENT_LENGTH")
    endless["wsgi.input_terminated"] = True
    _, status, _ = run_wsgi_app(client.application, endless)
    assert status.startswith("411")


@pytest.mark.parametrize("body", [b"", b"  \n", b"<Bundle/>", b"\xff"])
def test_a_body_that_is_no_json_is_a_bad_request(body: bytes) -> None:
    reply = create_app(Settings()).test_client().post(EVALUATE, headers=FHIR, data=body)
    assert reply.status_code == 400
    valid_outcome(reply)


def test_a_body_over_the_limit_is_not_read(client: FlaskClient) -> None:
    class Untouchable(io.RawIOBase):
        def readable(self) -> bool:
            raise AssertionError("nobody should look into this body")

    announced: dict[str, Any] = {"CONTENT_LENGTH": "100000000", "wsgi.input": Untouchable()}
    reply = client.post(EVALUATE, headers=FHIR, environ_overrides=announced)
    assert reply.status_code == 413


def test_a_refused_method_is_told_which_ones_are_allowed(client: FlaskClient) -> None:
    assert "POST" in client.get(EVALUATE).headers["Allow"]


def test_options_lists_the_methods_and_says_nothing_else(client: FlaskClient) -> None:
    reply = client.options(EVALUATE)
    assert (reply.status_code, reply.data) == (204, b"")
    assert set(reply.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    assert "Content-Type" not in reply.headers


def test_head_has_no_body(client: FlaskClient) -> None:
    reply = client.head("/fhir/metadata")
    assert (reply.status_code, reply.data) == (200, b"")


def test_outside_the_fhir_base_an_error_is_plain_json(client: FlaskClient) -> None:
    reply = client.get(f"/{SECRET}")
    assert (reply.status_code, reply.content_type) == (404, "application/json")
    assert list(json.loads(reply.data)) == ["erreur"]
    assert SECRET not in reply.text


@pytest.mark.parametrize("given", ["abc-123.X_y", "a" * 64])
def test_a_request_id_is_repeated(given: str, client: FlaskClient) -> None:
    assert client.get("/health/live", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given",
    ["", "a" * 65, "a b", "é", "<script>", "a;b", "2790351215189", "279035121518989", "1970223020778"],
)
def test_a_request_id_that_is_none_is_replaced(given: str, client: FlaskClient) -> None:
    reply = client.get("/health/live", headers={"X-Request-Id": given})
    assert len(reply.headers["X-Request-Id"]) == 36


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_says_the_version(path: str, client: FlaskClient) -> None:
    reply = client.get(path)
    assert reply.status_code == 200
    said = json.loads(reply.data)
    assert said["status"] == "ok"
    assert said["version"]
