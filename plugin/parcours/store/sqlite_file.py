"""SQLite: one file, opened so that what is confirmed survives a power cut, and watched while it is open."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from parcours.errors import StoreUnavailable, StoreUnusable
from parcours.store.database import CONNECTIONS
from parcours.store.failures import LOST, code

BUSY_MS = 5000
AGAIN_S = 0.001
"""How soon a writer looks again whether another process is done: SQLite by itself waits up to 0.1 s."""

PRAGMAS: dict[str, int | str] = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a commit is on the disk before it is confirmed
    "foreign_keys": 1,
    "secure_delete": 1,  # what is erased is overwritten
    "fullfsync": 1,  # macOS alone needs to be told that fsync means it
    "trusted_schema": 0,
}

Identity = tuple[tuple[int, int], ...]
_KEY = "parcours.identity"


def identity(path: Path) -> Identity:
    """What the database, its journal and their index are on the disk. Raises ``OSError`` when one is gone."""
    files = (path, Path(f"{path}-wal"), Path(f"{path}-shm"))
    return tuple((stat.st_dev, stat.st_ino) for stat in map(os.stat, files))


class FileGuard:
    """Remembers which file was opened, for SQLite writes happily to one that was deleted or replaced.

    One that is overwritten by an older copy (``cp``) keeps its identity, but becomes smaller, which our files
    never do: nothing vacuums them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        first = os.stat(path)
        self._first = (first.st_dev, first.st_ino)
        self._size = first.st_size
        self._overwritten = False

    def adopt(self, connection: sqlite3.Connection) -> Identity:
        """The identity behind a new connection; ``StoreUnavailable`` when the file is not the first one."""
        before = os.stat(self.path)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # opens the journal as well
        found = identity(self.path)
        if not (found[0] == (before.st_dev, before.st_ino) == self._first):
            connection.close()
            raise StoreUnavailable(f"La base des déclarations ne répond pas : {LOST}.")
        return found

    def holds(self, connection: sa.Connection) -> bool:
        """Are all three files still those that this connection has open, and was none written over?"""
        try:
            return bool(identity(self.path) == connection.info[_KEY]) and self._never_shrank()
        except OSError:
            return False

    def _never_shrank(self) -> bool:
        """Once it was smaller it is never trusted again: its journal belongs to what stood there before."""
        known = self._size  # before the size of now, which another thread may outrun
        size = os.stat(self.path).st_size
        if size < known:
            self._overwritten = True
        self._size = max(size, self._size)
        return not self._overwritten


def connect(path: Path) -> sqlite3.Connection:
    """An open connection with every promise read back. It never creates a file."""
    promised = {"busy_timeout": BUSY_MS, **PRAGMAS}
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        for name, value in promised.items():
            connection.execute(f"PRAGMA {name}={value}")
        for name, value in promised.items():
            if connection.execute(f"PRAGMA {name}").fetchone() != (value,):
                raise StoreUnusable(f"La base refuse le réglage {name}={value} : elle n’est pas utilisée.")
    except BaseException:
        connection.close()
        raise
    return connection


def file_engine(path: Path, guard: FileGuard) -> sa.Engine:
    """An engine over one existing file. Its errors hide what they were asked to write."""
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: connect(path),
        poolclass=QueuePool,
        max_overflow=CONNECTIONS - 5,  # over the five that stay open
        pool_timeout=BUSY_MS / 1000,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def remember(connection: Any, record: Any) -> None:
        record.info[_KEY] = guard.adopt(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # Writers queue here, before they have read anything that another one could change.
        if connection.get_execution_options().get("writes", False):
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(connection: sa.Connection) -> None:
    """Begin a transaction that writes, as soon as no other process writes; SQLITE_BUSY after ``BUSY_MS``."""
    until = time.monotonic() + BUSY_MS / 1000
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while not _begun(connection, last=time.monotonic() > until):
            time.sleep(AGAIN_S)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MS}")


def _begun(connection: sa.Connection, *, last: bool) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if last or not code(error).startswith("SQLITE_BUSY"):
            raise
        return False
    return True
