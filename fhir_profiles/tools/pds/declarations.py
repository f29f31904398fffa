"""What the service answers about declarations: prepared, followed to their end, read, searched, refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

PREPARE = "/fhir/$prepare-declaration"
KINDS = ("Task", "QuestionnaireResponse", "DocumentReference")
FHIR_JSON = "application/fhir+json"
LIVES = (("signee", "transmise", "enregistree"), ("signee", "transmise", "refusee"), ("annulee",))
"""Every way to end; the declarations after these three stay as they were prepared."""
RECEIPT = {"type": {"text": "accusé de réception"}, "valueString": "AR-2026-0001"}

Answer = tuple[str, bytes]


def answers(client: FlaskClient, examples: Path) -> Iterator[Answer]:
    """Every answer with its name: each example prepared, the first ones followed."""
    for rank, file in enumerate(sorted(examples.glob("*/bundle.json"))):
        slug, body = file.parent.name, _prepare(client, file)
        yield f"prepare-{slug}", body
        id = json.loads(body)["entry"][1]["resource"]["id"]
        if rank == 0:
            yield from _refusals(client, id)
        if rank < len(LIVES):
            yield from _followed(client, id, LIVES[rank])
    for kind in KINDS:
        for name, query in (("all", "unknown=1"), ("none", "_id=nothing"), ("page", "_count=2")):
            yield f"search-{kind}-{name}", client.get(f"/fhir/{kind}?{query}").data


def _prepare(client: FlaskClient, file: Path) -> bytes:
    # Several examples tell of the same patient, doctor and day: each has a key of its own.
    headers = {"Idempotency-Key": file.parent.name}
    return client.post(PREPARE, data=file.read_bytes(), content_type=FHIR_JSON, headers=headers).get_data()


def _followed(client: FlaskClient, id: str, life: tuple[str, ...]) -> Iterator[Answer]:
    for version, state in enumerate(life, start=1):
        yield f"task-{life[-1]}-{version}-{state}", move(client, id, version, state)
    yield f"history-{life[-1]}", client.get(f"/fhir/Task/{id}/_history").data
    yield f"past-{life[-1]}", client.get(f"/fhir/Task/{id}/_history/1").data
    yield f"english-{life[-1]}", client.get(f"/fhir/Task/{id}", headers={"Accept-Language": "en"}).data
    for kind in KINDS:
        yield f"read-{life[-1]}-{kind}", client.get(f"/fhir/{kind}/{id}").data
    binary = {"Accept": FHIR_JSON}
    yield f"binary-{life[-1]}", client.get(f"/fhir/Binary/{id}-patient", headers=binary).data


def move(client: FlaskClient, id: str, version: int, state: str) -> bytes:
    """The answer to a move from a version to a state; the first one also gives a receipt number."""
    task: dict[str, Any] = json.loads(client.get(f"/fhir/Task/{id}").data)
    task["businessStatus"]["coding"][0]["code"] = state
    task["owner"] = {"display": "Dr Camille Exemple"}
    if state == "transmise":
        task["output"].append(RECEIPT)
    if state in ("refusee", "annulee"):
        task["statusReason"] = {"text": "le patient a choisi un autre médecin"}
    reply = client.put(f"/fhir/Task/{id}", json=task, headers={"If-Match": f'W/"{version}"'})
    return reply.get_data()


def _refusals(client: FlaskClient, id: str) -> Iterator[Answer]:
    task = client.get(f"/fhir/Task/{id}").data
    at_task: dict[str, Any] = {"path": f"/fhir/Task/{id}", "method": "PUT", "data": task}
    asked: dict[str, dict[str, Any]] = {
        "unknown": {"path": "/fhir/Task/nothing", "method": "GET"},
        "key": {"path": PREPARE, "headers": {"Idempotency-Key": "é"}},
        "patient": {"path": PREPARE, "data": b'{"resourceType": "Bundle", "type": "collection"}'},
        "without-version": at_task,
        "stale": {**at_task, "headers": {"If-Match": 'W/"9"'}},
        "date": {"path": "/fhir/Task?_lastUpdated=yesterday", "method": "GET"},
    }
    for name, request in asked.items():
        reply = client.open(**{"method": "POST", "data": b"{}", "content_type": FHIR_JSON, **request})
        yield f"declaration-refused-{name}", reply.get_data()
    yield "declaration-refused-move", move(client, id, 1, "enregistree")
