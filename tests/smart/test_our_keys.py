"""Our own keys: made, rotated, shown, and kept from others."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.smart.software import free_port

from parcours.cli import parcours
from parcours.errors import SettingsError
from parcours.settings import Settings
from parcours.smart.our_keys import FILE, OurKeys
from parcours.web import create_app
from parcours.web.server import serve

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
TOKEN = "https://ehr.example/token"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("keys") / "new"
    OurKeys(str(folder)).rotate()
    return str(folder)


@pytest.fixture
def folder(made: str, tmp_path: Path) -> Path:
    """A copy of the keys, for a test to spoil."""
    target = tmp_path / "keys"
    target.mkdir()
    copy = target / FILE
    copy.write_bytes((Path(made) / FILE).read_bytes())
    copy.chmod(0o600)
    return target


def names(folder: Path) -> list[str]:
    return [key["kid"] for key in OurKeys(str(folder)).public()["keys"]]


def test_a_pair_has_an_elliptic_and_an_rsa_key_and_shows_nothing_private(made: str) -> None:
    shown = OurKeys(made).public()["keys"]
    assert {(key["kty"], key["alg"], key["use"]) for key in shown} == {
        ("EC", "ES384", "sig"),
        ("RSA", "RS384", "sig"),
    }
    assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & {name for key in shown for name in key}


def test_a_rotation_keeps_the_pair_before_and_no_older_one(folder: Path) -> None:
    first = names(folder)
    second = OurKeys(str(folder)).rotate()
    assert names(folder) == [*second, *first]
    third = OurKeys(str(folder)).rotate()
    assert names(folder) == [*third, *second]


@pytest.mark.skipif(os.name != "posix", reason="modes de fichiers de POSIX")
def test_a086_keys_are_written_for_us_alone_and_refused_when_others_may_read_them(folder: Path) -> None:
    OurKeys(str(folder)).rotate()
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    (folder / FILE).chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        OurKeys(str(folder)).public()


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"pairs": []}', '{"pairs": [[{"kty": "RSA"}]]}', '{"pairs": 1}']
)
def test_a_damaged_file_is_refused_and_never_written_over(folder: Path, content: str) -> None:
    (folder / FILE).write_text(content, encoding="utf-8")
    for use in (OurKeys(str(folder)).public, OurKeys(str(folder)).rotate):
        with pytest.raises(SettingsError, match="illisible"):
            use()
    assert (folder / FILE).read_text("utf-8") == content


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
def test_an_assertion_is_for_one_token_request_of_the_next_minutes(made: str, algorithm: str) -> None:
    keys = OurKeys(made)
    published = KeySet.import_key_set({"keys": keys.public()["keys"]})
    tokens = [keys.assertion(algorithm, "parcours", TOKEN, NOW) for _ in range(2)]  # type: ignore[arg-type]  # a str of the table
    read = [jwt.decode(token, published, algorithms=[algorithm]) for token in tokens]
    claims = read[0].claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("parcours", "parcours", TOKEN)
    assert 0 < claims["exp"] - claims["iat"] <= 300
    assert read[0].header["kid"] in {key["kid"] for key in keys.public()["keys"]}
    assert claims["jti"] != read[1].claims["jti"]


def test_a_client_that_needs_our_signature_stops_the_start_when_there_are_no_keys(tmp_path: Path) -> None:
    clients = tmp_path / "clients.toml"
    clients.write_text(
        '[[client]]\nid = "l"\nissuer = "https://l.example"\ntenant = "t"\nfhir_base = "https://l.example/fhir"\n'
        '[client.smart]\nclient_id = "parcours"\nauth = "private_key_jwt"\n',
        encoding="utf-8",
    )
    settings = Settings(
        clients=str(clients), keys=str(tmp_path / "none"), database=str(tmp_path / "x.sqlite")
    )
    with pytest.raises(SettingsError, match="PARCOURS_KEYS"):
        create_app(settings)


def test_the_public_keys_are_where_authorization_servers_look_for_them(folder: Path, tmp_path: Path) -> None:
    settings = Settings(keys=str(folder), database=str(tmp_path / "x.sqlite"))
    answer = create_app(settings).test_client().get("/.well-known/jwks.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == OurKeys(str(folder)).public()
    OurKeys(str(folder)).rotate()
    bare = Settings(keys=str(tmp_path / "none"), database=str(tmp_path / "x.sqlite"))
    assert create_app(bare).test_client().get("/.well-known/jwks.json").json == {"keys": []}


def test_the_command_makes_keys_names_them_and_shows_the_public_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARCOURS_KEYS", str(tmp_path / "keys"))
    made = CliRunner().invoke(parcours, ["keys", "rotate"])
    shown = CliRunner().invoke(parcours, ["keys", "show"])
    assert made.exit_code == 0
    assert made.output.split() == [key["kid"] for key in json.loads(shown.output)["keys"]]


def test_a_folder_that_cannot_be_written_is_said_without_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("PARCOURS_KEYS", str(tmp_path / "file" / "keys"))
    failed = CliRunner().invoke(parcours, ["keys", "rotate"])
    assert isinstance(failed.exception, SettingsError)
    assert str(failed.exception) == "PARCOURS_KEYS : le dossier ne peut pas être écrit."


def test_the_server_does_not_start_without_the_keys_that_a_client_needs(tmp_path: Path) -> None:
    clients = tmp_path / "clients.toml"
    clients.write_text(
        '[[client]]\nid = "l"\nissuer = "https://l.example"\ntenant = "t"\nfhir_base = "https://l.example/fhir"\n'
        '[client.smart]\nclient_id = "parcours"\nauth = "private_key_jwt"\n',
        encoding="utf-8",
    )
    settings = Settings(
        clients=str(clients),
        keys=str(tmp_path / "none"),
        database=str(tmp_path / "x.sqlite"),
        port=free_port(),
    )
    with pytest.raises(SettingsError, match="PARCOURS_KEYS"):
        serve(settings, lambda: pytest.fail("it said that it listens"))
    assert not (tmp_path / "x.sqlite").exists()
