"""F-007, F-008: a server is asked to stop, and asked again, while twenty clients ask it for declarations."""

from __future__ import annotations

import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import requests
from tests.faults.catalogue.prepared import FHIR, prepare
from tests.faults.served import Server, served
from tests.fhir.declarations import demande

from parcours.settings import Settings
from parcours.store.records import Criteria
from parcours.web import create_app

CLIENTS = 20
ENOUGH = 20
GRACE_S = 15
"""What is asked of the server is ten seconds; the rest is for a busy machine."""


def asks(server: Server, stop: threading.Event, asked: list[str], answered: dict[str, str]) -> None:
    """Prepare declarations until the server is gone; the keys, and the ids of whole answers by their keys."""
    with requests.Session() as session:
        session.trust_env = False
        while not stop.is_set():
            key = str(uuid.uuid4())
            asked.append(key)
            headers = {"Idempotency-Key": key, "Content-Type": FHIR}
            url = f"{server.url}/fhir/$prepare-declaration"
            try:
                reply = session.post(url, data=json.dumps(demande()), headers=headers, timeout=60)
            except requests.RequestException:
                return  # gone
            assert reply.status_code in (200, 429, 503)
            if reply.status_code == 200:
                answered[key] = reply.json()["entry"][0]["resource"]["id"]


def test_f007_f008_a_server_asked_twice_to_stop_under_load_keeps_once_all_that_it_answered(
    sqlite_url: str,
) -> None:
    """Who was cut asks again with his key, and there is one declaration for each."""
    asked, answered, stop = list[str](), dict[str, str](), threading.Event()
    with served(sqlite_url) as server, ThreadPoolExecutor(CLIENTS) as threads:
        assert server.session().get(f"{server.url}/health/ready", timeout=60).status_code == 200
        clients = [threads.submit(asks, server, stop, asked, answered) for _ in range(CLIENTS)]
        while len(answered) < ENOUGH and not any(client.done() for client in clients):
            stop.wait(0.05)
        began = time.monotonic()
        server.process.terminate()
        code, said = server.stop()
        took = time.monotonic() - began
        stop.set()
        for client in clients:
            client.result(60)
    assert (code, "Traceback" in said, took < GRACE_S) == (0, False, True)
    assert len(answered) >= ENOUGH
    app = create_app(Settings(database=sqlite_url))
    for key in set(asked) - answered.keys():
        assert prepare(app, key).status_code == 200
    assert all(app.store.declarations.read("local", id) for id in answered.values())
    assert app.store.declarations.search("local", Criteria(), 1).total == len(asked)
    app.store.close()
