"""Where a batch writes: beside its output, under names nobody takes for it, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from parcours.bulk.refusals import BatchRefused, OutputUnwritable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

BUSY = "Une autre exécution écrit déjà ce fichier."
NOT_WRITABLE = "La sortie ne peut pas être écrite : dossier absent, protégé, ou disque plein."


@dataclass(frozen=True, slots=True)
class Places:
    """The output, and the hidden files beside it while it is made."""

    output: Path

    def beside(self, what: str) -> Path:
        """A hidden file of this output."""
        return self.output.with_name(f".{self.output.name}.{what}")

    @property
    def partial(self) -> Path:
        """The lines answered so far."""
        return self.beside("partial")

    @property
    def journal(self) -> Path:
        """How far it is, and under which conditions."""
        return self.beside("journal")

    @property
    def shaped(self) -> Path:
        """The output in another form than lines, until it is whole."""
        return self.beside("shaped")

    @property
    def index(self) -> Path:
        """The resources of an export folder."""
        return self.beside("index")

    def clear(self) -> None:
        """Forget a batch that was not finished, or the traces of one that is."""
        for path in (self.journal, self.beside("journal.new"), self.partial, self.shaped, self.index):
            path.unlink(missing_ok=True)


@contextmanager
def writing() -> Iterator[None]:
    """What prevents writing, said without a path."""
    try:
        yield
    except OSError:
        raise OutputUnwritable(NOT_WRITABLE) from None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file to oneself. The system lets go of it when a process dies, however it dies."""
    file = _held(path)
    try:
        yield
    finally:
        with suppress(PermissionError):  # Windows keeps the name of what is open
            path.unlink(missing_ok=True)
        file.close()


def _held(path: Path) -> BinaryIO:
    """The file, locked, and still the one of that name: its last holder may have removed it."""
    while True:
        with writing():
            file = open_private(path, "ab")
        try:
            _lock(file)
            if path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno())):
                return file
        except OSError:
            file.close()
            raise BatchRefused(BUSY) from None
        file.close()


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def open_private(path: Path, mode: Literal["ab", "wb"]) -> BinaryIO:
    """Open a file to write; nobody else may read one that is made so, or lead it elsewhere by a link."""
    flags = {"ab": os.O_APPEND, "wb": os.O_TRUNC}[mode] | os.O_CREAT | os.O_WRONLY
    # Windows has no such link, and would translate the ends of lines.
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), mode)


def keep(file: BinaryIO) -> None:
    """Return once what was written is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def rename(made: Path, name: Path) -> None:
    """Give a whole file its name, for good: the folder itself is on the disk when this returns."""
    made.replace(name)
    if os.name != "nt":  # Windows has no such thing as a folder to open
        folder = os.open(name.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
