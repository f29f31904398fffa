"""What a process asks of its disk, call by call, and what it says meanwhile: the program under ``strace``."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.writers import ROOT

CALLS = "openat,pwrite64,ftruncate,fsync,fdatasync,unlink,unlinkat,write"
SHARED = ".sqlite-shm"
"""The end of the file that is memory: SQLite makes it anew after every stop."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes put at a place of a file."""

    path: Path
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file made shorter, or longer with zeros."""

    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """A file, or the names in a folder, asked to be on the disk; and the disk said yes."""

    path: Path


@dataclass(frozen=True, slots=True)
class Made:
    """A name that was not there, on an empty file."""

    path: Path


@dataclass(frozen=True, slots=True)
class Gone:
    """A name taken away."""

    path: Path


@dataclass(frozen=True, slots=True)
class Said:
    """Lines that left the process: from here on somebody relies on them."""

    lines: tuple[str, ...]


Event = Write | Cut | Sync | Made | Gone | Said

_FILE = rb"\d+<(?P<path>[^>]*)>"
_PATTERNS = {
    "write": re.compile(rb"pwrite64\(" + _FILE + rb', "(?P<data>[^"]*)", \d+, (?P<number>\d+)\) = \d+'),
    "cut": re.compile(rb"ftruncate\(" + _FILE + rb", (?P<number>\d+)\) = 0"),
    "sync": re.compile(rb"f(?:data)?sync\(" + _FILE + rb"\) = 0"),
    "gone": re.compile(rb'unlink(?:at)?\((?:[^"]*)"(?P<path>[^"]*)"[^)]*\) = 0'),
    "made": re.compile(rb'openat\([^"]*"[^"]*", [^)]*O_CREAT[^)]*\) = ' + _FILE),
    "said": re.compile(rb'write\(1<[^>]*>, "(?P<data>[^"]*)"'),
}


def recorded(url: Path, count: int, *more: str) -> list[Event]:
    """What a writer of ``count`` declarations did to the files beside ``url``, and confirmed."""
    log = url.parent.parent / "strace.log"
    command = ["strace", "-f", "-qq", "-y", "-xx", "-s", "1000000", "-o", str(log), "-e", f"trace={CALLS}"]
    child = [sys.executable, "-m", "tests.faults.disk.child", str(url), "a", str(count), *more]
    subprocess.run([*command, *child], cwd=ROOT, check=True, capture_output=True, timeout=600)
    try:
        return list(_read(log, url.parent))
    finally:
        log.unlink()


def _read(log: Path, folder: Path) -> Iterator[Event]:
    """The calls about files of this folder. Raises ``ValueError`` for one that was interrupted by another."""
    names = set(folder.iterdir())
    with log.open("rb") as lines:
        for line in lines:
            if b"<unfinished" in line:
                raise ValueError("two threads called at once: their order is not known")
            event = _event(line)
            if isinstance(event, Said):
                yield event
            elif event and folder in (event.path, event.path.parent) and event.path.suffix != SHARED:
                if not (isinstance(event, Made) and event.path in names):
                    yield event
                _follow(names, event)


def _follow(names: set[Path], event: Write | Cut | Sync | Made | Gone) -> None:
    if isinstance(event, Made):
        names.add(event.path)
    elif isinstance(event, Gone):
        names.discard(event.path)


def _event(line: bytes) -> Event | None:
    kind, found = next(
        ((kind, found) for kind, pattern in _PATTERNS.items() if (found := pattern.search(line))), ("", None)
    )
    if found is None:
        return None
    if kind == "said":
        return Said(tuple(_text(found["data"]).decode().splitlines()))
    path = Path(_text(found["path"]).decode())
    if kind == "write":
        return Write(path, int(found["number"]), _text(found["data"]))
    if kind == "cut":
        return Cut(path, int(found["number"]))
    if kind == "sync":
        return Sync(path)
    return Made(path) if kind == "made" else Gone(path)


def _text(told: bytes) -> bytes:
    return bytes.fromhex(told.replace(rb"\x", b"").decode())
