"""What the audit costs: answers in a second of the real server, with its records and without.

``python -m tests.audit.measure_cost [SECONDS [CLIENTS]]``, on SQLite in a temporary folder. Without: the same
server, whose witness forgets. It prints a line each, and how many records there were in the end; nothing is
asserted, for a time says something of one machine only.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import click
import requests

from parcours.store import Store

ROOT: Final = Path(__file__).resolve().parents[2]
BODY: Final = (ROOT / "examples/declarations/01-adulte-sans-medecin-traitant/bundle.json").read_bytes()
HEADERS: Final = {"Content-Type": "application/fhir+json"}
FORGETS: Final = """
import sys
from parcours.store.witness import Witness
Witness.keep = lambda self, entries: None
from parcours.cli import main
main(sys.argv[1:])
"""
KEEPS: Final = FORGETS.replace("Witness.keep = lambda self, entries: None\n", "")
PATHS: Final = {"decision": "/fhir/$evaluate-parcours", "reading": "/fhir/Task"}


def asked(url: str, seconds: float, told: multiprocessing.Queue[list[float]]) -> None:
    """One client: how long each answer took."""
    times, end = [], time.perf_counter() + seconds
    session = requests.Session()
    session.trust_env = False
    while (begun := time.perf_counter()) < end:
        if url.endswith("Task"):
            reply = session.get(url, timeout=30)
        else:
            reply = session.post(url, data=BODY, headers=HEADERS, timeout=30)
        reply.raise_for_status()
        times.append(time.perf_counter() - begun)
    told.put(times)


def measured(program: str, path: str, seconds: float, clients: int) -> tuple[float, float, float, int]:
    """Answers in a second, median and 99th percentile of their time in milliseconds, records kept."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = {
            **os.environ,
            "PARCOURS_DATABASE": f"{folder}/kept/parcours.sqlite",
            "PARCOURS_KEYS": f"{folder}/keys",
        }
        command = [sys.executable, "-c", program, "serve", "--port", str(port), "--workers", "1"]
        server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            _wait(f"http://127.0.0.1:{port}/health/ready")
            times = sorted(_crowd(f"http://127.0.0.1:{port}{path}", seconds, clients))
        finally:
            server.terminate()
            server.wait(30)
        records = _records(folder)
    milliseconds = [1000 * times[int(len(times) * part)] for part in (0.5, 0.99)]
    return len(times) / seconds, milliseconds[0], milliseconds[1], records


def _records(folder: str) -> int:
    store = Store.join(f"{folder}/kept/parcours.sqlite")
    try:
        return store.audit(f"{folder}/keys").verify().head.numero
    finally:
        store.close()


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            if requests.get(url, timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def _crowd(url: str, seconds: float, clients: int) -> list[float]:
    told: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    crowd = [multiprocessing.Process(target=asked, args=(url, seconds, told)) for _ in range(clients)]
    for client in crowd:
        client.start()
    times = [one for _ in crowd for one in told.get()]
    for client in crowd:
        client.join()
    return times


def main(seconds: int = 10, clients: int = 8) -> None:
    """Measure, and tell."""
    for name, path in PATHS.items():
        for title, program in (("with", KEEPS), ("without", FORGETS)):
            rate, median, late, records = measured(program, path, seconds, clients)
            times = f"p50 {median:6.1f} ms   p99 {late:6.1f} ms"
            click.echo(f"{name:9} {title:8} {rate:7.0f}/s   {times}   {records} records")


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:3]))
