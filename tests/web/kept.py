"""Declarations asked of a service that keeps them: how a software prepares, reads and moves them."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from parcours.fhir.output_checks import output_defects

PREPARE = "/fhir/$prepare-declaration"
FHIR_JSON = "application/fhir+json"
OWNER = {"display": "Dr Camille Exemple"}
KINDS = ("QuestionnaireResponse", "Task", "DocumentReference")

ROADS = {
    "preparee": (),
    "signee": ("signee",),
    "transmise": ("signee", "transmise"),
    "enregistree": ("signee", "transmise", "enregistree"),
    "refusee": ("signee", "transmise", "refusee"),
    "annulee": ("annulee",),
}
"""How a declaration just prepared gets to each state."""

Json = dict[str, Any]


def content(reply: TestResponse) -> Json:
    """What a reply holds, once it was seen to be sound FHIR."""
    resource: Json = json.loads(reply.get_data())
    assert output_defects(resource) == []
    return resource


def prepare(client: FlaskClient, document: Json, **headers: str) -> Json:
    """The answer to a preparation that succeeds."""
    reply = client.post(PREPARE, json=document, headers=headers)
    assert (reply.status_code, reply.content_type) == (200, FHIR_JSON)
    return content(reply)


def resource(answer: Json, kind: str) -> Json:
    """The resource of one type in an answer."""
    (found,) = (entry["resource"] for entry in answer["entry"] if entry["resource"]["resourceType"] == kind)
    assert isinstance(found, dict)
    return found


def prepared_id(client: FlaskClient, document: Json, **headers: str) -> str:
    """The id of a declaration just prepared."""
    id = resource(prepare(client, document, **headers), "Task")["id"]
    assert isinstance(id, str)
    return id


def read(client: FlaskClient, id: str, kind: str = "Task") -> Json:
    """One resource as it stands."""
    reply = client.get(f"/fhir/{kind}/{id}")
    assert reply.status_code == 200
    return content(reply)


def changed(task: Json, state: str, receipt: str | None = None, **elements: Any) -> Json:
    """A Task as a software puts it back: another state, and whatever else."""
    coding = {**task["businessStatus"]["coding"][0], "code": state}
    given = [{"type": {"text": "accusé de réception"}, "valueString": receipt}] if receipt else []
    return {
        **task,
        "businessStatus": {"coding": [coding]},
        "owner": OWNER,
        "output": [*task["output"], *given],
        **elements,
    }


def put(client: FlaskClient, task: Json, version: int | str, id: str | None = None) -> TestResponse:
    """The reply to a Task put back; ``version`` as a number, or as the header itself."""
    tag = f'W/"{version}"' if isinstance(version, int) else version
    return client.put(f"/fhir/Task/{id or task['id']}", json=task, headers={"If-Match": tag})


def move(client: FlaskClient, id: str, *states: str, receipt: str | None = None) -> Json:
    """A declaration moved through these states; the last Task, with the receipt given on the way to it."""
    task = read(client, id)
    for state in states:
        given = receipt if state == states[-1] else None
        reply = put(client, changed(task, state, given), int(task["meta"]["versionId"]))
        assert reply.status_code == 200, reply.get_data()
        task = content(reply)
    return task
