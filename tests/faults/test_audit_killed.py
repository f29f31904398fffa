"""Whatever is killed, no answer that left is without its record, and the chain is whole."""

from __future__ import annotations

import os
import signal
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from tests.faults.served import Server, served

from parcours.fhir.audit_event import Requested
from parcours.settings import Settings
from parcours.store import Store
from parcours.store.audit import Traces

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BODY = (EXAMPLES / "declarations/01-adulte-sans-medecin-traitant/bundle.json").read_bytes()
CLIENTS = 6
ENOUGH = 120
"""Answers after which the end comes."""


def asks(server: Server, stop: threading.Event, answered: list[str]) -> None:
    """Ask until told to stop; the ids of the requests whose answer came whole."""
    with requests.Session() as session:
        session.trust_env = False
        while not stop.is_set():
            id = str(uuid.uuid4())
            headers = {"Content-Type": "application/fhir+json", "X-Request-Id": id}
            try:
                reply = session.post(
                    f"{server.url}/fhir/$evaluate-parcours", data=BODY, headers=headers, timeout=30
                )
            except requests.RequestException:
                continue
            if reply.status_code == 200:
                answered.append(id)


def recorded(url: str) -> tuple[Traces, set[str], Store]:
    store = Store.open(url)
    traces = store.audit(Settings().keys)
    return traces, {Requested.decode(trace.contenu).demande for trace in traces.records()}, store


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have SIGKILL")
def test_no_answer_leaves_without_its_record_when_everything_is_killed(url: str) -> None:
    """Workers one by one, then all at once, while several clients ask."""
    answered: list[str] = []
    stop = threading.Event()
    with served(url) as server, ThreadPoolExecutor(CLIENTS) as threads:
        assert server.session().get(f"{server.url}/health/ready", timeout=60).status_code == 200
        clients = [threads.submit(asks, server, stop, answered) for _ in range(CLIENTS)]
        wait = threading.Event()
        for goal in (ENOUGH // 3, ENOUGH):
            for _ in range(3000):
                if len(answered) >= goal:
                    break
                wait.wait(0.02)
            if goal < ENOUGH:
                os.kill(server.workers()[0], signal.SIGKILL)
        server.kill()
        stop.set()
        for client in clients:
            client.result(60)
    assert len(answered) >= ENOUGH
    traces, ids, store = recorded(url)
    try:
        assert set(answered) - ids == set()
        assert len(ids) <= len(answered) + 2 * CLIENTS, "records without an answer: those under way, no more"
        verdict = traces.verify()
        assert verdict.fault is None
        assert verdict.head.numero >= len(answered)
    finally:
        store.close()
