"""Servers side by side, asked in turn: rounds are interleaved, so that what disturbs one disturbs all."""

from __future__ import annotations

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

WORKERS = 2
START_S = 60
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")
_PERCENTILE = re.compile(r"\b(50|99)%\s+([\d.]+)(us|ms|s)")
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}

LUA = """
local bodies = {}
for line in io.lines(os.getenv("BENCH_BODIES")) do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/fhir+json"
local number = tonumber(os.getenv("BENCH_FROM"))
function request()
  number = number + 1
  local version = string.format("version-%08d", number)
  return wrk.format(nil, nil, nil, (string.gsub(bodies[number % #bodies + 1], "version%-00000000", version)))
end
"""
"""Every request is a visit that the server has not seen: see ``stream``."""
FROM = count(1, 1_000_000)
"""Where the numbers of each run begin."""


@dataclass(frozen=True)
class Target:
    """A name, the command that serves it, the path to ask."""

    name: str
    command: Sequence[str]
    path: str
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    """What one round gave: requests per second, and milliseconds at the 50th and the 99th percentile."""

    rate: float
    p50: float
    p99: float


@dataclass
class Measured:
    """All rounds of one target."""

    rounds: list[Round] = field(default_factory=list)
    memory_mib: float = 0.0

    @property
    def rate(self) -> float:
        """Requests per second, the median of the rounds."""
        return statistics.median(r.rate for r in self.rounds)

    @property
    def p50(self) -> float:
        """Milliseconds, the median of the rounds."""
        return statistics.median(r.p50 for r in self.rounds)

    @property
    def p99(self) -> float:
        """Milliseconds, the median of the rounds."""
        return statistics.median(r.p99 for r in self.rounds)


def compared(
    targets: Sequence[Target], bodies: Sequence[bytes], *, rounds: int, seconds: int, connections: int
) -> dict[str, Measured]:
    """Ask each target in turn, ``rounds`` times."""
    found = {target.name: Measured() for target in targets}
    with ExitStack() as stack:
        script, lines = stack.enter_context(_script(bodies))
        running = [(target, *stack.enter_context(_running(target))) for target in targets]
        for target, port, _ in running:
            _asked(target, port, script, lines, 1, connections)  # warm
        for _ in range(rounds):
            for target, port, _ in running:
                found[target.name].rounds.append(_asked(target, port, script, lines, seconds, connections))
        for target, _, process in running:
            found[target.name].memory_mib = max(map(proportional_mib, children(process.pid)), default=0.0)
    return found


def proportional_mib(pid: int) -> float:
    """The memory of a process, what it shares counted by its share (PSS), in MiB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    match = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(match[1]) / 1024 if match else 0.0


def children(pid: int) -> list[int]:
    """The workers of a server, or the server itself when it has none."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found] or [pid]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _script(bodies: Sequence[bytes]) -> Iterator[tuple[Path, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        script, lines = Path(folder, "post.lua"), Path(folder, "bodies.ndjson")
        script.write_text(LUA)
        lines.write_bytes(b"\n".join(bodies))
        yield script, lines


@contextmanager
def _running(target: Target) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    command = [part.format(port=port, workers=WORKERS) for part in target.command]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_DATA_HOME": folder, **target.settings}
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env=environment, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(port)
            yield port, process
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(port: int) -> None:
    """Until somebody listens there. ``TimeoutError`` when nobody ever does."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError


def _asked(target: Target, port: int, script: Path, lines: Path, seconds: int, connections: int) -> Round:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script)]
    run = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{target.path}"],
        env={**os.environ, "BENCH_BODIES": str(lines), "BENCH_FROM": str(next(FROM))},
        capture_output=True,
        text=True,
        check=True,
    )
    rate, bad = _RATE.search(run.stdout), _BAD.search(run.stdout)
    if rate is None or bad is not None:
        raise RuntimeError(f"{target.name}: {run.stdout}")
    at = {rank: float(value) * _UNITS[unit] for rank, value, unit in _PERCENTILE.findall(run.stdout)}
    return Round(float(rate[1]), at["50"], at["99"])
