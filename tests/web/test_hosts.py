"""While nobody is asked who he is, no page of the Web reads what is here under a name of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from parcours.settings import Settings
from parcours.web import create_app

PUBLIC = "https://essai.example/parcours"


@pytest.fixture
def alone(tmp_path: Path) -> FlaskClient:
    """A service without clients."""
    return create_app(Settings(database=str(tmp_path / "x.sqlite"), public_url=PUBLIC)).test_client()


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "127.0.0.1:8080", "127.8.8.8", "[::1]:8080", "essai.example"]
)
def test_it_answers_under_the_names_of_its_machine_and_its_own(alone: FlaskClient, host: str) -> None:
    assert alone.get("/declarations", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.0.2.7",
        "[",
    ],
)
@pytest.mark.parametrize("path", ["/declarations", "/fhir/Task?status=ready", "/cds-services", "/nulle-part"])
def test_it_answers_under_no_other(alone: FlaskClient, host: str, path: str) -> None:
    answer = alone.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert "PARCOURS_PUBLIC_URL" in answer.text


def test_people_are_told_where_to_go(alone: FlaskClient) -> None:
    headers = {"Host": "evil.example", "Accept": "text/html", "Accept-Language": "en"}
    answer = alone.get("/declarations", headers=headers)
    assert (answer.status_code, answer.mimetype) == (421, "text/html")
    assert "open http://localhost, with the same port" in answer.text


def test_with_clients_a_name_proves_nothing_and_is_not_asked(tmp_path: Path) -> None:
    clients = tmp_path / "clients.toml"
    clients.write_text(
        '[[client]]\nid = "a"\nissuer = "https://a.example"\ntenant = "t"\njwks_url = "https://a.example/k"\n',
        encoding="utf-8",
    )
    settings = Settings(clients=str(clients), database=str(tmp_path / "x.sqlite"))
    answer = create_app(settings).test_client().get("/health/live", headers={"Host": "10.0.0.7"})
    assert answer.status_code == 200
