"""``make soak``, L-005: an hour at the usual rate. Nothing may grow, and what was confirmed is there.

Ninety-eight decisions and two declarations in a hundred requests, each declaration of another patient. Before
it, two minutes of more than the service can do: every thread that a worker may ever have has done its worst,
for each keeps half a megabyte of it, at whatever minute of the hour that is. One line at the end; the exit
code is 1 when something grew, failed or was lost, or when the control did not grow: a process that is made to
leak, watched in the same way.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.evidence.kept import keep
from tests.faults.served import served as serving
from tests.fhir.declarations import demande
from tests.load.driving import Answer, Results, http, offer, say
from tests.load.scenarios import FHIR, USUAL, Visits, right

MOST_MB_PER_10_MIN: Final = 1.0
MOST_WAL: Final = 64 * 1024 * 1024
WARM: Final = 0.2
"""Share of the time after which memory is looked at: caches fill first."""
CROWD: Final = 4.0
"""Times the usual rate that is offered before: past the knee, and most are granted."""
CROWD_S: Final = 120.0
EVERY_S: Final = 5.0
ONE_IN: Final = 50
LEAK_S: Final = 20.0
LEAKING: Final = """
import time
kept = []
while True:
    kept.append(bytes(range(256)) * 4096)
    time.sleep(1)
"""


@dataclass
class Watched:
    """What some processes hold, over time: seconds, and megabytes and open files of all of them."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    wal: int = 0

    def look(self, pids: Sequence[int], wal: Path | None) -> None:
        """One measure. A process that is gone holds nothing, and that shows."""
        self.seconds.append(time.monotonic())
        self.megabytes.append(sum(map(_resident, pids)))
        self.files.append(sum(map(_open_files, pids)))
        if wal and wal.exists():
            self.wal = max(self.wal, wal.stat().st_size)

    def slope(self) -> float:
        """Megabytes gained in ten minutes, once warm."""
        warm = int(len(self.seconds) * WARM)
        return statistics.linear_regression(self.seconds[warm:], self.megabytes[warm:]).slope * 600

    def course(self) -> str:
        """Megabytes at the beginning, at each tenth of the time, and at the end."""
        last = len(self.megabytes) - 1
        return " ".join(f"{self.megabytes[last * tenth // 10]:.0f}" for tenth in range(11))

    def files_gained(self) -> int:
        """How many more files are open in the last tenth than in the first one, once warm."""
        warm = self.files[int(len(self.files) * WARM) :]
        tenth = max(1, len(warm) // 10)
        return min(warm[-tenth:]) - max(warm[:tenth])


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


@contextmanager
def watching(pids: Callable[[], Sequence[int]], wal: Path | None, every: float) -> Iterator[Watched]:
    """Look at these processes every so many seconds, until the end of the block."""
    watched, over = Watched(), threading.Event()

    def look() -> None:
        while not over.wait(every):
            watched.look(pids(), wal)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watched
    finally:
        over.set()
        thread.join()


class Mixed:
    """The requests of a practice, and the declarations that were confirmed."""

    def __init__(self, seed: int, one_in: int = ONE_IN) -> None:
        """``one_in``: how many requests for one declaration."""
        self.visits = Visits.of(seed)
        self.one_in = one_in
        self.made = 0
        self.asked = 0
        self.confirmed = 0

    def __call__(self) -> bytes:
        self.asked += 1
        if self.asked % self.one_in:
            return self.visits()
        self.made += 1
        body = json.dumps(demande()).replace("Patient/pat", f"Patient/p{self.made}")
        body = body.replace('"id": "pat"', f'"id": "p{self.made}"')
        key = {"Idempotency-Key": f"soak-{self.made}"}
        return http("POST", "/fhir/$prepare-declaration", body.encode(), FHIR | key)

    def right(self, answer: Answer) -> bool:
        """A decision, a declaration, or a refusal that says when to come back."""
        if answer.status == 200 and b'"DocumentReference"' in answer.body:
            self.confirmed += 1
            return True
        return right(answer)


def soaked(seconds: float, rate: float, seed: int, workers: int) -> tuple[Results, Watched, Mixed, int]:
    """Drive it; what came back, what was held, what was asked, how many declarations are kept."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "parcours.sqlite")
        mixed = Mixed(seed)
        with serving(str(database), workers) as server:
            with server.session() as client:
                client.get(f"{server.url}/health/ready", timeout=60)
            offer(server.port, mixed, CROWD * USUAL, CROWD_S, mixed.right)
            with watching(server.workers, Path(f"{database}-wal"), EVERY_S) as watched:
                found = offer(server.port, mixed, rate, seconds, mixed.right)
        with closing(sqlite3.connect(database)) as kept:
            rows = int(kept.execute("SELECT count(*) FROM declaration").fetchone()[0])
    return found, watched, mixed, rows


def control() -> float:
    """Megabytes in ten minutes of a process that leaks one each second."""
    process = subprocess.Popen([sys.executable, "-c", LEAKING])
    try:
        with watching(lambda: [process.pid], None, LEAK_S / 20) as watched:
            time.sleep(LEAK_S)
    finally:
        process.kill()
        process.wait()
    return watched.slope()


def main() -> int:
    """Soak, and say whether anything grew."""
    parser = argparse.ArgumentParser(description="An hour at the usual rate.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=USUAL)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    leak = control()
    found, watched, mixed, rows = soaked(asked.minutes * 60, asked.rate, asked.seed, asked.workers)
    slope, files = watched.slope(), watched.files_gained()
    good = (
        not (found.lost or found.wrong or found.failures)
        and rows == mixed.confirmed
        and slope < MOST_MB_PER_10_MIN < leak
        and files <= 0
        and watched.wal < MOST_WAL
    )
    line = (
        f"L-005  {asked.minutes:g} min  {found.told()}  memory {slope:+.2f} MB/10 min ({watched.course()})  "
        f"files {files:+d}  journal {watched.wal / 1e6:.1f} MB  "
        f"declarations confirmed {mixed.confirmed}, kept {rows}  "
        f"seed {asked.seed}  control {leak:+.0f} MB/10 min  {'ok' if good else 'NOT OK'}"
    )
    say(line)
    keep("soak", f"make soak MINUTES={asked.minutes:g} SEED={asked.seed}", [line], good=good)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
