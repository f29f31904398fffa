"""``make load``: CDS Hooks under load, on this machine only, for a bounded time.

First, calls with all their data in the prefetch, at a fixed rate that does not wait for the answers (open
loop). Then, beside the same traffic, calls without prefetch. Their FHIR server takes 0.2 s per request: each
must be answered within 2 s. It takes 1.5 s: each must be answered, or refused with 412, within 2 s, and the
others must not feel it. Prints what was offered, what came back, percentiles and errors; the exit code is 1
when a target is missed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey
from tests.cds.calls import BOOKED, CDS, EXAMPLES, call, resources, searchset

RATE = 50
"""Calls per second."""
FETCHED_RATE = 2
"""Calls per second whose data is to be fetched: as many as a dead server gets before anybody notices."""
SLOWNESS = {"usual": 0.2, "slow": 1.5}
"""Seconds that the FHIR server takes for each request, by the token that it is asked with."""
MOST = 60
"""Seconds that a run may last."""
P95_MS, FETCHED_MS = 300, 2000
FETCHED_EXAMPLE = "01"
WIDTH = 26
SERVICE = f"{CDS}/parcours-encounter-start"
ISSUER = "https://logiciel.example"


@dataclass
class Results:
    """What came back: milliseconds from the moment a call was due, and how many of each status."""

    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[int | str] = field(default_factory=Counter)

    def note(self, due: float, status: int | str) -> None:
        self.milliseconds.append((time.perf_counter() - due) * 1000)
        self.statuses[status] += 1

    def percentile(self, rank: int) -> float:
        return statistics.quantiles(self.milliseconds, n=100, method="inclusive")[rank - 1]

    def told(self, name: str) -> str:
        p50, p95, p99 = (self.percentile(rank) for rank in (50, 95, 99))
        statuses = ", ".join(
            f"{count} x {status}" for status, count in sorted(self.statuses.items(), key=str)
        )
        most = max(self.milliseconds)
        return f"{name}: p50 {p50:.1f}  p95 {p95:.1f}  p99 {p99:.1f}  max {most:.1f} ms;  {statuses}"


class Ehr(BaseHTTPRequestHandler):
    """A FHIR server that holds one example, and takes the time that the token says for each answer."""

    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(ConnectionError):  # the service waits no longer
            super().handle()

    def do_GET(self) -> None:
        time.sleep(SLOWNESS[self.headers["Authorization"].removeprefix("Bearer ")])
        kind, _, id = self.path.removeprefix("/fhir/").partition("?")[0].partition("/")
        held = [r for r in resources(FETCHED_EXAMPLE) if r["resourceType"] == kind and id in ("", r["id"])]
        body = json.dumps(held[0] if id and held else searchset(*held)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Caller:
    """A doctor's software that calls at a rate, whatever becomes of its calls."""

    def __init__(self, port: int, key: ECKey, pool: ThreadPoolExecutor) -> None:
        self._port, self._key, self._pool = port, key, pool
        self._kept = threading.local()

    def offer(self, bodies: Callable[[], bytes], rate: float, seconds: float) -> Results:
        """Make a call every ``1 / rate`` second; what is late is counted from the moment it was due."""
        results, start = Results(), time.perf_counter()
        waiting = []
        for number in range(int(rate * seconds)):
            due = start + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            waiting.append(self._pool.submit(self._call, bodies(), due, results))
        for call_made in waiting:
            call_made.result()
        return results

    def _call(self, body: bytes, due: float, results: Results) -> None:
        try:
            connection = self._connection()
            connection.request("POST", SERVICE, body, self._headers())
            reply = connection.getresponse()
            reply.read()
            results.note(due, reply.status)
        except OSError as error:
            self._kept.connection = None
            results.note(due, type(error).__name__)

    def _connection(self) -> http.client.HTTPConnection:
        found: http.client.HTTPConnection | None = getattr(self._kept, "connection", None)
        if found is None:
            found = self._kept.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        return found

    def _headers(self) -> dict[str, str]:
        now = int(time.time())
        audience = f"http://127.0.0.1:{self._port}{SERVICE}"
        claims = {"iss": ISSUER, "aud": audience, "iat": now, "exp": now + 120, "jti": uuid.uuid4().hex}
        token = jwt.encode(
            {"alg": "ES384", "kid": "k", "typ": "JWT"}, claims, self._key, algorithms=["ES384"]
        )
        return {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}


def lent(token: str) -> dict[str, str]:
    return {"access_token": token, "token_type": "Bearer", "scope": "patient/*.read user/*.read"}


def full(chance: random.Random, fhir: str) -> Callable[[], bytes]:
    """Calls that bring everything, and lend a token that is not needed: the examples, as the seed decides."""
    folders = [folder.name[:2] for folder in sorted(EXAMPLES.glob("[0-9][0-9]-*"))]
    access = {"fhirServer": fhir, "fhirAuthorization": lent("usual")}
    made = [call(number, "encounter-start") | access for number in folders if number != BOOKED]

    def body() -> bytes:
        return json.dumps(
            chance.choice(made) | {"hookInstance": str(uuid.UUID(int=chance.getrandbits(128)))}
        ).encode()

    return body


def empty(fhir: str, token: str) -> Callable[[], bytes]:
    """Calls that bring nothing, and lend this token."""
    body = call(FETCHED_EXAMPLE, "encounter-start") | {
        "prefetch": {},
        "fhirServer": fhir,
        "fhirAuthorization": lent(token),
    }
    return lambda: json.dumps(body).encode()


@contextmanager
def fhir_server() -> Iterator[str]:
    """The FHIR server of the client."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ehr)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/fhir"
    server.shutdown()
    server.server_close()


@contextmanager
def service(folder: Path, fhir: str, key: ECKey, workers: int) -> Iterator[int]:
    """``parcours serve`` on a free port, trusting one client."""
    public = {k: v for k, v in key.as_dict(private=False).items() if isinstance(v, str)}
    table = ", ".join(f'{name} = "{value}"' for name, value in public.items())
    clients = folder / "clients.toml"
    clients.write_text(
        f'[[client]]\nid = "load"\nissuer = "{ISSUER}"\ntenant = "load"\nfhir_base = "{fhir}"\n'
        f"keys = [{{ {table} }}]\n",
        encoding="utf-8",
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PARCOURS_")},
        "PARCOURS_CLIENTS": str(clients),
        "PARCOURS_DATABASE": str(folder / "parcours.sqlite"),
    }
    command = [sys.executable, "-m", "parcours", "serve", "--port", str(port), "--workers", str(workers)]
    log = (folder / "service.log").open("w", encoding="utf-8")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", CDS)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the service did not start")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(seconds: float, seed: int, workers: int) -> bool:
    """All scenarios; did they meet their targets?"""
    key = ECKey.generate_key("P-384", {"kid": "k", "alg": "ES384", "use": "sig"})
    say(f"seed {seed}, {seconds:g} s, {workers} worker(s), {RATE} calls/s, {os.cpu_count()} cores")
    with (
        tempfile.TemporaryDirectory() as folder,
        fhir_server() as fhir,
        service(Path(folder), fhir, key, workers) as port,
        ThreadPoolExecutor(max_workers=128) as pool,
        ThreadPoolExecutor(max_workers=1) as beside,
    ):
        caller = Caller(port, key, pool)

        def traffic(lasting: float) -> Results:
            chance = random.Random(seed)  # noqa: S311 - the same calls every time, and no secret
            return caller.offer(full(chance, fhir), RATE, lasting)

        traffic(2)  # the first answers of a worker are slower
        alone = traffic(seconds)
        say(alone.told("prefetch alone".ljust(WIDTH)))
        fetched, others = {}, {}
        for token in SLOWNESS:
            waiting = beside.submit(caller.offer, empty(fhir, token), FETCHED_RATE, seconds)
            others[token] = traffic(seconds)
            fetched[token] = waiting.result()
            say(others[token].told(f"prefetch, {token} ones near".ljust(WIDTH)))
            say(fetched[token].told(f"without prefetch, {token}".ljust(WIDTH)))
    return all(
        (
            all(set(results.statuses) == {200} for results in (alone, *others.values(), fetched["usual"])),
            all(results.percentile(95) <= P95_MS for results in (alone, *others.values())),
            set(fetched["slow"].statuses) <= {200, 412},
            all(max(results.milliseconds) <= FETCHED_MS for results in fetched.values()),
        )
    )


def main() -> int:
    """Read the command line, run, say whether the targets were met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    asked: Any = parser.parse_args()
    met = run(min(asked.seconds, MOST), asked.seed, asked.workers)
    say("targets met" if met else "TARGETS MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
