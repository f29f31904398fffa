"""Declarations asked of the real server, two workers: equal requests at once, a kill, two changes at once.

Each on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import requests
from tests.faults.served import Server, served
from tests.fhir.declarations import demande

BODY = json.dumps(demande()).encode()
FHIR = {"Content-Type": "application/fhir+json"}
CROWD = 50
TRIES = 5


def ready(server: Server) -> None:
    """Wait until it answers."""
    with server.session() as client:
        assert client.get(f"{server.url}/health/ready", timeout=60).status_code == 200


def prepare(server: Server, key: str | None = None) -> requests.Response:
    """One request, on a connection of its own; ``RequestException`` when the server goes away."""
    headers = {**FHIR, "Idempotency-Key": key} if key else FHIR
    url = f"{server.url}/fhir/$prepare-declaration"
    with requests.Session() as client:
        client.trust_env = False
        return client.post(url, data=BODY, headers=headers, timeout=120)


def insist(server: Server, key: str | None) -> requests.Response:
    """Ask again what the server says to ask again: 503, nothing confirmed. A lost connection is a failure."""
    reply = prepare(server, key)
    for _ in range(TRIES):
        if reply.status_code != 503:
            break
        reply = prepare(server, key)
    return reply


def said(server: Server, reply: requests.Response) -> bytes:
    """An answer, wherever the server listened that gave it."""
    assert reply.status_code == 200, reply.text
    return reply.content.replace(server.url.encode(), b"")


def tasks(server: Server, query: str = "") -> list[dict[str, Any]]:
    """The Tasks that are kept."""
    with server.session() as client:
        found = client.get(f"{server.url}/fhir/Task?_count=200&{query}", timeout=60).json()
    return [entry["resource"] for entry in found.get("entry", ())]


@pytest.mark.parametrize("key", [None, "the-same"], ids=["no key", "a key"])
def test_fifty_equal_requests_at_once_make_one_declaration(key: str | None, url: str) -> None:
    start = Barrier(CROWD)

    def ask(_: int) -> bytes:
        start.wait(timeout=60)
        return said(server, insist(server, key))

    with served(url) as server, ThreadPoolExecutor(CROWD) as crowd:
        ready(server)
        workers = server.workers()
        answers = set(crowd.map(ask, range(CROWD)))
        (task,) = tasks(server)
        assert server.workers() == workers
    assert len(answers) == 1
    assert task["meta"]["versionId"] == "1"
    assert task["id"].encode() in answers.pop()


def test_what_was_answered_before_a_kill_is_answered_again(url: str) -> None:
    """Requests with a key each; no process is left once one of them was answered."""
    with served(url) as server, ThreadPoolExecutor(8) as crowd:
        ready(server)
        asked = {f"key-{n}": crowd.submit(prepare, server, f"key-{n}") for n in range(CROWD)}
        asked["key-0"].result(timeout=60)
        server.kill()
        answered = {key: said(server, one.result()) for key, one in asked.items() if one.exception() is None}
    assert "key-0" in answered
    with served(url) as server:
        ready(server)
        for key, answer in answered.items():
            assert said(server, prepare(server, key)) == answer
        assert len(tasks(server)) >= len(answered)
        assert len(tasks(server, "business-status=preparee")) == 1


def test_of_two_changes_to_one_version_one_is_made(url: str) -> None:
    start = Barrier(2)

    def put(state: str) -> requests.Response:
        coding = {**task["businessStatus"]["coding"][0], "code": state}
        body = {**task, "businessStatus": {"coding": [coding]}, "owner": {"display": "Dr A"}}
        headers = {**FHIR, "If-Match": 'W/"1"'}
        with server.session() as client:
            start.wait(timeout=60)
            return client.put(f"{server.url}/fhir/Task/{task['id']}", json=body, headers=headers, timeout=60)

    with served(url) as server, ThreadPoolExecutor(2) as pair:
        ready(server)
        prepare(server)
        (task,) = tasks(server)
        replies = list(pair.map(put, ("signee", "annulee")))
        assert sorted(reply.status_code for reply in replies) == [200, 412]
        (made,) = (reply.json() for reply in replies if reply.status_code == 200)
        assert tasks(server) == [made]
