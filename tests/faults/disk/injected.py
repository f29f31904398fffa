"""The disk says no to one call, the Nth: a process writes under ``strace``, which answers in its place."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.faults.disk.kept import Damaged, kept
from tests.faults.evidence import Evidence, confirmations
from tests.faults.writers import ROOT

from parcours.errors import StoreUnusable
from parcours.store import Store

NO_STRACE = "no strace here: apt-get install strace"
CALLS = ("pwrite64", "fdatasync")
ERRORS = ("EIO", "ENOSPC")
DECLARATIONS = 2
AT_ONCE = 2


def strace_works() -> bool:
    """Is there a ``strace`` here, and may it watch a process?"""
    found = shutil.which("strace")
    command = [str(found), "-qq", "true"]
    return bool(found) and subprocess.run(command, capture_output=True, check=False).returncode == 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Which call fails, and how."""

    call: str
    error: str
    nth: int


@dataclass(frozen=True, slots=True)
class Run:
    """What one run came to."""

    fault: Fault
    happened: bool
    said: tuple[str, ...]
    problem: str = ""
    """What the process did besides confirming and refusing."""


def run(folder: Path, fault: Fault, *more: str) -> Run:
    """Write into the database of this folder while the disk says no once."""
    log = folder / "strace.log"
    command = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={fault.call}"]
    command += ["-e", f"inject={fault.call}:error={fault.error}:when={fault.nth}"]
    child = [sys.executable, "-m", "tests.faults.disk.child", str(database(folder)), "a", str(DECLARATIONS)]
    done = subprocess.run(
        [*command, *child, *more], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    happened = "(INJECTED)" in log.read_text("utf-8", "replace")
    problem = f"exit {done.returncode}: {done.stderr[-300:]}" if done.returncode else ""
    return Run(fault, happened, tuple(done.stdout.splitlines()), problem)


def database(folder: Path) -> Path:
    """Where the database of a run is."""
    return folder / "kept" / "parcours.sqlite"


def look(folder: Path, told: Run, evidence: Evidence) -> None:
    """Compare what was said with what is there, and have the service open it again."""
    if told.problem:
        evidence.failures.append(f"{told.fault}: {told.problem}")
    try:
        found = kept(database(folder)) if database(folder).exists() else {}
        evidence.add(confirmations(list(told.said)), found)
        Store.open(str(database(folder))).close()
    except (Damaged, StoreUnusable) as error:
        evidence.failures.append(f"{told.fault}: {error}")
    if left := [file.name for file in database(folder).parent.iterdir() if file != database(folder)]:
        evidence.failures.append(f"{told.fault}: left behind: {left}")


def tried(fault: Fault, evidence: Evidence, *more: str, new: bool) -> bool:
    """One run on a database of its own, ``new`` or made before; did the fault happen?"""
    with tempfile.TemporaryDirectory(prefix="parcours-disk-") as name:
        folder = Path(name)
        if not new:
            Store.open(str(database(folder))).close()
        told = run(folder, fault, *more)
        look(folder, told, evidence)
        return told.happened


def positions(evidence: Evidence, *, new: bool, errors: Iterable[str] = ERRORS, step: int = 1) -> None:
    """Every position of every call and error, or one in ``step``, until a run ends without a fault."""
    for call in CALLS:
        for error in errors:
            _each_position(evidence, (Fault(call, error, nth) for nth in count(1, step)), new)


def _each_position(evidence: Evidence, faults: Iterator[Fault], new: bool) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        happened = True
        while happened:
            batch = [next(faults) for _ in range(AT_ONCE)]
            happened = all(threads.map(lambda fault: tried(fault, evidence, new=new), batch))
