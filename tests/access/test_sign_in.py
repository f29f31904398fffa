"""Signing in at Pro Santé Connect itself: what is asked, what is believed, in whose practice one arrives."""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient
from tests.access.provider import OTHER, RPPS, Provider
from tests.web.pages.office import proof
from werkzeug.test import TestResponse

from parcours.clients import Clients
from parcours.errors import SettingsError
from parcours.settings import Settings
from parcours.smart.pkce import challenge
from parcours.smart.remembered import PAUSE_SECONDS
from parcours.web import create_app
from parcours.web.application import Application

PUBLIC = "https://parcours.example"
HTML = {"Accept": "text/html"}
COOKIE = "__Host-parcours"
LIST, BEGIN, BACK = "/declarations", "/connexion/pro-sante-connect", "/connexion/retour"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.tell_the_truth()
    return running


def settings(folder: Path, provider: Provider, users: str = f'["{RPPS}"]', more: str = "") -> Settings:
    (folder / "secret").write_text("un-secret-partage\n", encoding="ascii")
    (folder / "secret").chmod(0o600)
    clients = folder / "clients.toml"
    clients.write_text(
        f'[[client]]\nid = "cabinet-nord"\ntenant = "nord"\nusers = {users}\n'
        '[[client]]\nid = "cabinet-sud"\ntenant = "sud"\nusers = ["10100000010"]\n'
        f'[pro_sante_connect]\nissuer = "{provider.issuer}"\nclient_id = "parcours"\n'
        f'client_secret_file = "secret"\n{more}\n',
        encoding="utf-8",
    )
    return Settings(
        clients=str(clients),
        public_url=PUBLIC,
        database=str(folder / "kept.sqlite"),
        keys=str(folder / "keys"),
    )


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, running: Provider) -> Application:
    return create_app(settings(tmp_path_factory.mktemp("psc"), running))


@pytest.fixture
def browser(app: Application) -> FlaskClient:
    return app.test_client()


def get(browser: FlaskClient, path: str, **query: str) -> TestResponse:
    return browser.get(path, headers=HTML, base_url=PUBLIC, query_string=query)


def sent(browser: FlaskClient, provider: Provider) -> dict[str, str]:
    """What Pro Santé Connect is asked, once it was begun; it keeps the nonce for its answer."""
    reply = get(browser, BEGIN)
    assert reply.status_code == 303, reply.text
    target = urlsplit(reply.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == f"{provider.issuer}/auth"
    asked = {name: value for name, (value,) in parse_qs(target.query).items()}
    provider.nonce = asked["nonce"]
    return asked


def arrives(browser: FlaskClient, provider: Provider, **answer: str) -> TestResponse:
    state = sent(browser, provider)["state"]
    return get(browser, BACK, **{"state": state, "code": "un-code", **answer})


def test_who_is_not_signed_in_is_shown_where_to(browser: FlaskClient) -> None:
    reply = get(browser, LIST)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/connexion")
    page = get(browser, "/connexion")
    assert page.status_code == 200
    assert f'href="{BEGIN}"' in page.text
    assert browser.post(f"{LIST}/preparer", headers=HTML, base_url=PUBLIC).status_code == 403


def test_he_is_sent_with_pkce_a_level_an_age_and_values_that_serve_once(
    browser: FlaskClient, provider: Provider
) -> None:
    asked = [sent(browser, provider) for _ in range(2)]
    assert asked[0]["acr_values"] == "eidas1"
    assert asked[0]["max_age"] == "14400"
    assert asked[0]["scope"] == "openid scope_all"
    assert asked[0]["redirect_uri"] == PUBLIC + BACK
    assert asked[0]["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


def test_he_arrives_in_the_practice_that_the_clients_file_gives_his_number(
    browser: FlaskClient, provider: Provider
) -> None:
    asked = sent(browser, provider)
    reply = get(browser, BACK, state=asked["state"], code="un-code")
    assert (reply.status_code, reply.headers["Location"]) == (303, PUBLIC + LIST)
    (form,) = provider.forms
    assert challenge(form["code_verifier"]) == asked["code_challenge"]
    assert (form["code"], form["client_secret"]) == ("un-code", "un-secret-partage")
    assert form["redirect_uri"] == PUBLIC + BACK
    assert get(browser, LIST).status_code == 200
    cookie = next(line for line in reply.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}="))
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


def test_a063_the_session_has_a_new_id_and_the_one_before_is_over(
    browser: FlaskClient, provider: Provider
) -> None:
    arrives(browser, provider)
    first = browser.get_cookie(COOKIE, domain="parcours.example")
    arrives(browser, provider)
    second = browser.get_cookie(COOKIE, domain="parcours.example")
    assert first
    assert second
    assert first.value != second.value
    browser.set_cookie(COOKIE, first.value, domain="parcours.example", secure=True)
    assert get(browser, LIST).status_code == 303


@pytest.mark.parametrize("level", ["eidas1", "eidas2", "eidas3"])
def test_a_card_reaches_a_higher_level_and_is_taken(
    browser: FlaskClient, provider: Provider, level: str
) -> None:
    provider.claims = {"acr": level}
    assert arrives(browser, provider).status_code == 303


def ago(seconds: float) -> float:
    return dt.datetime.now(dt.UTC).timestamp() - seconds


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("another issuer", "identity detail=iss", {"claims": {"iss": "https://autre.example"}}),
    ("for another service", "identity detail=aud", {"claims": {"aud": "autre"}}),
    ("of another sign-in", "identity detail=nonce", {"claims": {"nonce": "autre"}}),
    ("without a nonce", "identity detail=nonce", {"claims": {"nonce": None}}),
    ("expired", "identity detail=time", {"claims": {"exp": 1}}),
    ("forged", "identity detail=signature", {"key": OTHER}),
    ("no level", "identity detail=level", {"claims": {"acr": None}}),
    ("a lower level", "identity detail=level", {"claims": {"acr": "eidas0"}}),
    ("signed in long ago", "identity detail=level", {"claims": {"auth_time": 1}}),
    ("nobody knows when", "identity detail=level", {"claims": {"auth_time": None}}),
    ("no national number", "identity detail=SubjectNameID", {"userinfo": {"SubjectNameID": None}}),
    ("the page of somebody else", "identity detail=userinfo", {"userinfo": {"sub": "f:2"}}),
    ("an ADELI number", "practice detail=-", {"userinfo": {"SubjectNameID": "0123456789"}}),
    ("of no practice", "practice detail=-", {"userinfo": {"SubjectNameID": "810100000099"}}),
    ("the code is not honoured", "code detail=-", {"status": 400}),
]


@pytest.mark.parametrize(("reason", "changes"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_who_is_not_proven_or_of_no_practice_is_not_let_in(
    browser: FlaskClient,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    reason: str,
    changes: dict[str, Any],
) -> None:
    for name, value in changes.items():
        setattr(provider, name, value)
    with caplog.at_level(logging.WARNING):
        assert arrives(browser, provider).status_code == 403
    assert f"reason={reason}" in caplog.text
    assert RPPS not in caplog.text
    assert get(browser, LIST).status_code == 303


def test_a_sign_in_that_is_too_old_is_asked_for_anew(browser: FlaskClient, provider: Provider) -> None:
    provider.claims = {"auth_time": int(ago(4 * 3600 + 60))}
    assert arrives(browser, provider).status_code == 403
    provider.claims = {"auth_time": int(ago(4 * 3600 - 60))}
    assert arrives(browser, provider).status_code == 303


@pytest.mark.parametrize(
    "answer",
    [
        {"state": "autre"},
        {"state": ""},
        {"iss": "https://autre.example"},
        {"error": "access_denied"},
        {"code": ""},
    ],
)
def test_a062_an_answer_that_is_not_the_one_awaited_is_refused(
    browser: FlaskClient, provider: Provider, answer: dict[str, str]
) -> None:
    assert arrives(browser, provider, **answer).status_code == 403
    assert provider.forms == [], "the code went nowhere"


def test_a062_an_answer_serves_once_and_in_the_browser_that_asked(
    browser: FlaskClient, provider: Provider
) -> None:
    state = sent(browser, provider)["state"]
    stranger = browser.application.test_client()
    assert get(stranger, BACK, state=state, code="un-code").status_code == 403
    sent(stranger, provider)
    assert get(stranger, BACK, state=state, code="un-code").status_code == 403
    provider.nonce = ""
    assert get(browser, BACK, state=state, code="un-code").status_code == 403, "its nonce is another"
    assert get(browser, BACK, state=state, code="un-code").status_code == 403
    assert len(provider.forms) == 1


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://autre.example"},
        {"token_endpoint": "https://autre.example/token"},
        {"authorization_endpoint": "https://autre.example/auth"},
        {"jwks_uri": "https://autre.example/certs"},
        {"userinfo_endpoint": "https://autre.example/userinfo"},
        {"token_endpoint": 7},
    ],
)
def test_nobody_is_sent_and_nothing_is_told_where_the_clients_file_does_not_say(
    tmp_path: Path, provider: Provider, document: dict[str, Any]
) -> None:
    provider.document = document
    assert get(create_app(settings(tmp_path, provider)).test_client(), BEGIN).status_code == 502


def test_pro_sante_connect_that_fails_is_left_alone_for_a_while(
    tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens that page, signed in or not, must not make us ask again and again."""
    now = [1000.0]
    monkeypatch.setattr("parcours.web.smart.time", SimpleNamespace(monotonic=lambda: now[0]))
    provider.document = {"issuer": "https://autre.example"}
    browser = create_app(settings(tmp_path, provider)).test_client()
    assert [get(browser, BEGIN).status_code for _ in range(3)] == [502] * 3
    assert len(provider.tokens) == 1
    provider.document = {}
    now[0] += PAUSE_SECONDS
    assert get(browser, BEGIN).status_code == 303


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("status", 500, id="it is ill"),
        pytest.param("answer", {"id_token": None}, id="it proves nobody"),
        pytest.param("answer", {"access_token": 7}, id="it gives no token"),
    ],
)
def test_what_pro_sante_connect_fails_to_say_is_no_fault_of_his(
    browser: FlaskClient, provider: Provider, name: str, value: object
) -> None:
    setattr(provider, name, value)
    assert arrives(browser, provider).status_code == 502


def test_who_shows_a_certificate_asks_where_it_is_asked_for(tmp_path: Path, provider: Provider) -> None:
    told = settings(tmp_path, provider)
    for name in ("psc.pem", "psc.key"):
        (tmp_path / name).write_text("-", encoding="ascii")
        (tmp_path / name).chmod(0o600)
    file = Path(told.clients)
    text = file.read_text("utf-8")
    shown = 'certificate_file = "psc.pem"\nkey_file = "psc.key"'
    file.write_text(text.replace('client_secret_file = "secret"', shown), encoding="utf-8")
    aliases = {"token_endpoint": f"{provider.issuer}/mtls/token"}
    provider.document = {"mtls_endpoint_aliases": aliases}
    browser = create_app(told).test_client()
    assert arrives(browser, provider).status_code == 303
    assert provider.posted == ["/auth/realms/esante-wallet/mtls/token"]
    assert "client_secret" not in provider.forms[0]
    (tmp_path / "psc.key").chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        Clients.load(told.clients)


def test_a_session_ends_here_and_there(browser: FlaskClient, provider: Provider) -> None:
    arrives(browser, provider)
    page = get(browser, f"{LIST}/nouvelle")
    left = browser.post("/logout", data={"jeton": proof(page.text)}, headers=HTML, base_url=PUBLIC)
    assert left.status_code == 200
    assert f'href="{provider.issuer}/logout?id_token_hint=' in left.text
    assert "post_logout_redirect_uri=https%3A%2F%2Fparcours.example%2Fconnexion" in left.text
    assert get(browser, LIST).status_code == 303


@pytest.mark.parametrize(
    ("idle", "absolute", "minutes", "alive"), [(10, 1, [9, 18], True), (10, 1, [11], False)]
)
def test_a_session_lasts_as_long_as_the_settings_say(
    tmp_path: Path, provider: Provider, idle: int, absolute: int, minutes: list[int], alive: bool
) -> None:
    told = settings(tmp_path, provider)
    app = create_app(replace(told, session_idle_minutes=idle, session_hours=absolute))
    browser = app.test_client()
    arrives(browser, provider)
    now = dt.datetime.now(dt.UTC)
    found = 0
    for after in minutes:
        with time_machine.travel(now + dt.timedelta(minutes=after), tick=False):
            found = get(browser, LIST).status_code
    assert found == (200 if alive else 303)
    with time_machine.travel(now + dt.timedelta(hours=absolute, minutes=1), tick=False):
        assert get(browser, LIST).status_code == 303


def test_a059_who_leaves_the_practice_is_let_in_no_more(tmp_path: Path, provider: Provider) -> None:
    browser = create_app(settings(tmp_path, provider)).test_client()
    arrives(browser, provider)
    cookie = browser.get_cookie(COOKIE, domain="parcours.example")
    assert cookie
    without = create_app(settings(tmp_path, provider, users='["10100000036"]')).test_client()
    without.set_cookie(COOKIE, cookie.value, domain="parcours.example", secure=True)
    assert get(without, LIST).status_code == 303


def test_of_a_session_nothing_is_kept_in_clear(provider: Provider, tmp_path: Path) -> None:
    arrives(create_app(settings(tmp_path, provider)).test_client(), provider)
    with closing(sqlite3.connect(tmp_path / "kept.sqlite")) as connection:
        rows = connection.execute("SELECT * FROM session").fetchall()
    assert len(rows) == 1
    assert not any(word in repr(rows) for word in (RPPS, "EXEMPLE", "id_token_hint"))


WRONG = [
    ('certificate_file = "secret"', "soit client_secret_file"),
    ('inconnue = "x"', "clé inconnue"),
    ('origins = ["https://x.example/chemin"]', "origins"),
    ("origins = []", "origins"),
    ("scopes = 7", "scopes"),
]


@pytest.mark.parametrize(("more", "said"), WRONG)
def test_a_table_that_says_it_wrongly_stops_the_start(
    tmp_path: Path, provider: Provider, more: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        Clients.load(settings(tmp_path, provider, more=more).clients)


def test_a086_a_secret_that_others_can_read_stops_the_start(tmp_path: Path, provider: Provider) -> None:
    told = settings(tmp_path, provider)
    (tmp_path / "secret").chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        Clients.load(told.clients)


def test_without_an_agreement_there_is_no_such_page(tmp_path: Path) -> None:
    alone = create_app(Settings(database=str(tmp_path / "kept.sqlite"))).test_client()
    assert [alone.get(path).status_code for path in ("/connexion", BEGIN, BACK)] == [404, 404, 404]
