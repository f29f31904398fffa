"""The same over HTTP: our service beside the web API of OpenFisca and servers of Node, asked in turn."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence

import requests
from tests.bench.peers.asking import same
from tests.bench.peers.engines import ROOT, Engine
from tests.bench.peers.openfisca import situation
from tests.bench.peers.visits import Visit
from tests.bench.served import WORKERS, Measured, Target, compared, free_port, wait_for

OURS = Target(
    "parcours serve",
    ("parcours", "serve", "--port", "{port}", "--workers", "{workers}"),
    "/fhir/$evaluate-parcours",
)
CONNECTIONS = 16
CHECKED = 50
"""Visits on which a server answers as its engine did, before it is timed."""
_FOUND = {"PYTHONPATH": str(ROOT)}
"""Where a server finds the country of OpenFisca."""


def served(
    engines: Sequence[Engine], visits: Sequence[Visit], expected: Sequence[str], *, rounds: int, seconds: int
) -> dict[str, Measured]:
    """Requests per second of each, 2 workers for all; servers start anew for each round.

    Raises ``Different`` when one does not answer as we do.
    """
    told = [json.dumps(visit.row) for visit in visits[:CHECKED]]
    for engine in engines:
        same(f"the server of {engine.name}", answers(engine, visits[:CHECKED]), expected[:CHECKED], told)
    groups = [(OURS, [visit.bundle for visit in visits])]
    groups += [(target(engine), [body(engine, visit) for visit in visits]) for engine in engines]
    found = {one.name: Measured() for one, _ in groups}
    for _ in range(rounds):
        for one, bodies in groups:
            turn = compared([one], bodies, rounds=1, seconds=seconds, connections=CONNECTIONS)
            found[one.name].rounds += turn[one.name].rounds
    return found


def answers(engine: Engine, visits: Sequence[Visit]) -> list[str]:
    """What the server of an engine answers."""
    port = free_port()
    command = [part.format(port=port, workers=WORKERS) for part in engine.server()]
    with subprocess.Popen(command, env={**os.environ, **_FOUND}, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            return [_answer(engine, port, visit) for visit in visits]
        finally:
            process.terminate()


def _answer(engine: Engine, port: int, visit: Visit) -> str:
    address = f"http://127.0.0.1:{port}{target(engine).path}"
    headers = {"Content-Type": "application/json"}
    response = requests.post(address, body(engine, visit), headers=headers, timeout=30)
    response.raise_for_status()
    told = response.json()
    return str(told["answer"] if engine.module is None else situation.answer(told))


def body(engine: Engine, visit: Visit) -> bytes:
    """What is posted to the server of an engine."""
    return visit.bundle if engine.reads_fhir else json.dumps(situation.question(visit.row)).encode()


def target(engine: Engine) -> Target:
    """The server of an engine, as ``tests.bench.served`` starts it."""
    path = "/" if engine.module is None else "/calculate"
    return Target(engine.name, ("tests.bench.peers.launch", *engine.server()), path, _FOUND)
