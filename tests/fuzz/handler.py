"""The whole handler, from the request to the answer: whatever is sent, one of our own answers comes back."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from flask import Flask
from tests.fhir.test_never_crashes import RICH
from tests.fuzz.spoiling import spoilt

from parcours.fhir.validity import prepare

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*/bundle.json"))
PATHS = (*["/fhir/Encounter/$evaluate-parcours"] * 8, "/fhir/Claim/$submit", "/fhir")
OURS = frozenset({200, 400, 413, 422})
SLOW_S = 1.0
"""Of this process: the machine may have other things to do."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a run: how many of each status, what was none of ours, the slowest answer."""

    statuses: Counter[int]
    failures: Sequence[str]
    slowest_s: float


def run(app: Flask, bodies: Iterable[bytes]) -> Tried:
    """Send these requests; a failure is told by its number and status, never by what was sent."""
    prepare()
    with _silence():
        return _run(app, bodies)


def drawn(tries: int, seed: int) -> Iterator[bytes]:
    """So many spoilt requests."""
    seeds = [RICH, *(json.loads(path.read_text(encoding="utf-8")) for path in EXAMPLES)]
    return islice(spoilt(seeds, seed), tries)


@contextmanager
def _silence() -> Iterator[None]:
    """No log of thousands of refusals."""
    logger = logging.getLogger("parcours")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)


def _run(app: Flask, bodies: Iterable[bytes]) -> Tried:
    client, statuses, failures, slowest = app.test_client(), Counter[int](), [], 0.0
    for number, body in enumerate(bodies):
        began = time.process_time()
        answer = client.post(PATHS[number % len(PATHS)], data=body, content_type="application/fhir+json")
        took = time.process_time() - began
        slowest = max(slowest, took)
        statuses[answer.status_code] += 1
        if answer.status_code not in OURS or took > SLOW_S:
            failures.append(f"number {number}: {answer.status_code} in {took:.1f} s")
    return Tried(statuses, failures, slowest)
