"""A-023: a client known by the certificate that a proxy verified, and whoever pretends to be the proxy."""

from __future__ import annotations

import hashlib
import logging
import ssl
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from tests.access.states import (
    CERTIFICATE_HEADER,
    KNOWN_CERTIFICATE,
    OTHER_CERTIFICATE,
    PROXY,
    PUBLIC,
    STRANGER,
    digest,
    row,
    served,
)

from parcours.clients import Clients
from parcours.errors import SettingsError
from parcours.settings import Settings
from parcours.smart import certificates
from parcours.web import create_app

TASKS = "/fhir/Task"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return served(tmp_path).test_client()


def status(client: FlaskClient, shown: str | None, peer: str = PROXY, **headers: str) -> int:
    said = {} if shown is None else {CERTIFICATE_HEADER: shown}
    peered = {"REMOTE_ADDR": peer}
    return client.get(TASKS, headers={**said, **headers}, environ_overrides=peered).status_code


@pytest.mark.parametrize(
    ("shown", "peer", "found"),
    [
        pytest.param(quote(KNOWN_CERTIFICATE), PROXY, 200, id="as nginx escapes it"),
        pytest.param(quote(KNOWN_CERTIFICATE, safe=""), PROXY, 200, id="escaped whole"),
        pytest.param(quote(KNOWN_CERTIFICATE), f"::ffff:{PROXY}", 200, id="IPv4 on a socket of IPv6"),
        pytest.param(quote(KNOWN_CERTIFICATE), f"::ffff:{STRANGER}", 401, id="a stranger there"),
        pytest.param(quote(OTHER_CERTIFICATE), PROXY, 401, id="another certificate"),
        pytest.param(quote(KNOWN_CERTIFICATE[:-40]), PROXY, 401, id="cut"),
        pytest.param(digest(KNOWN_CERTIFICATE), PROXY, 401, id="its digest alone"),
        pytest.param("%ff%fe", PROXY, 401, id="no text"),
        pytest.param("a" * 5000, PROXY, 401, id="long"),
        pytest.param("", PROXY, 401, id="none was shown"),
        pytest.param(None, PROXY, 401, id="no header"),
        pytest.param(quote(KNOWN_CERTIFICATE), STRANGER, 401, id="from somebody else"),
        pytest.param(quote(KNOWN_CERTIFICATE), "127.0.0.1", 401, id="from this machine"),
        pytest.param(quote(KNOWN_CERTIFICATE), "", 401, id="from nowhere"),
    ],
)
def test_a023_a_certificate_is_believed_from_the_proxy_alone(
    client: FlaskClient, shown: str | None, peer: str, found: int
) -> None:
    assert status(client, shown, peer) == found


def test_a023_a_header_that_says_who_the_peer_is_changes_nothing(client: FlaskClient) -> None:
    shown = quote(KNOWN_CERTIFICATE)
    assert status(client, shown, STRANGER, **{"X-Forwarded-For": PROXY, "X-Real-IP": PROXY}) == 401
    assert status(client, None, PROXY, **{"X-SSL-Client-Cert": shown, "SSL-Client-Cert": shown}) == 401


def test_what_stands_in_authorization_decides_alone(client: FlaskClient) -> None:
    assert status(client, quote(KNOWN_CERTIFICATE), Authorization="Bearer wrong") == 401


def test_cds_hooks_asks_for_a_token_all_the_same(client: FlaskClient) -> None:
    shown = {CERTIFICATE_HEADER: quote(KNOWN_CERTIFICATE)}
    peered = {"REMOTE_ADDR": PROXY}
    path = "/cds-services/parcours-patient-view"
    assert client.post(path, json={}, headers=shown, environ_overrides=peered).status_code == 401


def test_what_strangers_write_is_counted_and_logged_ever_more_rarely(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(9):
            status(client, "x", STRANGER)
    said = [line for line in caplog.messages if line.startswith("certificate header ignored")]
    assert said == [f"certificate header ignored: count={number}" for number in (1, 2, 4, 8)]


def test_a_digest_of_what_is_no_certificate_is_nobodys() -> None:
    assert certificates.digest("") == certificates.digest("-----BEGIN CERTIFICATE-----") == ""
    assert certificates.digest(KNOWN_CERTIFICATE) == digest(KNOWN_CERTIFICATE)
    assert Clients().by_certificate("") is None


@pytest.mark.parametrize("between", ["", "\n", ",", " , "])
@pytest.mark.parametrize("first", [b"der", b"a der", b"the der"])
def test_of_two_certificates_neither_is_believed(first: bytes, between: str) -> None:
    """A proxy that adds its header to one from outside has shown both: decoders stop at the first padding."""
    known, verified = (ssl.DER_cert_to_PEM_cert(der) for der in (first, b"another"))
    assert certificates.digest(quote(known)) == hashlib.sha256(first).hexdigest()
    assert certificates.digest(quote(known + between + verified)) == ""
    assert certificates.digest(quote(known) + between + quote(verified)) == ""


def test_a_header_without_a_proxy_and_a_certificate_without_a_header_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PARCOURS_PROXY"):
        Settings(certificate_header=CERTIFICATE_HEADER)
    clients = tmp_path / "clients.toml"
    clients.write_text(row("x", "nord", f'certificate_sha256 = "{"a" * 64}"'), encoding="utf-8")
    with pytest.raises(SettingsError, match="PARCOURS_CERTIFICATE_HEADER"):
        create_app(Settings(clients=str(clients), public_url=PUBLIC, database=str(tmp_path / "k.sqlite")))


@pytest.mark.parametrize("name", ["X_Client", "X-Client", "X Client", "", "x" * 65, "é"])
def test_the_name_of_the_header_is_one(name: str) -> None:
    environment = {"PARCOURS_CERTIFICATE_HEADER": name, "PARCOURS_PROXY": PROXY}
    if not name:
        assert Settings.from_env(environment).certificate_header == ""
        return
    with pytest.raises(SettingsError, match="PARCOURS_CERTIFICATE_HEADER"):
        Settings.from_env(environment)


ROWS = [
    ("certificate_sha256", '"AA"'),
    ("certificate_sha256", f'"{"A" * 64}"'),
    ("certificate_sha256", "7"),
    ("scopes", '"system/Patient.rs"'),
    ("scopes", '""'),
    ("users", '["1010000000"]'),
    ("users", "[10100000002]"),
    ("users", '"10100000002"'),
]


@pytest.mark.parametrize(("key", "value"), ROWS)
def test_a_row_that_says_it_wrongly_stops_the_start(tmp_path: Path, key: str, value: str) -> None:
    clients = tmp_path / "clients.toml"
    clients.write_text(row("x", "nord", f"{key} = {value}"), encoding="utf-8")
    with pytest.raises(SettingsError, match=key) as refused:
        Clients.load(str(clients))
    assert value.strip('"') not in str(refused.value) or not value.strip('"')


@pytest.mark.parametrize("more", [f'certificate_sha256 = "{"a" * 64}"', 'users = ["10100000002"]'])
def test_what_belongs_to_one_practice_is_in_one_row_and_of_one_practice(tmp_path: Path, more: str) -> None:
    clients = tmp_path / "clients.toml"
    clients.write_text(row("x", "nord", more) + row("y", "sud", more), encoding="utf-8")
    with pytest.raises(SettingsError, match="déjà pris"):
        Clients.load(str(clients))
    several = row("x", "t", more).replace('tenant = "t"\n', "").partition("[client.smart]")[0]
    clients.write_text(several + '[client.tenants]\na = "nord"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="exige tenant"):
        Clients.load(str(clients))


def test_a_client_known_by_its_certificate_alone_needs_neither_issuer_nor_keys(tmp_path: Path) -> None:
    clients = tmp_path / "clients.toml"
    clients.write_text(
        f'[[client]]\nid = "x"\ntenant = "nord"\ncertificate_sha256 = "{"a" * 64}"\n', encoding="utf-8"
    )
    loaded = Clients.load(str(clients))
    found = loaded.by_certificate("a" * 64)
    assert found
    assert (found.id, found.issuer, loaded.by_issuer("")) == ("x", "", None)
