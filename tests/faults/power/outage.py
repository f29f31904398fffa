"""PostgreSQL away for minutes, and the service asked all the time (F-025)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.faults.evidence import Evidence
from tests.faults.power.kills import kept_by_server
from tests.faults.served import Server, served
from tests.load.driving import Results, offer
from tests.load.soak import Mixed
from tests.store.databases import SERVICE, Cluster

from parcours.web.server import THREADS

RATE: Final = 20.0
BEFORE_S: Final = 3.0
WITHIN_MS: Final = 3000.0
"""How late the refusal of a request may be."""
BACK_S: Final = 5.0
OTHERS: Final = 12
"""Threads of a worker that answer nobody: those of the server, and ours that watch."""


def outage(cluster: Cluster, name: str, seconds: float, seed: int, *, back: bool = True) -> Evidence:
    """Declarations before, meanwhile and after: refused in time, then taken again, and none lost.

    ``back=False`` is the control: the server stays away.
    """
    evidence = Evidence(tries=1)
    cluster.execute(f"CREATE DATABASE {name} OWNER {SERVICE}")
    asked = Mixed(seed, one_in=5)
    with served(cluster.url(name)) as server, server.session() as client, ThreadPoolExecutor(1) as beside:
        client.get(f"{server.url}/health/ready", timeout=60)
        found = beside.submit(offer, server.port, asked, RATE, BEFORE_S + seconds, asked.right)
        time.sleep(BEFORE_S)
        cluster.stop()
        threads = max(map(_threads, server.workers()))
        _judge(evidence, found.result(), threads)
        threads = max(threads, *map(_threads, server.workers()))
        if back:
            cluster.start()
        if not _is_back(server, asked):
            evidence.failures.append(f"not back within {BACK_S:g} s")
    if not back:
        cluster.start()
    evidence.acknowledged = asked.confirmed
    evidence.lost = max(0, asked.confirmed - len(kept_by_server(cluster, name)))
    evidence.losing = int(evidence.lost > 0)
    return evidence


def _judge(evidence: Evidence, found: Results, threads: int) -> None:
    if found.lost or found.wrong:
        evidence.failures.append(f"neither granted nor told to come back: {found.told()}")
    if not found.failures:
        evidence.failures.append("nothing was refused: the server was not away")
    if max(found.milliseconds) > WITHIN_MS:
        evidence.failures.append(f"an answer after {max(found.milliseconds):.0f} ms")
    if threads > THREADS + OTHERS:
        evidence.failures.append(f"{threads} threads in a worker")


def _is_back(server: Server, asked: Mixed) -> bool:
    until = time.monotonic() + BACK_S
    while time.monotonic() < until:
        if offer(server.port, asked, RATE, 0.5, asked.right).failures == 0:
            return True
    return False


def _threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))
