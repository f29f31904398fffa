"""The batch: visits per second on one process and on two, beside the bare decoding of the same resources."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
from tests.bench.parts import raws
from tests.bench.stream import new
from tests.bench.stream import visits as stream

from parcours.fhir.elements import READ, Resource

SAMPLE = 2000
"""Visits decoded bare: enough for a rate."""


@dataclass(frozen=True)
class Batch:
    """Visits per second of each way, and the most memory that one process held, in MiB."""

    full_one: float
    full_two: float
    read_one: float
    read_two: float
    bare: float
    memory_mib: float


def measured(visits: int, seed: int) -> Batch:
    """Run the command itself, each way once; start-up is counted."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.ndjson")
        with source.open("wb") as file:
            file.writelines(new(visit, n) + b"\n" for n, visit in enumerate(stream(visits, seed)))
        rates = {
            (mode, workers): visits / _ran(source, Path(folder), mode, workers)
            for mode in ("full", "read")
            for workers in (1, 2)
        }
        with source.open("rb") as file:
            bare = _bare([line for line, _ in zip(file, range(SAMPLE), strict=False)])
    return Batch(
        full_one=rates["full", 1],
        full_two=rates["full", 2],
        read_one=rates["read", 1],
        read_two=rates["read", 2],
        bare=bare,
        memory_mib=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    )


def _ran(source: Path, folder: Path, mode: str, workers: int) -> float:
    out = folder / f"{mode}{workers}.ndjson"
    command = [sys.executable, "-m", "parcours", "batch", str(source), "-o", str(out)]
    start = time.perf_counter()
    done = subprocess.run(
        [*command, "--validate", mode, "--workers", str(workers)], check=False, stderr=subprocess.PIPE
    )
    if done.returncode not in (0, 3):
        raise RuntimeError(re.sub(r"\s+", " ", done.stderr.decode()))
    return time.perf_counter() - start


def _bare(lines: list[bytes]) -> float:
    """Visits per second when each resource is decoded into the same struct, and nothing else is done."""
    start = time.perf_counter()
    for line in lines:
        for raw in raws(line):
            kind = msgspec.json.decode(raw, type=_Named).resourceType
            msgspec.json.decode(raw, type=READ.get(kind, Resource))
    return len(lines) / (time.perf_counter() - start)


class _Named(msgspec.Struct):
    resourceType: str
