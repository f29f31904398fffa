"""``[client.smart]`` of the clients file: what is read, and what stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from parcours.clients import Client, Clients
from parcours.errors import SettingsError

TABLE = '[[client]]\nid = "l"\nissuer = "https://l.example"\ntenant = "t"\n'
BASE = 'fhir_base = "https://l.example/fhir/"\n'


def load(tmp_path: Path, text: str) -> Client:
    file = tmp_path / "clients.toml"
    file.write_text(text, encoding="utf-8")
    (client,) = Clients.load(str(file))
    return client


def test_a_client_that_only_launches_us_needs_a_name_with_its_server_and_no_keys(tmp_path: Path) -> None:
    client = load(tmp_path, f'{TABLE}{BASE}[client.smart]\nclient_id = "parcours"\n')
    assert client.smart is not None
    assert client.smart.origins == {"https://l.example"}
    assert client.smart.scopes == "launch openid fhirUser patient/*.rs"
    assert (client.smart.auth, client.smart.claims, client.smart.backend_scopes) == ("none", "fhirUser", None)


@pytest.mark.parametrize("base", ["https://l.example/fhir", "HTTPS://L.example:443/fhir/"])
def test_an_iss_is_the_base_written_another_way_or_nobody_s(tmp_path: Path, base: str) -> None:
    load(tmp_path, f'{TABLE}{BASE}[client.smart]\nclient_id = "parcours"\n')
    clients = Clients.load(str(tmp_path / "clients.toml"))
    found = clients.by_fhir_base(base)
    assert found is not None
    assert clients.by_id(found.id) == found
    assert clients.by_fhir_base(f"{base}2") is None


@pytest.mark.parametrize("base", ["https://l.example/fhir", "HTTPS://L.example:443/fhir/"])
def test_two_clients_that_launch_from_one_server_stop_the_start(tmp_path: Path, base: str) -> None:
    """Whoever launched would be in the practice of the first: nothing in a launch says which is meant."""
    smart = '[client.smart]\nclient_id = "parcours"\n'
    other = f'[[client]]\nid = "m"\ntenant = "u"\nfhir_base = "{base}"\n'
    with pytest.raises(SettingsError, match="client n° 2, fhir_base : déjà pris"):
        load(tmp_path, f"{TABLE}{BASE}{smart}{other}{smart}")
    file = tmp_path / "clients.toml"
    file.write_text(f'{TABLE}{BASE}{smart}{other}jwks_url = "https://m.example/k"\nissuer = "m"\n')
    assert len(list(Clients.load(str(file)))) == 2, "the second one only reads there"


def test_a_client_that_does_not_launch_us_is_not_launched(tmp_path: Path) -> None:
    load(tmp_path, f'{TABLE}{BASE}jwks_url = "https://l.example/jwks"\n')
    assert Clients.load(str(tmp_path / "clients.toml")).by_fhir_base("https://l.example/fhir") is None


@pytest.mark.parametrize(
    ("smart", "key"),
    [
        ("", "smart.client_id"),
        ('client_id = ""', "smart.client_id"),
        ('client_id = "a b"', "smart.client_id"),
        ('client_id = "p"\nsecret = "hunter2"', "smart"),
        ('client_id = "p"\nauth = "client_secret_basic"', "smart.auth"),
        ('client_id = "p"\nalgorithm = "HS256"', "smart.algorithm"),
        ('client_id = "p"\nidentity = "email"', "smart.identity"),
        ('client_id = "p"\nscopes = ""', "smart.scopes"),
        ('client_id = "p"\nscopes = "a  b"', "smart.scopes"),
        ('client_id = "p"\nauthorization_origins = []', "smart.authorization_origins"),
        ('client_id = "p"\nauthorization_origins = ["https://a.example/x"]', "smart.authorization_origins"),
        ('client_id = "p"\nauthorization_origins = ["http://a.example"]', "smart.authorization_origins"),
        ('client_id = "p"\nbackend_scopes = "system/*.rs"', "smart.backend_scopes"),
    ],
)
def test_what_cannot_be_meant_stops_the_start_and_is_not_repeated(
    tmp_path: Path, smart: str, key: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, f"{TABLE}{BASE}[client.smart]\n{smart}\n")
    assert f"client n° 1, {key} : " in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_launch_needs_a_server_to_come_from(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="fhir_base"):
        load(tmp_path, f'{TABLE}[client.smart]\nclient_id = "parcours"\n')
