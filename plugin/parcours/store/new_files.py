"""New files with data of patients: private from their first byte, whole or absent, never over another one."""

from __future__ import annotations

import errno
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
        if Path(f"{beside}-wal").exists():
            # SQLite closes without a word when the disk does not let it fold its journal into the file.
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sync(beside)
        os.link(beside, path)  # unlike a rename, it never replaces
        sync(path.parent)
    finally:
        for left in (beside, Path(f"{beside}-wal"), Path(f"{beside}-shm")):
            left.unlink(missing_ok=True)


def replaced_whole(path: Path, content: bytes) -> None:
    """The file with this content, or as it was; private from its first byte. Raises ``OSError``."""
    handle, name = tempfile.mkstemp(prefix=".parcours-", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        sync(beside)
        beside.replace(path)
        sync(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """On the disk, name and content. Windows has no such thing for a folder."""
    if os.name != "posix" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
