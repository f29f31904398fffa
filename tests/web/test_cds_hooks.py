"""CDS Hooks over HTTP: statuses, headers, trust, log, and the count of what became of cards."""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, NoReturn
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey
from tests.cds.calls import CDS, NO_MT, WITH_MT, call, changed, resources

from parcours.remote.http import Conversation
from parcours.remote.unreachable import Reason, Unreachable
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


# ---------------------------------------------------------------- C7 to C9, C21: a client with a server


class Ehr(BaseHTTPRequestHandler):
    """A FHIR server that holds the resources of one example; it notes what it is asked, with which token."""

    held: ClassVar[list[dict[str, Any]]] = []
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        Ehr.asked.append((self.path, self.headers["Authorization"]))
        kind, _, id = url.path.removeprefix("/fhir/").partition("/")
        found = [r for r in Ehr.held if r["resourceType"] == kind and id in ("", r["id"])]
        if id and not found:
            return self._reply(404, {"resourceType": "OperationOutcome"})
        entries = [{"resource": r, "search": {"mode": "match"}} for r in found]
        bundle = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
        return self._reply(200, found[0] if id else bundle)

    def _reply(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def ehr() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ehr)
    Ehr.held, Ehr.asked = [r for r in resources(WITH_MT) if r["resourceType"] != "Claim"], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/fhir"
    server.shutdown()
    thread.join()
    server.server_close()


ISSUER = "https://logiciel-x.example"


@pytest.fixture
def key() -> ECKey:
    return ECKey.generate_key("P-384", {"kid": "k1", "alg": "ES384", "use": "sig"})


@pytest.fixture
def trusted(tmp_path: Path, ehr: str, key: ECKey) -> FlaskClient:
    """A service that knows one client, whose server is the one above."""
    public = ", ".join(
        f'{name} = "{value}"' for name, value in key.as_dict(private=False).items() if name != "key_ops"
    )
    file = tmp_path / "clients.toml"
    lines = [
        "[[client]]",
        'id = "logiciel-x"',
        f'issuer = "{ISSUER}"',
        'tenant = "cabinet-1"',
        f'fhir_base = "{ehr}"',
        f"keys = [{{ {public} }}]",
        'origins = ["https://logiciel-x.example"]',
        "[client.options]",
        "coverage-info = false",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    settings = Settings(clients=str(file), public_url="https://parcours.example")
    return create_app(settings).test_client()


def bearer(key: ECKey, audience: str = f"https://parcours.example{START}", **changes: Any) -> dict[str, str]:
    now = int(dt.datetime.now(dt.UTC).timestamp())
    claims = {"iss": ISSUER, "aud": audience, "iat": now, "exp": now + 120, "jti": uuid.uuid4().hex} | changes
    header = {"alg": "ES384", "kid": "k1", "typ": "JWT"}
    return {"Authorization": f"Bearer {jwt.encode(header, claims, key, algorithms=['ES384'])}"}


def lent(ehr: str, number: str = WITH_MT, **prefetch: Any) -> dict[str, Any]:
    token = {"access_token": "jeton", "token_type": "Bearer", "scope": "patient/*.read user/*.read"}
    return call(number) | {"prefetch": prefetch, "fhirServer": ehr, "fhirAuthorization": token}


def test_c7_what_prefetch_lacks_is_read_from_the_server_of_the_client(
    trusted: FlaskClient, ehr: str, key: ECKey
) -> None:
    reply = trusted.post(START, json=lent(ehr), headers=bearer(key))
    assert (reply.status_code, reply.get_json()) == (200, {"cards": []})
    asked = [path for path, _ in Ehr.asked]
    assert asked[:2] == ["/fhir/Patient/patient", "/fhir/Encounter/visite"]


def test_c7_a_complete_prefetch_needs_no_server_not_even_a_free_place(
    trusted: FlaskClient, ehr: str, key: ECKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_is_free(_conversation: Conversation) -> NoReturn:
        raise Unreachable(Reason.BUSY)

    monkeypatch.setattr(Conversation, "__enter__", none_is_free)
    body = lent(ehr) | {"prefetch": call(WITH_MT)["prefetch"]}
    assert trusted.post(START, json=body, headers=bearer(key)).get_json() == {"cards": []}
    reply = trusted.post(START, json=lent(ehr), headers=bearer(key))
    assert (reply.status_code, reply.get_json()["issue"][0]["expression"]) == (412, ["prefetch.patient"])
    assert Ehr.asked == []


def test_c9_the_token_lent_is_shown_to_that_server_and_to_nobody(
    trusted: FlaskClient, ehr: str, key: ECKey, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        reply = trusted.post(START, json=lent(ehr), headers=bearer(key))
    assert {token for _, token in Ehr.asked} == {"Bearer jeton"}
    assert "jeton" not in caplog.text + reply.get_data(as_text=True)


def test_c7_a_scope_that_does_not_cover_it_is_a_412_and_nothing_is_asked(
    trusted: FlaskClient, ehr: str, key: ECKey
) -> None:
    body = changed(lent(ehr), "fhirAuthorization.scope", "patient/Coverage.rs")
    reply = trusted.post(START, json=body, headers=bearer(key))
    assert (reply.status_code, reply.get_json()["issue"][0]["expression"]) == (412, ["prefetch.patient"])
    assert Ehr.asked == []


@pytest.mark.parametrize(
    "server", ["http://127.0.0.1:9/fhir", "https://ehr.example/fhir", "http://localhost/"]
)
def test_a_server_that_is_not_the_configured_one_is_never_called(
    trusted: FlaskClient, ehr: str, key: ECKey, server: str
) -> None:
    reply = trusted.post(START, json=lent(ehr) | {"fhirServer": server}, headers=bearer(key))
    assert (reply.status_code, reply.get_json()["issue"][0]["expression"]) == (422, ["fhirServer"])
    assert Ehr.asked == []


def test_c21_the_token_of_the_client_names_the_public_url(trusted: FlaskClient, key: ECKey) -> None:
    assert trusted.post(START, json=call(NO_MT)).status_code == 401
    inside = trusted.post(START, json=call(NO_MT), headers=bearer(key, f"http://localhost{START}"))
    assert (inside.status_code, inside.get_data()) == (401, b"")
    assert trusted.post(START, json=call(NO_MT), headers=bearer(key)).status_code == 200


def test_c21_feedback_has_an_audience_of_its_own(trusted: FlaskClient, key: ECKey) -> None:
    path = f"{START}/feedback"
    assert trusted.post(path, json=FEEDBACK, headers=bearer(key)).status_code == 401
    own = bearer(key, f"https://parcours.example{path}")
    assert trusted.post(path, json=FEEDBACK, headers=own).status_code == 200


def test_c17_a_client_has_its_own_settings(trusted: FlaskClient, key: ECKey) -> None:
    answer = trusted.post(START, json=call(NO_MT), headers=bearer(key)).get_json()
    assert answer["cards"]
    assert "systemActions" not in answer


def test_c22_the_pages_of_a_client_may_call_and_no_other(trusted: FlaskClient) -> None:
    ours = trusted.options(START, headers={"Origin": "https://logiciel-x.example"})
    assert ours.headers["Access-Control-Allow-Origin"] == "https://logiciel-x.example"
    other = trusted.options(START, headers={"Origin": "http://localhost:8080"})
    assert "Access-Control-Allow-Origin" not in other.headers
