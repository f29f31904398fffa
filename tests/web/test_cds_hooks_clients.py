"""CDS Hooks with a client that is known: his server, his token, his settings, his pages, his launch."""

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
from flask import Request
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey
from tests.cds.calls import (
    CDS,
    NO_MT,
    WITH_MT,
    call,
    changed,
    letter,
    order_sign,
    patient_view,
    resources,
)
from tests.listening import listening
from tests.web.test_cds_hooks import FEEDBACK, START

from parcours.remote.http import CDS_SECONDS, Conversation
from parcours.remote.unreachable import Reason, Unreachable
from parcours.settings import Settings
from parcours.smart.access_tokens import Caller
from parcours.web import access, cds_hooks, create_app, trust


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
    with listening(server) as port:
        yield f"http://127.0.0.1:{port}/fhir"


ISSUER = "https://logiciel-x.example"


@pytest.fixture
def key() -> ECKey:
    return ECKey.generate_key("P-384", {"kid": "k1", "alg": "ES384", "use": "sig"})


@pytest.fixture
def launch() -> tuple[str, ...]:
    """How the client's authorization server knows us: not at all, unless a test says otherwise."""
    return ()


@pytest.fixture
def trusted(tmp_path: Path, ehr: str, key: ECKey, launch: tuple[str, ...]) -> FlaskClient:
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
        'origins = ["https://logiciel-x.example", "https://sandbox.cds-hooks.org"]',
        "[client.options]",
        "coverage-info = false",
        *launch,
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
    assert set(asked[:2]) == {"/fhir/Patient/patient", "/fhir/Encounter/visite"}


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


def test_c10_a_server_that_does_not_answer_is_left_before_the_answer_is_due(
    trusted: FlaskClient, key: ECKey, ehr: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 0 < cds_hooks.FETCHING < CDS_SECONDS
    monkeypatch.setattr(cds_hooks, "FETCHING", 0.0)
    reply = trusted.post(START, json=lent(ehr), headers=bearer(key))
    assert (reply.status_code, Ehr.asked) == (412, [])


def test_c10_what_it_takes_to_know_who_asks_is_taken_off_the_time_for_his_data(
    trusted: FlaskClient, key: ECKey, ehr: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(asked: Request, audience: str) -> Caller:
        threading.Event().wait(0.2)  # his keys come slowly
        return trust.signed(asked, audience)

    monkeypatch.setattr(access, "signed", late)
    monkeypatch.setattr(cds_hooks, "FETCHING", 0.1)
    reply = trusted.post(START, json=lent(ehr), headers=bearer(key))
    assert (reply.status_code, Ehr.asked) == (412, [])


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


@pytest.mark.parametrize("origin", ["https://logiciel-x.example", "https://sandbox.cds-hooks.org"])
def test_c22_the_pages_of_a_client_may_call_and_read_what_they_are_told(
    trusted: FlaskClient, key: ECKey, origin: str
) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    replies = [
        trusted.options(START, headers={"Origin": origin} | asked),
        trusted.get(CDS, headers={"Origin": origin}),
        trusted.post(START, json=call(NO_MT), headers={"Origin": origin}),
        trusted.post(START, json={}, headers={"Origin": origin} | bearer(key)),
    ]
    assert [reply.status_code for reply in replies] == [204, 200, 401, 400]
    for reply in replies:
        assert reply.headers["Access-Control-Allow-Origin"] == origin
        assert "Access-Control-Allow-Credentials" not in reply.headers


@pytest.mark.parametrize(
    "origin", ["http://localhost:8080", "null", "https://logiciel-x.example.evil.example"]
)
def test_c22_no_other_page_may(trusted: FlaskClient, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in trusted.options(START, headers={"Origin": origin}).headers


def test_c7_a_token_that_comes_without_its_scope_is_used(trusted: FlaskClient, ehr: str, key: ECKey) -> None:
    body = lent(ehr)
    del body["fhirAuthorization"]["scope"]
    assert trusted.post(START, json=body, headers=bearer(key)).status_code == 200
    assert Ehr.asked


@pytest.mark.parametrize("slash", ["", "/"])
def test_c5_the_server_of_a_client_may_end_with_a_slash(
    trusted: FlaskClient, ehr: str, key: ECKey, slash: str
) -> None:
    assert trusted.post(START, json=lent(f"{ehr}{slash}"), headers=bearer(key)).status_code == 200


# ---------------------------------------------------------------- C13: the page that a card opens

AGREED = ("[client.smart]", 'client_id = "parcours"')
PAGE = {"url": "https://parcours.example/launch", "type": "smart"}


def smart_links(
    trusted: FlaskClient, key: ECKey, body: dict[str, Any], **headers: str
) -> list[dict[str, str]]:
    path = f"{CDS}/parcours-{body['hook']}"
    signed = bearer(key, f"https://parcours.example{path}")
    (card,) = trusted.post(path, json=body, headers=signed | headers).get_json()["cards"]
    return [link for link in card["links"] if link["type"] == "smart"]


@pytest.mark.parametrize("launch", [AGREED])
def test_c13_a_card_opens_the_visit_where_a_launch_was_agreed(trusted: FlaskClient, key: ECKey) -> None:
    asked = call(NO_MT)
    assert smart_links(trusted, key, asked) == [PAGE | {"label": "Ouvrir l’analyse de la visite"}]
    (english,) = smart_links(trusted, key, asked, **{"Accept-Language": "en"})
    assert english == PAGE | {"label": "Open the analysis of the visit"}


@pytest.mark.parametrize("launch", [AGREED])
def test_c13_what_no_open_visit_stands_behind_opens_nothing(trusted: FlaskClient, key: ECKey) -> None:
    assert smart_links(trusted, key, patient_view(NO_MT)) == []
    assert smart_links(trusted, key, order_sign(WITH_MT, letter())) == []


BACKEND = (*AGREED, 'scopes = "openid fhirUser"')


@pytest.mark.parametrize("launch", [(), BACKEND], ids=["none", "no launch"])
def test_c13_without_a_launch_there_is_no_link(trusted: FlaskClient, key: ECKey) -> None:
    assert smart_links(trusted, key, call(NO_MT)) == []
