"""One database and its transactions: short, whole, tried again when that helps, never silently lost."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from parcours.errors import StoreUnavailable
from parcours.store.failures import LOGGER, LOST, code, may_be_tried_again, told
from parcours.store.scope import Scope, speak_for

T = TypeVar("T")
ATTEMPTS = 4
"""Once, and three times again."""
MAX_WRITERS = 4
"""How many transactions of one process may write, or wait to: a database that is stuck must not take every
thread."""
PATIENCE_S = 3.0
"""How long the next one waits for its turn: a transaction takes milliseconds, on a busy machine far more."""
CONNECTIONS = 25
"""More than the threads of a process: a request never waits for a connection because others read."""
PROVED_S = 1.0
"""For how long a write that was confirmed shows that the next one can be: under load nobody needs to try."""
CROWDED = "trop d’écritures attendent déjà"


class Guard(Protocol):
    """Knows whether a connection still leads to the database that was opened."""

    def holds(self, connection: sa.Connection) -> bool:
        """Is what this connection writes still what the next process will read?"""


class Database:
    """An engine, and the two ways to use it. Every method raises ``StoreUnavailable``, and no SQL error."""

    def __init__(self, engine: sa.Engine, guard: Guard | None = None) -> None:
        self.engine = engine
        self._guard = guard
        self._turns = threading.BoundedSemaphore(MAX_WRITERS)
        self._proved = -math.inf  # when a write was last confirmed, if none was refused since

    @property
    def is_sqlite(self) -> bool:
        """Is this a file of ours, rather than a server?"""
        return self.engine.dialect.name == "sqlite"

    def writer(self) -> sa.Connection:
        """A connection whose transactions write. Raises what the database raises."""
        return self.engine.connect().execution_options(writes=True)

    @contextmanager
    def reading(self, scope: Scope = None) -> Iterator[sa.Connection]:
        """A connection that sees one moment of the database: of whose rows, ``scope`` says."""
        with told(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                self._check(connection)
                speak_for(connection, scope)
                yield connection

    def write(self, work: Callable[[sa.Connection], T], scope: Scope = None) -> T:
        """The result of ``work``, committed; whose rows it may touch, ``scope`` says.

        ``work`` may run several times, each in a transaction of its own; so it must find what an
        earlier run left behind. That is also how an outcome gets known when the connection broke in
        the middle of a commit: the work is run again, and looks.
        """
        try:
            with self._turn(), told():
                return self._attempted(work, scope)
        except StoreUnavailable:
            self._proved = -math.inf
            raise

    def _attempted(self, work: Callable[[sa.Connection], T], scope: Scope) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return self._written(work, scope)
            except DBAPIError as error:
                if not may_be_tried_again(error):
                    raise
                LOGGER.info("transaction tried again: code=%s", code(error))
        return self._written(work, scope)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE_S):
            raise StoreUnavailable(f"La base des déclarations ne répond pas : {CROWDED}.")
        try:
            yield
        finally:
            self._turns.release()

    def _written(self, work: Callable[[sa.Connection], T], scope: Scope) -> T:
        with self.writer() as connection:
            with connection.begin():
                self._check(connection)
                speak_for(connection, scope)
                result = work(connection)
            # A commit into a file that nobody will open again must not be confirmed.
            self._check(connection)
            self._proved = time.monotonic()
            return result

    def _check(self, connection: sa.Connection) -> None:
        if self._guard and not self._guard.holds(connection):
            connection.invalidate()
            raise StoreUnavailable(f"La base des déclarations ne répond pas : {LOST}.")

    def rehearse(self, work: Callable[[sa.Connection], object]) -> None:
        """Run ``work`` as a write and take it back: the database answers, or ``StoreUnavailable``.

        Nothing is run when a write was confirmed a moment ago: it would only wait behind those of others.
        """
        if time.monotonic() - self._proved < PROVED_S:
            return
        with self._turn(), told(), self.writer() as connection, connection.begin() as transaction:
            self._check(connection)
            work(connection)
            transaction.rollback()

    def fold_journal(self) -> None:
        """On SQLite, leave nothing in the journal of what was deleted; a reader at work may keep some."""
        if self.is_sqlite:
            with told(), closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
