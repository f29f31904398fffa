"""What leaves by ``Task/{id}/$transmettre``, and what is kept of it."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import cast

from flask.testing import FlaskClient
from tests.web.handover.asking import TOKEN, WHO, hand_over, moved, read, receipts
from tests.web.kept import FHIR_JSON, Json, content
from tests.web.receiver import Bridge
from tests.web.test_fhir_access import PUBLIC, signed

from parcours.fhir.output_checks import output_defects
from parcours.web.application import Application


def test_the_receipt_is_kept_with_who_handed_over(client: FlaskClient, bridge: Bridge, task: Json) -> None:
    reply = hand_over(client, task["id"])
    assert (reply.status_code, reply.content_type, reply.headers["ETag"]) == (200, FHIR_JSON, 'W/"3"')
    after = content(reply)
    assert after == read(client, task["id"])
    assert (after["businessStatus"]["coding"][0]["code"], after["status"]) == ("transmise", "in-progress")
    assert receipts(after) == ["AR-1"]
    assert (after["note"][-1]["authorString"], after["note"][-1]["text"]) == (WHO, "Transmise")
    assert after["note"][-1]["time"] == after["meta"]["lastUpdated"]
    assert list(bridge.taken) == [f"{task['id']}-2"]


def test_the_package_is_the_declaration_as_it_stands_signed(
    client: FlaskClient, bridge: Bridge, task: Json
) -> None:
    kept = [
        client.get(f"/fhir/{kind}/{task['id']}", headers=signed("x") | {"Accept": FHIR_JSON})
        for kind in ("Task", "QuestionnaireResponse", "DocumentReference", "Binary")
    ]
    hand_over(client, task["id"])
    ((key, body),) = bridge.heard
    package = json.loads(body)
    assert output_defects(package) == []
    assert (package["type"], package["timestamp"]) == ("collection", task["meta"]["lastUpdated"])
    *resources, binary = [entry["resource"] for entry in package["entry"]]
    assert resources == [content(reply) for reply in kept[:-1]]
    assert binary["data"] == content(kept[-1])["data"]
    assert b64decode(binary["data"]).startswith(b"%PDF-")
    assert [entry["fullUrl"] for entry in package["entry"]] == [
        f"{PUBLIC}/fhir/{resource['resourceType']}/{task['id']}" for resource in (*resources, binary)
    ]
    (headers,) = bridge.headers
    assert (headers["Authorization"], headers["Content-Type"]) == (f"Bearer {TOKEN}", FHIR_JSON)
    assert (headers["Idempotency-Key"], key) == (f"{task['id']}-2", f"{task['id']}-2")


def test_nothing_leaves_by_itself(client: FlaskClient, bridge: Bridge, task: Json) -> None:
    moved(client, task, "transmise", "enregistree")
    client.get(f"/fhir/Binary/{task['id']}", headers=signed("x"))
    assert bridge.heard == []


def test_the_client_that_asked_is_kept(client: FlaskClient, task: Json) -> None:
    hand_over(client, task["id"])
    kept = cast(Application, client.application).store.declarations.read("nord", task["id"])
    assert kept
    assert [(step.qui, step.client, step.recu) for step in kept.transitions[2:]] == [(WHO, "x", "AR-1")]
