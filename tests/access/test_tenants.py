"""Whose data it is: the token says, and nothing else of a request; who may nothing, may nothing."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.access.states import PUBLIC, Asked, Asker, bearer, served, sits
from tests.web.kept import FHIR_JSON, PREPARE, resource

from parcours.clients.scopes import rights_of
from parcours.web import create_app
from parcours.web.application import Application

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/declarations"
TASKS = "/fhir/Task"


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return served(tmp_path)


@pytest.fixture
def client(app: Application) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def asker(app: Application) -> Asker:
    return Asker(app, Asked(next(app.url_map.iter_rules("declarations.search")), "GET", TASKS))


def headers(asker: Asker, who: str = "x", tenant: str = "nord") -> dict[str, str]:
    return dict(bearer(asker.access(who, tenant)).headers)


def prepared(
    client: FlaskClient, said: dict[str, str], example: str = "01-adulte-sans-medecin-traitant"
) -> Any:
    body = (EXAMPLES / example / "bundle.json").read_bytes()
    reply = client.post(PREPARE, data=body, content_type=FHIR_JSON, headers=said)
    assert reply.status_code == 200
    return resource(json.loads(reply.data), "Task")


def total(client: FlaskClient, said: dict[str, str], path: str = TASKS) -> int:
    found: int = client.get(path, headers=said).get_json(force=True)["total"]
    return found


def test_a054_ids_tell_nothing_of_each_other(client: FlaskClient, asker: Asker) -> None:
    ids = [
        uuid.UUID(prepared(client, headers(asker), example.name)["id"])
        for example in sorted(EXAMPLES.iterdir())[:3]
        if (example / "bundle.json").exists()
    ]
    assert len(set(ids)) >= 2
    assert {id.version for id in ids} == {4}, "122 random bits"


@pytest.mark.parametrize("name", ["X-Tenant", "X-Tenant-Id", "Tenant", "X-Forwarded-User", "X-Remote-User"])
def test_a055_no_header_says_for_which_practice(client: FlaskClient, asker: Asker, name: str) -> None:
    prepared(client, headers(asker))
    assert total(client, headers(asker) | {name: "sud"}) == 1
    assert total(client, headers(asker, "y", "sud") | {name: "nord"}) == 0


def test_a055_no_parameter_says_for_which_practice(client: FlaskClient, asker: Asker) -> None:
    prepared(client, headers(asker))
    assert total(client, headers(asker, "y", "sud"), f"{TASKS}?tenant=nord") == 0
    reply = client.post(f"{TASKS}/_search", data={"tenant": "nord"}, headers=headers(asker, "y", "sud"))
    assert reply.get_json(force=True)["total"] == 0
    strict = headers(asker, "y", "sud") | {"Prefer": "handling=strict"}
    assert client.get(f"{TASKS}?tenant=nord", headers=strict).status_code == 400


def test_a055_a057_a_token_that_names_another_practice_or_none_is_refused(
    client: FlaskClient, asker: Asker
) -> None:
    for tenant in ("sud", "", "*", "%", "nord' OR '1'='1", ["nord"], None):
        said: dict[str, Any] = {} if tenant is None else {"tenant": tenant}
        text = asker.signed(**said)
        found = client.get(TASKS, headers={"Authorization": f"Bearer {text}"}).status_code
        assert found == (200 if tenant is None else 401), tenant


def test_a058_the_same_patient_in_two_practices_is_known_in_neither_of_the_other(
    client: FlaskClient, asker: Asker
) -> None:
    north, south = headers(asker), headers(asker, "y", "sud")
    first = client.post(PREPARE, data=_body(), content_type=FHIR_JSON, headers=south)
    alone = json.loads(first.data)
    prepared(client, north)
    again = json.loads(client.post(PREPARE, data=_body(), content_type=FHIR_JSON, headers=south).data)
    assert again == alone, "what another practice prepared changes no word"
    assert [total(client, said) for said in (north, south)] == [1, 1]


def _body() -> bytes:
    return (EXAMPLES / "01-adulte-sans-medecin-traitant/bundle.json").read_bytes()


def test_a059_no_scope_is_no_right(client: FlaskClient, asker: Asker) -> None:
    assert rights_of("") == frozenset()
    said = bearer(asker.access(scopes="")).headers
    assert client.get(TASKS, headers=dict(said)).status_code == 403
    assert client.post(PREPARE, data=_body(), content_type=FHIR_JSON, headers=dict(said)).status_code == 403


def test_a059_a_session_that_ends_between_two_requests_shows_nothing_more(
    app: Application, client: FlaskClient, asker: Asker
) -> None:
    secret = asker.session()
    client.set_cookie("__Host-parcours", secret.text, domain="parcours.example", secure=True)
    page = {"base_url": PUBLIC, "headers": {"Accept": "text/html"}}
    assert client.get("/declarations", **page).status_code == 200
    app.store.sessions.end(secret.name)
    assert client.get("/declarations", **page).status_code == 403
    form = {"jeton": sits(secret).proof, "demande": _body()}
    assert client.post("/declarations/preparer", data=form, **page).status_code == 403
    assert total(client, headers(asker)) == 0


def test_a059_who_is_no_more_in_the_clients_file_is_nobody(
    app: Application, asker: Asker, tmp_path: Path
) -> None:
    access, secret = headers(asker, "y", "sud"), asker.session("y")
    clients = tmp_path / "clients.toml"
    text = clients.read_text(encoding="utf-8")
    app = served(tmp_path)
    assert app.test_client().get(TASKS, headers=access).status_code == 200
    clients.write_text(text.replace('id = "y"', 'id = "w"'), encoding="utf-8")
    without = create_app(app.settings).test_client()
    assert without.get(TASKS, headers=access).status_code == 401
    without.set_cookie("__Host-parcours", secret.text, domain="parcours.example", secure=True)
    assert without.get("/declarations", base_url=PUBLIC).status_code == 403
