"""F-007: the server is asked to stop while twenty clients ask it for declarations."""

from __future__ import annotations

import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import requests
from tests.faults.served import Server, served
from tests.fhir.declarations import demande

from parcours.store import Store

CLIENTS = 20
ENOUGH = 20
GRACE_S = 15
"""What is asked of the server is ten seconds; the rest is for a busy machine."""


def asks(server: Server, stop: threading.Event, answered: list[str]) -> None:
    """Prepare declarations until the server is gone; the ids of those whose answer came whole."""
    with requests.Session() as session:
        session.trust_env = False
        while not stop.is_set():
            headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/fhir+json"}
            url = f"{server.url}/fhir/$prepare-declaration"
            try:
                reply = session.post(url, data=json.dumps(demande()), headers=headers, timeout=60)
            except requests.RequestException:
                return  # gone
            assert reply.status_code in (200, 429, 503)
            if reply.status_code == 200:
                answered.append(reply.json()["entry"][0]["resource"]["id"])


def test_f007_a_server_that_stops_under_load_keeps_all_that_it_answered(sqlite_url: str) -> None:
    answered: list[str] = []
    stop = threading.Event()
    with served(sqlite_url) as server, ThreadPoolExecutor(CLIENTS) as threads:
        assert server.session().get(f"{server.url}/health/ready", timeout=60).status_code == 200
        clients = [threads.submit(asks, server, stop, answered) for _ in range(CLIENTS)]
        while len(answered) < ENOUGH and not any(client.done() for client in clients):
            stop.wait(0.05)
        began = time.monotonic()
        code, said = server.stop()
        took = time.monotonic() - began
        stop.set()
        for client in clients:
            client.result(60)
    assert (code, "Traceback" in said, took < GRACE_S) == (0, False, True)
    assert len(answered) >= ENOUGH
    with closing(Store.open(sqlite_url)) as store:
        assert all(store.declarations.read("local", id) for id in answered)
