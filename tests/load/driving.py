"""How load is driven: at a rate that waits for no answer, each request counted from the moment it was due."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

PATIENCE_S: Final = 20.0
"""How long an answer is waited for: beyond, it is lost."""
START_S: Final = 60.0
NORMAL: Final = (20.0, 200.0)
"""Milliseconds of an answer, at the 50th and the 99th percentile, when all is well."""
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_RETRY = re.compile(rb"retry-after: *\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """What came back. ``status`` 0: nothing, and ``body`` is the name of the fault."""

    status: int
    head: bytes
    body: bytes

    @property
    def asks_to_come_back(self) -> bool:
        """429 or 503, and when to ask again."""
        return self.status in (429, 503) and _RETRY.search(self.head) is not None


@dataclass
class Results:
    """What came of the requests of one run; ``wrong``: answers that should not have been given at all."""

    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[int | str] = field(default_factory=Counter)
    wrong: int = 0

    def note(self, due: float, answer: Answer, right: bool) -> None:
        """Count one answer."""
        self.milliseconds.append((time.perf_counter() - due) * 1000)
        self.statuses[answer.status or answer.body.decode()] += 1
        self.wrong += not right

    @property
    def tries(self) -> int:
        """Requests made."""
        return self.statuses.total()

    @property
    def lost(self) -> int:
        """Requests to which nothing was answered."""
        return sum(count for status, count in self.statuses.items() if isinstance(status, str))

    @property
    def failures(self) -> int:
        """Requests that were not granted."""
        return self.tries - self.statuses[200]

    def percentile(self, rank: int) -> float:
        """Milliseconds within which that many of a hundred were answered."""
        return statistics.quantiles(self.milliseconds, n=100, method="inclusive")[rank - 1]

    @property
    def normal(self) -> bool:
        """Was everything granted, and in good time?"""
        median, high = NORMAL
        return not self.failures and self.percentile(50) <= median and self.percentile(99) <= high

    def told(self) -> str:
        """The same for people."""
        statuses = ", ".join(
            f"{count} x {status}" for status, count in sorted(self.statuses.items(), key=str)
        )
        times = f"p50 {self.percentile(50):.1f}  p99 {self.percentile(99):.1f} ms"
        return f"tries {self.tries}  failures {self.failures}  lost {self.lost}  {times}  ({statuses})"


class Connections:
    """Connections to one port, kept and used again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, request: bytes) -> Answer:
        """One request; what goes wrong is an answer too."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._asked(request)
        except (OSError, EOFError, TimeoutError) as fault:
            return Answer(0, b"", type(fault).__name__.encode())

    async def _asked(self, request: bytes) -> Answer:
        reader, writer = pair = self._kept() or await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1])) if length else b""
        except BaseException:
            writer.close()
            raise
        if b"connection: close" in head.lower():
            writer.close()
        else:
            self._idle.append(pair)
        return Answer(int(head[9:12]), head, body)

    def _kept(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection that the other side has not closed meanwhile."""
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    def close(self) -> None:
        """Close what is kept."""
        for _, writer in self._idle:
            writer.close()


def offer(
    port: int,
    request: Callable[[], bytes],
    rate: float,
    seconds: float,
    right: Callable[[Answer], bool] = lambda _: True,
) -> Results:
    """Ask every ``1 / rate`` second, for so many seconds, and wait for all that is still to come."""
    # In a thread of its own: this one may have an event loop already.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, _offer(Connections(port), request, rate, seconds, right)).result()


async def _offer(
    connections: Connections,
    request: Callable[[], bytes],
    rate: float,
    seconds: float,
    right: Callable[[Answer], bool],
) -> Results:
    results = Results()

    async def one(due: float) -> None:
        answer = await connections.ask(request())
        results.note(due, answer, right(answer))

    start = time.perf_counter()
    async with asyncio.TaskGroup() as waiting:
        for number in range(max(2, int(rate * seconds))):
            due = start + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            waiting.create_task(one(due))
    connections.close()
    return results


def http(method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A request as it goes over the wire."""
    given = {"Host": "localhost", **(headers or {}), "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def service(folder: Path, workers: int, ready: str = "/health/live", **settings: str) -> Iterator[int]:
    """``parcours serve`` on a free port, with these settings (``clients=…`` for ``PARCOURS_CLIENTS``)."""
    port = free_port()
    given = {"DATABASE": str(folder / "parcours.sqlite"), **{k.upper(): v for k, v in settings.items()}}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PARCOURS_")},
        "XDG_DATA_HOME": str(folder),
        **{f"PARCOURS_{name}": value for name, value in given.items()},
    }
    command = [sys.executable, "-m", "parcours", "serve", "--port", str(port), "--workers", str(workers)]
    with (folder / "service.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            wait_for(port, ready, process)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_for(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    """Until this is answered with 200."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.02)
    raise SystemExit("the service did not start")


def many_files() -> None:
    """As many open connections as the system lets this program have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def say(line: str) -> None:
    """A line for people."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
