"""``PUT Task/{id}``: what is no Task, and what is somebody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.fhir.declarations import demande
from tests.web.kept import FHIR_JSON, KINDS, changed, content, prepare, put, read

from parcours.clients import DEVELOPMENT
from parcours.web.application import Application

STRANGER = replace(DEVELOPMENT, tenant="other")
"""Who speaks for another practice."""


@pytest.mark.parametrize(
    ("elements", "status", "where"),
    [
        ({"id": "other"}, 400, ["Task.id"]),
        ({"id": None}, 400, ["Task.id"]),
        ({"resourceType": "Patient"}, 400, None),
        ({"businessStatus": None}, 422, ["Task.businessStatus"]),
        ({"businessStatus": {"text": "signée"}}, 422, ["Task.businessStatus"]),
        (
            {"businessStatus": {"coding": [{"system": "urn:x", "code": "signee"}]}},
            422,
            ["Task.businessStatus"],
        ),
        ({"status": "completed"}, 422, ["Task.status"]),
        ({"status": None}, 422, ["Task.status"]),
        ({"output": "x"}, 422, ["Task"]),
        ({"owner": {"display": "a\nb"}}, 422, ["Task.owner"]),
        ({"owner": {"display": "x" * 201}}, 422, ["Task.owner"]),
        ({"statusReason": {"text": "x" * 201}}, 422, ["Task.statusReason.text"]),
    ],
)
def test_a_task_that_says_something_else_is_refused(
    elements: dict[str, Any], status: int, where: list[str] | None, id: str, client: FlaskClient
) -> None:
    task = changed(read(client, id), "signee")
    asked = {name: value for name, value in (task | elements).items() if value is not None}
    reply = put(client, asked, 1, id)
    assert (reply.status_code, content(reply)["issue"][0].get("expression")) == (status, where)
    assert read(client, id)["meta"]["versionId"] == "1"


@pytest.mark.parametrize("status", ["ready", "in-progress"])
def test_the_status_may_be_the_old_one_or_the_new_one(status: str, id: str, client: FlaskClient) -> None:
    assert put(client, changed(read(client, id), "signee", status=status), 1).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", FHIR_JSON, 400),
        (b"[]", FHIR_JSON, 422),
        (b'{"resourceType": "Task", "resourceType": "Task"}', FHIR_JSON, 400),
        (b"<Task/>", "application/fhir+xml", 415),
    ],
)
def test_what_is_no_json_is_no_task(
    body: bytes, kind: str, status: int, id: str, client: FlaskClient
) -> None:
    reply = client.put(f"/fhir/Task/{id}", data=body, content_type=kind, headers={"If-Match": 'W/"1"'})
    assert (reply.status_code, content(reply)["resourceType"]) == (status, "OperationOutcome")


# ---------------------------------------------------------------- others


EVERYWHERE = [
    *(("GET", f"{kind}/{{}}") for kind in KINDS),
    ("PUT", "Task/{}"), ("GET", "Task/{}/_history"), ("GET", "Task/{}/_history/1"),
    ("GET", "Binary/{}"), ("GET", "Binary/{}-patient"), ("GET", "Binary/{}-cabinet"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_what_belongs_to_another_practice_does_not_exist(
    method: str, path: str, id: str, app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    task = changed(read(client, id), "signee")

    def asked(id: str) -> tuple[int, bytes]:
        headers = {"If-Match": 'W/"1"'}
        reply = client.open(
            f"/fhir/{path.format(id)}", method=method, json={**task, "id": id}, headers=headers
        )
        return reply.status_code, reply.data

    assert asked(id)[0] in (200, 304)
    monkeypatch.setattr("parcours.web.context.current_client", lambda: STRANGER)
    assert asked(id) == asked("0b2f9b0e-0000-4000-8000-000000000000")
    assert asked(id)[0] == 404


@pytest.mark.parametrize("kind", KINDS)
def test_another_practice_finds_nothing(
    kind: str, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = prepare(client, demande())
    monkeypatch.setattr(
        "parcours.web.context.current_client", lambda: replace(STRANGER, tenant=f"other-{kind}")
    )
    assert content(client.get(f"/fhir/{kind}?patient=pat"))["total"] == 0
    theirs = prepare(client, demande())
    assert theirs["entry"][0]["resource"]["id"] != mine["entry"][0]["resource"]["id"]


@pytest.mark.parametrize("id", ["nothing", "%00", "a" * 65, "é", "..", "-patient"])
@pytest.mark.parametrize("kind", [*KINDS, "Binary"])
def test_an_id_that_is_none_is_unknown(kind: str, id: str, client: FlaskClient) -> None:
    assert client.get(f"/fhir/{kind}/{id}").status_code == 404


def test_a_version_that_never_was_is_unknown(id: str, client: FlaskClient) -> None:
    for version in ("0", "2", "9" * 30, "x"):
        assert client.get(f"/fhir/Task/{id}/_history/{version}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "Task/{}"), ("PUT", "QuestionnaireResponse/{}"), ("POST", "Task")]
)
def test_nothing_is_made_or_erased_by_hand(method: str, path: str, id: str, client: FlaskClient) -> None:
    assert client.open(f"/fhir/{path.format(id)}", method=method, json={}).status_code == 405
