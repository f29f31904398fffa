"""Who asks ``Task/{id}/$transmettre``, and what is read of the replies."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from tests.web.kept import Json, changed, content
from tests.web.test_fhir_access import signed
from werkzeug.test import TestResponse

WHO = "Mme Dominique Exemple"
TOKEN = "token-of-the-bridge"
ABSENT = "ne peut pas être joint"
"""What is said of a bridge that cannot be reached."""


def moved(client: FlaskClient, task: Json, *states: str) -> Json:
    for state in states:
        headers = signed("x") | {"If-Match": f'W/"{task["meta"]["versionId"]}"'}
        reply = client.put(f"/fhir/Task/{task['id']}", json=changed(task, state), headers=headers)
        assert reply.status_code == 200
        task = content(reply)
    return task


def named(who: object = WHO) -> Json:
    return {"resourceType": "Parameters", "parameter": [{"name": "qui", "valueString": who}]}


def hand_over(
    client: FlaskClient, id: str, name: str = "x", body: Any = None, **headers: str
) -> TestResponse:
    told = {"If-Match": 'W/"2"', **signed(name), **{key.replace("_", "-"): v for key, v in headers.items()}}
    asked = named() if body is None else body
    return client.post(f"/fhir/Task/{id}/$transmettre", json=asked, headers=told)


def read(client: FlaskClient, id: str) -> Json:
    return content(client.get(f"/fhir/Task/{id}", headers=signed("x")))


def refused(reply: TestResponse, status: int) -> Json:
    assert reply.status_code == status, reply.data
    outcome = content(reply)
    assert outcome["resourceType"] == "OperationOutcome"
    issue: Json = outcome["issue"][0]
    return issue


def receipts(task: Json) -> list[str]:
    return [output["valueString"] for output in task["output"] if "valueString" in output]
