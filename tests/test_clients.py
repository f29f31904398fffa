"""The clients file: what it says, and what is told to whoever wrote it wrongly."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from parcours.clients import Clients
from parcours.errors import SettingsError
from parcours.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SECRET = "s3cret-value"
KEY = {**ECKey.generate_key("P-384").as_dict(private=False), "kid": "k"}
PRIVATE = {**ECKey.generate_key("P-384").as_dict(private=True), "kid": "k"}


def inline(jwk: dict[str, Any]) -> str:
    return "{ " + ", ".join(f'"{name}" = {json.dumps(value)}' for name, value in jwk.items()) + " }"


GOOD = {
    "id": '"logiciel-x"',
    "issuer": '"https://logiciel-x.example"',
    "jwks_url": '"https://logiciel-x.example/jwks.json"',
    "tenant": '"cabinet-1"',
}


def file(tmp_path: Path, *tables: Mapping[str, str | None], text: str = "") -> str:
    lines = [text]
    for table in tables:
        lines += ["[[client]]", *(f"{key} = {value}" for key, value in table.items() if value is not None)]
    path = tmp_path / "clients.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def changed(**keys: str | None) -> dict[str, str | None]:
    return {**GOOD, **keys}


def test_without_a_file_there_are_no_clients() -> None:
    assert not Clients.load("")
    assert Clients().by_issuer("") is None


def test_a_client_is_found_by_its_exact_issuer(tmp_path: Path) -> None:
    clients = Clients.load(file(tmp_path, GOOD))
    client = clients.by_issuer("https://logiciel-x.example")
    assert client is not None
    assert client.jwks is not None
    assert (client.id, client.tenant, client.fhir_base) == ("logiciel-x", "cabinet-1", None)
    assert client.jwks.url == "https://logiciel-x.example/jwks.json"
    for other in (
        "https://logiciel-x.example/",
        "https://logiciel-x.exampl",
        "HTTPS://logiciel-x.example",
        "",
        7,
    ):
        assert clients.by_issuer(other) is None
    assert clients.by_issuer(["https://logiciel-x.example"]) is None


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("-")
    table = changed(
        jwks_url=None,
        keys=f"[{inline(KEY)}]",
        fhir_base='"https://EHR.example:443/fhir"',
        allow_private_network="true",
        ca_file='"ca.pem"',
        origins='["https://logiciel-x.example", "http://localhost:8080"]',
        options='{ "coverage-info" = true, "max-cards" = 2 }',
    )
    clients = Clients.load(file(tmp_path, table))
    (client,) = clients
    assert client.fhir_base is not None
    assert (client.fhir_base.url, client.fhir_base.private) == ("https://ehr.example/fhir", True)
    assert client.fhir_base.ca_file == str(tmp_path / "ca.pem")
    assert set(client.keys) == {("k", "ES384")}
    assert client.options == {"coverage-info": True, "max-cards": 2}
    assert clients.origins == {"https://logiciel-x.example", "http://localhost:8080"}


def test_keys_may_live_in_a_file_beside(tmp_path: Path) -> None:
    rsa = {**RSAKey.generate_key(2048).as_dict(private=False), "kid": "r"}
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [KEY, rsa]}))
    (client,) = Clients.load(file(tmp_path, changed(jwks_url=None, keys_file='"keys.json"')))
    assert set(client.keys) == {("k", "ES384"), ("r", "RS384")}


@pytest.mark.parametrize("text", ["{", "[]", '{"keys": {}}', '{"keys": [{}]}', "[" * 100_000])
def test_a_file_of_keys_that_holds_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(SettingsError, match="client n° 1, keys_file : des clés publiques"):
        Clients.load(file(tmp_path, changed(jwks_url=None, keys_file='"keys.json"')))


def test_one_client_may_speak_for_several_practices(tmp_path: Path) -> None:
    (client,) = Clients.load(
        file(tmp_path, changed(tenant=None, tenants='{ "7f" = "cabinet-1", b = "cabinet-2" }'))
    )
    speaking = [client.of_tenant(claim) for claim in ("7f", "b", "cabinet-1", "", "*", None, ["7f"], 7)]
    assert [found and found.tenant for found in speaking] == ["cabinet-1", "cabinet-2", *[None] * 6]


def test_a_client_of_one_practice_cannot_claim_another(tmp_path: Path) -> None:
    (client,) = Clients.load(file(tmp_path, GOOD))
    assert client.of_tenant(None) == client.of_tenant("cabinet-1") == client
    assert client.of_tenant("cabinet-2") is client.of_tenant("") is client.of_tenant([]) is None


WRONG = [
    ("jwks_url", changed(jwks_url=None)),
    ("jwks_url", changed(keys=f"[{inline(KEY)}]")),
    ("jwks_url", changed(jwks_url='"http://logiciel-x.example/jwks.json"')),
    ("jwks_url", changed(jwks_url='"https://logiciel-x.example/jwks.json?x=1"')),
    ("jwks_url", changed(jwks_url="7")),
    ("keys", changed(jwks_url=None, keys="[]")),
    ("keys", changed(jwks_url=None, keys='"x"')),
    ("keys", changed(jwks_url=None, keys=f"[{inline(PRIVATE)}]")),
    ("keys", changed(jwks_url=None, keys=f"[{inline(KEY)}, {inline(KEY)}]")),
    ("keys", changed(jwks_url=None, keys=f'[{{ "kty" = "oct", "k" = "{SECRET}", "kid" = "k" }}]')),
    ("keys_file : fichier illisible", changed(jwks_url=None, keys_file='"absent.json"')),
    ("keys_file", changed(jwks_url=None, keys_file="7")),
    ("id", changed(id=None)),
    ("id", changed(id=f'"{SECRET} "')),
    ("id", changed(id='"Majuscule"')),
    ("id", changed(id=f'"{"a" * 65}"')),
    ("issuer", changed(issuer=None)),
    ("issuer", changed(issuer='""')),
    ("issuer", changed(issuer='" x"')),
    ("tenant", changed(tenant=None)),
    ("tenant", changed(tenants='{ a = "b" }')),
    ("tenant", changed(tenant='""')),
    ("tenant", changed(tenant='"*"')),
    ("tenants", changed(tenant=None, tenants="{}")),
    ("tenants", changed(tenant=None, tenants='{ "" = "b" }')),
    ("tenants", changed(tenant=None, tenants='{ a = "" }')),
    ("tenants", changed(tenant=None, tenants="7")),
    ("fhir_base", changed(fhir_base='"http://ehr.example/fhir/"')),
    ("fhir_base", changed(fhir_base=f'"https://user:{SECRET}@ehr.example/fhir/"')),
    ("fhir_base", changed(fhir_base='"https://2130706433/fhir/"')),
    ("allow_private_network", changed(fhir_base='"https://ehr.example/"', allow_private_network='"oui"')),
    ("ca_file : fichier illisible", changed(fhir_base='"https://ehr.example/"', ca_file='"absent.pem"')),
    ("origins", changed(origins='"*"')),
    ("origins", changed(origins='["*"]')),
    ("origins", changed(origins='["null"]')),
    ("origins", changed(origins='["https://logiciel-x.example/"]')),
    ("origins", changed(origins='["https://*.logiciel-x.example"]')),
    ("origins", changed(origins='["http://logiciel-x.example"]')),
    ("origins", changed(origins="[7]")),
    ("options", changed(options=f'{{ "coverage-info" = "{SECRET}" }}')),
    ("options", changed(options="[]")),
    ("inconnue", changed(secret=f'"{SECRET}"')),
    ("bridge", changed(bridge="7")),
    ("bridge", changed(bridge=f'{{ url = "https://pont.example/", secret = "{SECRET}" }}')),
    ("bridge.url", changed(bridge="{}")),
    ("bridge.url", changed(bridge='{ url = "http://pont.example/" }')),
    ("bridge.url", changed(bridge=f'{{ url = "https://u:{SECRET}@pont.example/" }}')),
    ("bridge.token_file", changed(bridge='{ url = "https://pont.example/", token_file = 7 }')),
    (
        "bridge.token_file : fichier illisible",
        changed(bridge='{ url = "https://pont.example/", token_file = "absent" }'),
    ),
]


@pytest.mark.parametrize(("named", "table"), WRONG, ids=[f"{n}-{i}" for i, (n, _) in enumerate(WRONG)])
def test_what_is_wrong_is_named_and_its_value_is_not(
    tmp_path: Path, named: str, table: dict[str, str | None]
) -> None:
    with pytest.raises(SettingsError) as caught:
        Clients.load(file(tmp_path, table))
    text = str(caught.value)
    assert text.startswith("PARCOURS_CLIENTS : ")
    assert named in text
    assert SECRET not in text
    assert "logiciel-x.example" not in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "aucun"),
        ("client = []", "aucun"),
        ("client = 7", "aucun"),
        ('[[client]]\nid = "x\n', "ligne 2"),
        (f"a = 1\n\n{SECRET} = = 1", "ligne 3, colonne"),
        ("[[client]]\n[other]", "seules des tables"),
        ("client = [7]", "client n° 1"),
    ],
)
def test_a_file_that_is_no_list_of_clients_is_refused_with_its_position(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        Clients.load(file(tmp_path, text=text))
    assert SECRET not in str(caught.value)


BRIDGE = changed(bridge='{ url = "https://pont.example/dmti", token_file = "pont.token" }')


def test_a_bridge_has_an_address_and_a_token_that_is_not_shown(tmp_path: Path) -> None:
    token = tmp_path / "pont.token"
    token.write_text(f"{SECRET}\n")
    token.chmod(0o600)
    (client,) = Clients.load(file(tmp_path, BRIDGE))
    assert client.bridge
    assert (client.bridge.endpoint.url, client.bridge.token) == ("https://pont.example/dmti", SECRET)
    assert SECRET not in repr(client)


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (SECRET, 0o640, "chmod 600"),
        (SECRET, 0o604, "chmod 600"),
        ("", 0o600, "un jeton"),
        (f"{SECRET} {SECRET}", 0o600, "un jeton"),
        (f"{SECRET}\n{SECRET}", 0o600, "un jeton"),
        ("é", 0o600, "un jeton"),
    ],
)
def test_a_token_that_others_can_read_or_that_is_none_is_refused(
    tmp_path: Path, text: str, mode: int, said: str
) -> None:
    token = tmp_path / "pont.token"
    token.write_text(text, encoding="utf-8")
    token.chmod(mode)
    with pytest.raises(SettingsError, match=f"bridge.token_file : .*{said}") as caught:
        Clients.load(file(tmp_path, BRIDGE))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("shared", ["id", "issuer"])
def test_two_clients_share_neither_name_nor_issuer(tmp_path: Path, shared: str) -> None:
    other = {**GOOD, "id": '"logiciel-y"', "issuer": '"https://logiciel-y.example"', shared: GOOD[shared]}
    with pytest.raises(SettingsError, match=f"client n° 2, {shared} : déjà pris"):
        Clients.load(file(tmp_path, GOOD, other))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(SettingsError, match="illisible"):
            Clients.load(str(path))
    (tmp_path / "latin.toml").write_bytes("[[client]] # é".encode("latin-1"))
    with pytest.raises(SettingsError, match="TOML"):
        Clients.load(str(tmp_path / "latin.toml"))


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a086_a_file_that_everybody_can_change_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    Path(path).chmod(0o646)
    with pytest.raises(SettingsError, match="tout le monde peut modifier"):
        Clients.load(path)


def test_with_a_clients_file_any_address_is_taken_once_the_public_one_is_known() -> None:
    shown = {"host": "192.168.1.10", "clients": "clients.toml"}
    assert Settings(**shown, public_url="https://parcours.example").url == "https://parcours.example"  # type: ignore[arg-type]  # texts only
    with pytest.raises(SettingsError, match="PARCOURS_PUBLIC_URL"):
        Settings(host="192.168.1.10", clients="clients.toml")
    with pytest.raises(SettingsError, match="PARCOURS_CLIENTS"):
        Settings(host="192.168.1.10", public_url="https://parcours.example")


@pytest.mark.parametrize(
    "text",
    ["https://p.example", "https://p.example:8443/parcours", "http://localhost:8080", "http://[::1]:80", ""],
)
def test_a_public_address_is_taken(text: str) -> None:
    assert Settings.from_env({"PARCOURS_PUBLIC_URL": text}).public_url == text


@pytest.mark.parametrize(
    "text",
    [
        "http://p.example",
        "https://p.example/",
        "https://p.example?x",
        "https://u@p.example",
        "//p.example",
        "p.example",
        "https://p.example\n",
    ],
)
def test_a086_another_public_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="PARCOURS_PUBLIC_URL"):
        Settings.from_env({"PARCOURS_PUBLIC_URL": text})


def test_the_example_of_the_documentation_is_a_clients_file(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    for name in re.findall(r'^(?:ca|keys)_file = "([^"]*)"', example, re.MULTILINE):
        (tmp_path / name).write_text(json.dumps({"keys": [KEY]}))
    clients = Clients.load(file(tmp_path, text=example))
    assert [client.id for client in clients] == ["logiciel-x", "hopital-y"]
