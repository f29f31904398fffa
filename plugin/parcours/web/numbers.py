"""The numbers behind ``/metrics``: of one process, and of all those that answer together.

A label is a word of ours, never a word of a request: the pattern of an address, a method, a class of status,
a position, a reason. However many addresses, practices or patients are tried, there are no more series.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from parcours.domain.decision import Decision
from parcours.fhir.validity import GATE
from parcours.logs.rendering import DROPPED, EVENTS
from parcours.logs.writer import LOST
from parcours.remote.annuaire import Annuaire
from parcours.remote.http import CALLS
from parcours.turnstile import TURNED_AWAY

if sys.platform != "win32":  # there, the folder of a killed service stays until somebody empties it
    import fcntl

FOLDER: Final = "parcours-metrics-"
LOCK: Final = "lock"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""The steps of the durations."""
SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus-client looks for the folder in which the workers add up."""
PREFIX: Final = "parcours"
Counts = Callable[[], Mapping[Any, int]]


def _lost() -> Mapping[str, int]:
    return {**LOST.counts(), **DROPPED.counts()}


def _disagreements() -> Mapping[tuple[()], int]:
    return {(): GATE.disagreements}


ELSEWHERE: Final[tuple[tuple[str, str, tuple[str, ...], Counts], ...]] = (
    ("events", "Events in the log.", ("event", "reason"), EVENTS.counts),
    ("upstream_calls", "Calls to other servers, by how they ended.", ("reason",), CALLS.counts),
    ("turned_away", "Requests told to come back, by what was full.", ("reason",), TURNED_AWAY.counts),
    ("log_lost", "Lines, or fields of lines, that are not in the log.", ("reason",), _lost),
    (
        "gate_disagreements",
        "The library refused what the gate let in: must stay at zero.",
        (),
        _disagreements,
    ),
)
"""What other parts of this process count: name, sentence, labels, and where the counts are."""


class Numbers:
    """The numbers of one process; nothing is counted without prometheus-client."""

    def __init__(self, annuaire: Annuaire | None = None) -> None:
        self._annuaire = annuaire
        try:
            self._client = import_module("prometheus_client")  # it looks at ``SHARED`` when it is imported
        except ImportError:
            self.is_there = False
            return
        self.is_there = True
        self._make()

    def _make(self) -> None:
        self._registry = self._client.CollectorRegistry()
        self._requests = self._counter("requests", "Requests answered.", "route", "method", "status")
        self._durations = self._client.Histogram(
            f"{PREFIX}_request_seconds",
            "Time that requests took here.",
            ("route",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._decisions = self._counter("decisions", "Decisions that were told.", "position")
        self._closed = self._gauge("gate_closed", "1 when the library alone judges what FHIR is.")
        self._rests = self._gauge("annuaire_rests", "1 while the national directory is left alone.")
        self._followed = [
            _Followed(self._counter(name, sentence, *labels), counts)
            for name, sentence, labels, counts in ELSEWHERE
        ]

    def _counter(self, name: str, sentence: str, *labels: str) -> Any:
        return self._client.Counter(f"{PREFIX}_{name}", sentence, labels, registry=self._registry)

    def _gauge(self, name: str, sentence: str) -> Any:
        """Of several workers, the highest that lives."""
        named = f"{PREFIX}_{name}"
        return self._client.Gauge(named, sentence, registry=self._registry, multiprocess_mode="livemax")

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request was answered."""
        if self.is_there:
            self._requests.labels(route, method, f"{status // 100}xx").inc()
            self._durations.labels(route).observe(seconds)
            self.follow()

    def decided(self, decision: Decision) -> None:
        """One decision was told."""
        if self.is_there:
            self._decisions.labels(str(decision.position)).inc()

    def follow(self) -> None:
        """Bring up what is counted elsewhere in this process: another one may be asked for it."""
        self._closed.set(bool(GATE.closed))
        self._rests.set(bool(self._annuaire and self._annuaire.rests))
        for followed in self._followed:
            followed.follow()

    def text(self) -> bytes:
        """The numbers of this process, or of all those that share a folder."""
        if SHARED not in os.environ:
            return bytes(self._client.generate_latest(self._registry))
        forget_the_dead(Path(os.environ[SHARED]))
        together = self._client.CollectorRegistry()
        _together().MultiProcessCollector(together)
        return bytes(self._client.generate_latest(together))


def _together() -> Any:
    """What adds up the numbers of several processes."""
    return import_module("prometheus_client.multiprocess")


def forget_the_dead(folder: Path) -> None:
    """What a worker that ended was is no longer; what it did still counts."""
    for file in folder.glob("gauge_live*_*.db"):
        process = int(file.stem.rpartition("_")[2])
        if not Path(f"/proc/{process}").exists() and Path("/proc/self").exists():
            _together().mark_process_dead(process, str(folder))


class _Followed:
    """A counter that follows counts kept elsewhere."""

    def __init__(self, counter: Any, counts: Counts) -> None:
        self._counter, self._counts = counter, counts
        self._seen: dict[Any, int] = dict(counts())
        self._lock = threading.Lock()

    def follow(self) -> None:
        with self._lock:
            now = self._counts()
            if now != self._seen:
                for name, count in now.items():
                    labels = name if isinstance(name, tuple) else (name,)
                    series = self._counter.labels(*labels) if labels else self._counter
                    series.inc(count - self._seen.get(name, 0))
                self._seen = dict(now)


@contextmanager
def shared_folder() -> Iterator[None]:
    """A folder in which the workers started meanwhile add up, gone at the end; one that was set stays."""
    if SHARED in os.environ:
        yield
        return
    _remove_those_of_the_killed()
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder, _held(Path(folder)):
        os.environ[SHARED] = folder
        try:
            yield
        finally:
            del os.environ[SHARED]


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """While this service lives, or a worker of it, the folder is locked."""
    if sys.platform == "win32":
        yield
        return
    with (folder / "new").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (folder / "new").rename(folder / LOCK)
        yield


def _remove_those_of_the_killed() -> None:
    """A service that was killed leaves its folder, and nobody holds it any more."""
    if sys.platform == "win32":
        return
    for lock in Path(tempfile.gettempdir()).glob(f"{FOLDER}*/{LOCK}"):
        with suppress(OSError), lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if lock.stat().st_uid == os.getuid():
                shutil.rmtree(lock.parent, ignore_errors=True)
