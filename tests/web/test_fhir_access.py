"""With a clients file the FHIR base answers only to clients, each about its own practice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from tests.web.kept import FHIR_JSON, PREPARE, changed, resource
from tests.web.tokens import EC, claims, public, token
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from parcours.settings import Settings
from parcours.web.app import create_app
from parcours.web.application import Application

PUBLIC = "https://parcours.example"
FHIR = f"{PUBLIC}/fhir"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OPEN = {"/fhir/metadata", "/fhir/.well-known/smart-configuration"}
"""What says what this server is; the published definitions stand apart, by their blueprint."""


def declared(name: str, tenant: str) -> str:
    keys = json.dumps(public(EC)).replace('":', '" =')
    return (
        f'[[client]]\nid = "{name}"\nissuer = "https://{name}.example"\nkeys = {keys}\ntenant = "{tenant}"\n'
    )


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """A service with three clients: two of one practice, one of another."""
    file = tmp_path / "clients.toml"
    file.write_text(declared("x", "nord") + declared("y", "sud") + declared("z", "nord"), encoding="utf-8")
    file.chmod(0o600)
    settings = Settings(clients=str(file), public_url=PUBLIC, database=str(tmp_path / "kept.sqlite"))
    return create_app(settings).test_client()


def signed(name: str, **changes: Any) -> dict[str, str]:
    said = {"iss": f"https://{name}.example", "aud": FHIR, **changes}
    return {"Authorization": f"Bearer {token(claims(**said))}"}


def prepared(client: FlaskClient, name: str) -> dict[str, Any]:
    body = (EXAMPLES / "declarations/01-adulte-sans-medecin-traitant/bundle.json").read_bytes()
    reply = client.post(PREPARE, data=body, content_type=FHIR_JSON, headers=signed(name))
    assert reply.status_code == 200
    return resource(reply.get_json(force=True), "Task")


def refused(reply: TestResponse) -> None:
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"].lower() == "bearer"
    outcome = json.loads(reply.get_data())
    assert (outcome["resourceType"], outcome["issue"][0]["code"]) == ("OperationOutcome", "login")


def guarded(client: FlaskClient) -> list[tuple[str, str]]:
    """Every method and path under the FHIR base, but what is published."""
    rules = [rule for rule in client.application.url_map.iter_rules() if rule.rule.startswith("/fhir")]
    mine = [rule for rule in rules if rule.rule not in OPEN and not rule.endpoint.startswith("definitions.")]
    return [
        (method, _path(rule)) for rule in mine for method in sorted((rule.methods or set()) - {"OPTIONS"})
    ]


def _path(rule: Rule) -> str:
    parts = [
        "Task" if part.startswith("<any") else "1" if "<" in part else part for part in rule.rule.split("/")
    ]
    return "/".join(parts)


def test_every_route_on_peoples_data_asks_who_is_there(client: FlaskClient) -> None:
    asked = guarded(client)
    assert {path for _, path in asked} >= {
        "/fhir",
        PREPARE,
        "/fhir/$evaluate-parcours",
        "/fhir/Task/1",
        "/fhir/Binary/1",
    }
    for method, path in asked:
        reply = client.open(path, method=method, data=b"{}", content_type=FHIR_JSON)
        if method == "HEAD":
            assert reply.status_code == 401
        else:
            refused(reply)


def test_what_is_published_is_for_everybody(client: FlaskClient) -> None:
    assert client.get("/fhir/metadata").status_code == 200
    assert client.get("/fhir/Questionnaire/pds-declaration-medecin-traitant").status_code == 200


@pytest.mark.parametrize(
    "changes", [{"aud": PUBLIC}, {"aud": f"{FHIR}/Task"}, {"iss": "https://w.example"}, {"tenant": "sud"}]
)
def test_a_token_for_something_else_is_refused(client: FlaskClient, changes: dict[str, str]) -> None:
    refused(client.get("/fhir/Task", headers=signed("x", **changes)))


def test_a_token_serves_once(client: FlaskClient) -> None:
    headers = signed("x")
    assert client.get("/fhir/Task", headers=headers).status_code == 200
    refused(client.get("/fhir/Task", headers=headers))


def test_a_declaration_is_of_its_practice_and_of_no_other(client: FlaskClient) -> None:
    task = prepared(client, "x")
    path = f"/fhir/Task/{task['id']}"
    assert client.get(path, headers=signed("z")).status_code == 200
    unknown = client.get("/fhir/Task/unknown", headers=signed("y"))
    for kind in ("Task", "QuestionnaireResponse", "DocumentReference", "Binary"):
        foreign = client.get(f"/fhir/{kind}/{task['id']}", headers=signed("y") | {"Accept": FHIR_JSON})
        assert (foreign.status_code, foreign.data) == (404, unknown.data)
    moved = client.put(path, json=changed(task, "annulee"), headers=signed("y") | {"If-Match": 'W/"1"'})
    assert moved.status_code == 404
    assert client.get("/fhir/Task", headers=signed("y")).get_json(force=True)["total"] == 0
    assert client.get("/fhir/Task", headers=signed("z")).get_json(force=True)["total"] == 1


def test_the_same_request_of_another_practice_is_another_declaration(client: FlaskClient) -> None:
    assert prepared(client, "x")["id"] == prepared(client, "z")["id"] != prepared(client, "y")["id"]


def test_one_token_speaks_for_a_whole_batch(client: FlaskClient) -> None:
    task = prepared(client, "x")
    asked = [{"request": {"method": "GET", "url": f"Task/{task['id']}"}}] * 2
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": asked}
    for name, status in (("x", "200"), ("y", "404")):
        reply = client.post("/fhir", json=bundle, headers=signed(name)).get_json(force=True)
        assert [entry["response"]["status"][:3] for entry in reply["entry"]] == [status] * 2


def test_who_moved_a_declaration_is_kept_with_the_client_that_asked(client: FlaskClient) -> None:
    task = prepared(client, "x")
    put = client.put(
        f"/fhir/Task/{task['id']}", json=changed(task, "signee"), headers=signed("z") | {"If-Match": 'W/"1"'}
    )
    assert put.status_code == 200
    kept = cast(Application, client.application).store.declarations.read("nord", task["id"])
    assert kept
    assert [step.client for step in kept.transitions] == ["x", "z"]
