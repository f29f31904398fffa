"""SMART Backend Services: how a client is told, asks, is given an access, uses it, and loses it."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from tests.access.states import PUBLIC, Asked, Asker, row, served
from tests.web.tokens import EC, FORGER, RSA, ahead, claims, header, public, token
from werkzeug.test import TestResponse

from parcours.clients.scopes import OPERATIONS, SUPPORTED, WHOLE
from parcours.errors import StoreUnavailable
from parcours.settings import Settings
from parcours.smart.tokens import ASSERTION_TYPE
from parcours.store.tokens import Given, Jetons
from parcours.web import create_app
from parcours.web.application import Application

TOKEN = f"{PUBLIC}/token"
TASKS = "/fhir/Task"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tokens")


@pytest.fixture(scope="module")
def app(folder: Path) -> Application:
    return served(folder)


@pytest.fixture
def client(app: Application) -> FlaskClient:
    return app.test_client()


def assertion(who: str = "x", key: Any = EC, **changes: Any) -> str:
    name = f"https://{who}.example"
    return token(claims(**{"iss": name, "sub": name, "aud": TOKEN, **changes}), header(), key)


def form(**changes: str | None) -> dict[str, str]:
    """What a client asks; ``None`` leaves a parameter out."""
    good = {
        "grant_type": "client_credentials",
        "scope": WHOLE,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(),
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def asks(client: FlaskClient, **changes: str | None) -> TestResponse:
    return client.post("/token", data=form(**changes))


def accessed(client: FlaskClient, **changes: str | None) -> dict[str, str]:
    """The header of somebody who was given an access."""
    reply = asks(client, **changes)
    assert reply.status_code == 200, reply.text
    return {"Authorization": f"Bearer {reply.get_json()['access_token']}"}


def status(client: FlaskClient, headers: dict[str, str], path: str = TASKS, method: str = "GET") -> int:
    return client.open(path, method=method, headers=headers).status_code


# ---------------------------------------------------------------- what is said


@pytest.mark.parametrize("base", ["", "/fhir"])
def test_how_an_access_is_had_is_published_as_json_whatever_is_accepted(
    client: FlaskClient, base: str
) -> None:
    reply = client.get(f"{base}/.well-known/smart-configuration", headers={"Accept": "application/fhir+xml"})
    assert (reply.status_code, reply.content_type) == (200, "application/json")
    told = reply.get_json()
    assert told["token_endpoint"] == TOKEN
    assert told["revocation_endpoint"] == f"{PUBLIC}/revoke"
    assert told["grant_types_supported"] == ["client_credentials"]
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert set(told["token_endpoint_auth_signing_alg_values_supported"]) == {"ES384", "RS384"}
    assert told["capabilities"] == ["client-confidential-asymmetric", "permission-v2"]
    assert "S256" in told["code_challenge_methods_supported"]
    assert "plain" not in told["code_challenge_methods_supported"]
    assert set(told["scopes_supported"]) == set(SUPPORTED)


# ---------------------------------------------------------------- what is given


def test_a_client_that_proves_itself_is_given_an_access_for_five_minutes(client: FlaskClient) -> None:
    reply = asks(client)
    assert (reply.status_code, reply.content_type) == (200, "application/json")
    assert (reply.headers["Cache-Control"], reply.headers["Pragma"]) == ("no-store", "no-cache")
    told = reply.get_json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("bearer", 300, WHOLE)
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    assert [status(client, headers) for _ in range(2)] == [200, 200], "it serves until it ends"


@pytest.mark.parametrize(
    ("head", "key", "changes"),
    [
        pytest.param(header(), EC, {}, id="ES384"),
        pytest.param(header(alg="RS384", kid="rsa"), RSA, {}, id="RS384"),
        pytest.param(header(), EC, {"iat": None}, id="without iat, which RFC 7523 does not ask for"),
        pytest.param(header(), EC, {"aud": ["https://other.example", TOKEN]}, id="aud is a list"),
    ],
)
def test_both_algorithms_of_smart_are_taken(
    tmp_path: Path, head: dict[str, Any], key: Any, changes: dict[str, Any]
) -> None:
    (tmp_path / "keys.json").write_text(json.dumps({"keys": public(EC, RSA)}), encoding="utf-8")
    clients = tmp_path / "clients.toml"
    clients.write_text(
        '[[client]]\nid = "x"\nissuer = "https://x.example"\ntenant = "nord"\nkeys_file = "keys.json"\n'
    )
    settings = Settings(clients=str(clients), public_url=PUBLIC, database=str(tmp_path / "kept.sqlite"))
    name = "https://x.example"
    text = token(claims(**{"iss": name, "sub": name, "aud": TOKEN, **changes}), head, key)
    assert asks(create_app(settings).test_client(), client_assertion=text).status_code == 200


def test_of_an_access_only_a_digest_is_kept(client: FlaskClient, folder: Path) -> None:
    text = accessed(client)["Authorization"].split()[1]
    kept = b"".join(path.read_bytes() for path in folder.glob("kept.sqlite*"))
    assert text.encode() not in kept
    assert base64.urlsafe_b64decode(f"{text}=") not in kept
    with closing(sqlite3.connect(folder / "kept.sqlite")) as connection:
        kept_rows = connection.execute("SELECT * FROM jeton_acces").fetchall()
    assert kept_rows
    assert all(text not in kept_row for kept_row in kept_rows)


def test_an_access_serves_in_every_process_and_after_a_restart(app: Application, folder: Path) -> None:
    headers = accessed(app.test_client())
    assert status(served(folder).test_client(), headers) == 200


def test_a_client_may_say_its_name_beside_its_assertion(client: FlaskClient) -> None:
    assert asks(client, client_id="https://x.example").status_code == 200


def test_an_access_ends(client: FlaskClient) -> None:
    headers = accessed(client)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=298), tick=False):
        assert status(client, headers) == 200
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=301), tick=False):
        assert status(client, headers) == 401


def test_a_client_of_several_practices_says_for_which_it_asks(tmp_path: Path) -> None:
    lines = row("z", "t").replace('tenant = "t"\n', "") + '[client.tenants]\na = "nord"\nb = "sud"\n'
    clients = tmp_path / "clients.toml"
    clients.write_text(lines.replace('[client.smart]\nclient_id = "parcours"\n', ""), encoding="utf-8")
    settings = Settings(clients=str(clients), public_url=PUBLIC, database=str(tmp_path / "kept.sqlite"))
    app = create_app(settings)
    client = app.test_client()
    assert asks(client, client_assertion=assertion("z")).status_code == 401
    headers = accessed(client, client_assertion=assertion("z", tenant="b"))
    given = app.store.acces.find(headers["Authorization"].split()[1], dt.datetime.now(dt.UTC))
    assert given
    assert given.tenant == "sud"
    assert status(client, headers) == 200


# ---------------------------------------------------------------- what is refused

REFUSED: list[tuple[str, int, str, dict[str, Callable[[], str | None]]]] = [
    ("no grant type", 400, "invalid_request", {"grant_type": lambda: None}),
    ("another grant type", 400, "unsupported_grant_type", {"grant_type": lambda: "password"}),
    ("no scope", 400, "invalid_scope", {"scope": lambda: None}),
    ("a scope that means nothing here", 400, "invalid_scope", {"scope": lambda: "system/Patient.rs"}),
    ("a scope of a patient", 400, "invalid_scope", {"scope": lambda: "patient/*.rs"}),
    ("a scope with a condition", 400, "invalid_scope", {"scope": lambda: "system/Task.rs?status=ready"}),
    ("a scope its row does not have", 400, "invalid_scope", {"scope": lambda: OPERATIONS}),
    ("no assertion", 401, "invalid_client", {"client_assertion": lambda: None}),
    ("another kind of assertion", 401, "invalid_client", {"client_assertion_type": lambda: "x"}),
    ("an assertion that is no token", 401, "invalid_client", {"client_assertion": lambda: "x"}),
    ("an endless assertion", 401, "invalid_client", {"client_assertion": lambda: "x" * 10_000}),
    ("forged", 401, "invalid_client", {"client_assertion": lambda: assertion(key=FORGER)}),
    ("unknown", 401, "invalid_client", {"client_assertion": lambda: assertion("w")}),
    (
        "for the FHIR base",
        401,
        "invalid_client",
        {"client_assertion": lambda: assertion(aud=f"{PUBLIC}/fhir")},
    ),
    ("about somebody else", 401, "invalid_client", {"client_assertion": lambda: assertion(sub="y")}),
    ("for somebody else", 401, "invalid_client", {"client_id": lambda: "https://y.example"}),
    ("about nobody", 401, "invalid_client", {"client_assertion": lambda: assertion(sub=None)}),
    ("expired", 401, "invalid_client", {"client_assertion": lambda: assertion(iat=None, exp=ahead(-1))}),
    (
        "too long a life",
        401,
        "invalid_client",
        {"client_assertion": lambda: assertion(iat=None, exp=ahead(400))},
    ),
    ("of another practice", 401, "invalid_client", {"client_assertion": lambda: assertion(tenant="sud")}),
    ("without a name", 401, "invalid_client", {"client_assertion": lambda: assertion(jti=None)}),
]


@pytest.mark.parametrize(
    ("status", "code", "changes"),
    [refused[1:] for refused in REFUSED],
    ids=[refused[0] for refused in REFUSED],
)
def test_an_access_is_refused_with_a_code_and_no_word_more(
    client: FlaskClient, status: int, code: str, changes: dict[str, Callable[[], str | None]]
) -> None:
    reply = asks(client, **{name: make() for name, make in changes.items()})
    assert (reply.status_code, reply.get_json()) == (status, {"error": code})
    assert reply.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in reply.headers) == (status == 401)


def test_a_parameter_is_said_once_and_in_a_form(client: FlaskClient) -> None:
    twice = client.post("/token", data={**form(), "scope": [WHOLE, WHOLE]})
    as_json = client.post("/token", json=form())
    in_address = client.post("/token", query_string=form())
    for reply in (twice, as_json, in_address):
        assert (reply.status_code, reply.get_json()) == (400, {"error": "invalid_request"})


def test_a017_an_assertion_serves_once_and_a_forged_one_spends_nothing(client: FlaskClient) -> None:
    name = uuid.uuid4().hex
    assert asks(client, client_assertion=assertion(key=FORGER, jti=name)).status_code == 401
    good = assertion(jti=name)
    assert [asks(client, client_assertion=good).status_code for _ in range(2)] == [200, 401]


def test_a018_an_access_is_not_given_when_its_use_cannot_be_noted(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise StoreUnavailable("pleine")

    monkeypatch.setattr(Jetons, "use", broken)
    reply = asks(client)
    assert (reply.status_code, reply.get_json()) == (503, {"error": "temporarily_unavailable"})
    assert reply.headers["Retry-After"]


def test_in_development_nobody_has_a_key_to_prove_himself_with(tmp_path: Path) -> None:
    client = create_app(Settings(database=str(tmp_path / "open.sqlite"))).test_client()
    assert (asks(client).status_code, asks(client).get_json()) == (401, {"error": "invalid_client"})
    assert status(client, {"Authorization": "Bearer whatever"}) == 200


def test_l013_who_asks_for_too_many_accesses_waits_and_the_others_do_not(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parcours.web.limits.time", SimpleNamespace(monotonic=lambda: 1000.0))
    client = create_app(replace(app.settings, quota=60)).test_client()
    replies = [asks(client) for _ in range(11)]
    assert [reply.status_code for reply in replies] == [200] * 10 + [429]
    assert int(replies[-1].headers["Retry-After"]) >= 1
    proof = {name: value for name, value in form().items() if name.startswith("client_")}
    assert client.post("/revoke", data={**proof, "token": "x"}).status_code == 429
    assert asks(client, client_assertion=assertion("y")).status_code == 200


# ---------------------------------------------------------------- what an access may do


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        ("system/Task.r", {"read"}),
        ("system/*.rs", {"read", "search"}),
        ("system/Task.s system/ClaimResponse.c", {"search", "judge"}),
        ("system/Task.cu", {"prepare", "move"}),
        (WHOLE, {"read", "search", "judge", "prepare", "move"}),
    ],
)
def test_an_access_does_what_its_scopes_say_and_nothing_else(
    client: FlaskClient, scopes: str, allowed: set[str]
) -> None:
    headers = accessed(client, scope=scopes)
    tried = {
        "read": status(client, headers, "/fhir/Task/inconnu"),
        "search": status(client, headers),
        "judge": status(client, headers, "/fhir/$evaluate-parcours", "POST"),
        "prepare": status(client, headers, "/fhir/$prepare-declaration", "POST"),
        "move": status(client, headers, "/fhir/Task/inconnu", "PUT"),
    }
    assert {name for name, found in tried.items() if found != 403} == allowed


def test_what_is_beyond_the_scopes_is_refused_as_fhir_says(client: FlaskClient) -> None:
    reply = client.get(TASKS, headers=accessed(client, scope="system/Task.r"))
    outcome = reply.get_json(force=True)
    assert (reply.status_code, outcome["issue"][0]["code"]) == (403, "forbidden")


def test_the_requests_of_a_batch_are_each_within_the_scopes(client: FlaskClient) -> None:
    asked = [{"request": {"method": "GET", "url": url}} for url in ("Task/inconnu", "Task")]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": asked}
    reply = client.post("/fhir", json=bundle, headers=accessed(client, scope="system/Task.r"))
    entries = reply.get_json(force=True)["entry"]
    assert [entry["response"]["status"][:3] for entry in entries] == ["404", "403"]


def test_an_access_is_no_token_of_cds_hooks(client: FlaskClient) -> None:
    headers = accessed(client)
    assert client.post("/cds-services/parcours-patient-view", json={}, headers=headers).status_code == 401


@pytest.mark.parametrize("path", ["", "/feedback"])
def test_a_row_of_the_clients_file_bounds_its_calls_of_cds_hooks(app: Application, path: str) -> None:
    address = f"/cds-services/parcours-patient-view{path}"
    asked = Asked(next(app.url_map.iter_rules("cds.invoke")), "POST", address)

    def status(who: str) -> int:
        headers = {"Authorization": f"Bearer {Asker(app, asked).signed(who)}"}
        return app.test_client().post(address, json={}, headers=headers).status_code

    assert (status("x"), status("exploitant")) == (400, 403)


def test_a_row_of_the_clients_file_bounds_its_tokens_and_its_accesses(app: Application) -> None:
    client = app.test_client()
    asked = Asked(next(app.url_map.iter_rules("declarations.search")), "GET", TASKS)
    signed = {"Authorization": f"Bearer {Asker(app, asked).signed('exploitant')}"}
    assert status(client, signed) == 403
    # Its row had more scopes when this was given.
    headers = {"Authorization": f"Bearer {Asker(app, asked).access('exploitant')}"}
    assert status(client, headers) == 403


# ---------------------------------------------------------------- what ends before its time


def test_an_access_that_is_given_back_is_over(client: FlaskClient) -> None:
    headers = accessed(client)
    text = headers["Authorization"].split()[1]
    proof = {name: value for name, value in form().items() if name.startswith("client_")}
    assert client.post("/revoke", data={**proof, "token": text}).status_code == 200
    assert status(client, headers) == 401
    again = {name: value for name, value in form().items() if name.startswith("client_")}
    assert client.post("/revoke", data={**again, "token": text}).status_code == 200, "RFC 7009, 2.2"


def test_nobody_ends_the_access_of_another(client: FlaskClient) -> None:
    headers = accessed(client)
    proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion("y")}
    given = {"token": headers["Authorization"].split()[1]}
    assert client.post("/revoke", data={**proof, **given}).status_code == 200
    assert client.post("/revoke", data=given).status_code == 401
    assert client.post("/revoke", data=proof).get_json() == {"error": "invalid_request"}
    assert status(client, headers) == 200


def test_of_too_many_accesses_that_which_ends_first_goes(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parcours.store.tokens.MOST_GIVEN", 3)
    now = dt.datetime.now(dt.UTC)
    for number in range(5):
        given = Given("z", "nord", WHOLE)
        app.store.acces.give(f"jeton-{number}", given, now + dt.timedelta(seconds=60 + number), now)
    app.store.acces.give("autre", Given("y", "sud", WHOLE), now + dt.timedelta(seconds=9), now)
    alive = [app.store.acces.find(f"jeton-{number}", now) is not None for number in range(5)]
    assert alive == [False, False, True, True, True]
    assert app.store.acces.find("autre", now)
