"""A million visits, or as many as asked: rate, memory, and ``kill -9`` at random moments. Run by hand.

``python -m tests.bench.batch_million --lines 20000 --folder DIR`` writes visits, answers them once without a
stop while it watches the memory of every process, then answers them again, killed ten times and resumed;
both outputs must have the same bytes. Linux only: memory is read in ``/proc``. The exit code is 1 when a
target is missed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from tests.bulk import visits
from tests.evidence.kept import keep

MOST_MB = 200
"""Resident memory of one worker (G5)."""
RATE = 1000
"""Visits a second and worker (G5)."""
MILLION = 1_000_000
"""Fewer are a trial, and do not meet the goal."""
EVERY = 0.5
"""Seconds between two looks at the memory."""
FLAT = 1.2
"""The second half of a run may need so many times the memory of the first."""


@dataclass
class Memory:
    """Resident megabytes of the processes of one run, by what they are, over time."""

    parent: list[float] = field(default_factory=list)
    worker: list[float] = field(default_factory=list)

    def look(self, pid: int) -> None:
        """One measure: the parent, and the largest of its workers."""
        self.parent.append(_resident(pid))
        self.worker.append(max(map(_resident, _children(pid)), default=0.0))


def _resident(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line[:6] == "VmRSS:"), 0.0)


def _children(pid: int) -> Iterator[int]:
    try:
        yield from map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    except OSError:
        return


def _started(source: Path, out: Path, options: argparse.Namespace, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "parcours", "batch", str(source), "-o", str(out)]
    command += ["--workers", str(options.workers), "--validate", options.validate, *more]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def watched(source: Path, out: Path, options: argparse.Namespace) -> tuple[float, Memory]:
    """One run that nothing stops: its seconds, and its memory."""
    memory, began = Memory(), time.perf_counter()
    process = _started(source, out, options)
    while process.poll() is None:
        memory.look(process.pid)
        time.sleep(EVERY)
    assert process.returncode in (0, 3), process.returncode
    return time.perf_counter() - began, memory


def killed(source: Path, out: Path, options: argparse.Namespace, seconds: float) -> int:
    """The same run, killed at random moments and resumed; how many times it was killed while it ran."""
    chance = random.Random(options.seed)  # noqa: S311 - no secret is drawn here
    deaths = 0
    for _ in range(options.kills):
        process = _started(source, out, options, "--resume")
        time.sleep(chance.uniform(0, 2 * seconds / options.kills))
        deaths += process.poll() is None
        process.kill()
        process.wait()
        if out.exists():
            break
    process = _started(source, out, options, "--resume")
    assert process.wait() in (0, 3), process.returncode
    return deaths


def digest(path: Path) -> tuple[str, int]:
    """The SHA-256 of a file, and its lines."""
    whole, lines = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(2**20):
            whole.update(block)
            lines += block.count(b"\n")
    return whole.hexdigest(), lines


def main() -> int:
    """Measure, print, judge."""
    options = _options()
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    source, one, other = (folder / name for name in ("visites.ndjson", "one.ndjson", "other.ndjson"))
    for path in (one, other):
        path.unlink(missing_ok=True)
    visits.write_lines(source, options.lines, options.seed)
    seconds, memory = watched(source, one, options)
    deaths = killed(source, other, options, seconds)
    whole = digest(one)
    same, rate = whole == digest(other), options.lines / seconds / options.workers
    lines = [
        f"{options.lines} visits, {options.workers} workers, --validate {options.validate}: {seconds:.1f} s, "
        f"{rate:.0f} a second for each, {source.stat().st_size / seconds / 1e6:.2f} MB/s read, "
        f"seed {options.seed}",
        *map(_curve, ("parent", "largest worker"), (memory.parent, memory.worker)),
        f"killed {deaths} times while running: {'the same bytes' if same else 'ANOTHER FILE'}; "
        f"{options.lines - whole[1]} lines lost; no control",
    ]
    good = _good(memory) and same and whole[1] == options.lines and rate >= RATE
    click.echo("\n".join(lines))
    command = f"make million LINES={options.lines}"
    keep("million", command, lines, good=good and options.lines >= MILLION)
    return 0 if good else 1


def _curve(name: str, curve: Sequence[float]) -> str:
    points = curve[:: max(1, len(curve) // 12)]
    return f"{name}: at most {max(curve):.0f} MB; over time {' '.join(f'{mb:.0f}' for mb in points)}"


def _good(memory: Memory) -> bool:
    settled = [mb for mb in memory.worker if mb][len(memory.worker) // 5 :]
    half = len(settled) // 2
    flat = not half or max(settled[half:]) <= FLAT * max(settled[:half])
    return max(memory.worker) <= MOST_MB and flat


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=MILLION)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--validate", choices=["full", "read"], default="full")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--folder", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
