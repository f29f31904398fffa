"""New files with data of patients: private from their first byte, whole or absent, never over another one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def made_whole(path: Path) -> Iterator[Path]:
    """A private, empty file beside ``path``, to be filled; it takes that name when all went well.

    Raises ``FileExistsError`` when something bears the name already, and ``OSError``.
    """
    if path.exists():
        raise FileExistsError(path.name)
    handle, name = tempfile.mkstemp(prefix=".parcours-", dir=path.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        _sync(beside)
        os.link(beside, path)  # unlike a rename, it never replaces
        _sync(path.parent)
    finally:
        for left in (beside, Path(f"{beside}-wal"), Path(f"{beside}-shm")):
            left.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """On the disk, name and content. Windows has no such thing for a folder."""
    if os.name != "posix" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
