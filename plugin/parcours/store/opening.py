"""Opening a database: looked at, brought up to date, asserted; or refused, in words that say what to do."""

from __future__ import annotations

import datetime as dt
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from parcours.errors import StoreUnavailable, StoreUnusable
from parcours.store import start_checks as checks
from parcours.store.activity import Activite
from parcours.store.audit import Traces
from parcours.store.audit_keys import AuditKeys
from parcours.store.backup import copy
from parcours.store.database import Database
from parcours.store.declarations import Declarations
from parcours.store.failures import LOGGER, code, reason
from parcours.store.feedback import Retours
from parcours.store.new_files import made_whole
from parcours.store.postgres import assert_bound, assert_durable, server_engine
from parcours.store.retention import Conservation, note_in_journal
from parcours.store.schema import assert_current, migrate
from parcours.store.sessions import Lancements, Sessions
from parcours.store.sqlite_file import FileGuard, file_engine
from parcours.store.tokens import Jetons, JetonsAcces

SERVER = "postgresql://"
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Store:
    """All that is kept: declarations, used tokens, feedback, sessions, counts of answers.

    Safe between threads; one for each process.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.declarations = Declarations(database)
        self.jetons = Jetons(database)
        self.acces = JetonsAcces(database)
        self.retours = Retours(database)
        self.lancements = Lancements(database)
        self.sessions = Sessions(database)
        self.activite = Activite(database)
        self.conservation = Conservation(database)
        # A file left open keeps its journal; it is folded in when this object, or the program, ends.
        self._end = weakref.finalize(self, database.engine.dispose)

    @classmethod
    def open(cls, url: str) -> Store:
        """Open a database; made when there is none, brought up to date when it is older.

        ``url``: the path of a file, or ``postgresql://…``. Raises ``StoreUnusable``.
        """
        with refusing():
            if url.startswith(SERVER):
                return cls._opened(_server(url), migrate)
            path = Path(url).absolute()
            if not path.exists():
                _make(path)
            _look(path)
            checks.assert_sound(path)
            return cls._opened(_file(path), migrate)

    @classmethod
    def join(cls, url: str) -> Store:
        """Open a database that exists and is up to date, as every process but the first does.

        Raises ``StoreUnusable``.
        """
        with refusing():
            if url.startswith(SERVER):
                return cls._opened(_server(url), assert_current)
            path = Path(url).absolute()
            _look(path)
            return cls._opened(_file(path), assert_current)

    @classmethod
    def _opened(cls, database: Database, first: Callable[[sa.Connection], None]) -> Store:
        """A store over a database in which ``first`` went well; otherwise nothing stays open."""
        try:
            with database.writer() as connection, connection.begin():
                if not database.is_sqlite:
                    assert_durable(connection)
                    assert_bound(connection)
                first(connection)
        except BaseException:
            database.engine.dispose()
            raise
        return cls(database)

    def check(self) -> None:
        """Can it be written now? ``StoreUnavailable`` when not. Nothing is."""
        self._database.rehearse(lambda connection: note_in_journal(connection, EPOCH, "check", "nothing", 0))

    def audit(self, keys: str) -> Traces:
        """The audit, signed with the keys in that folder."""
        return Traces(self._database, AuditKeys(keys))

    def backup(self, path: Path) -> None:
        """A whole copy of one moment in the new file ``path``, while others write.

        Raises ``StoreUnavailable``; ``FileExistsError``, ``OSError`` for the copy.
        """
        copy(self._database, path)

    def close(self) -> None:
        """Let go of the database. May be called twice."""
        self._end()


def _server(url: str) -> Database:
    return Database(server_engine(url))


def _file(path: Path) -> Database:
    guard = FileGuard(path)
    return Database(file_engine(path, guard), guard)


def _look(path: Path) -> None:
    """Everything that can be told of a file from outside. Raises ``StoreUnusable``."""
    if not path.is_file():
        raise StoreUnusable("Il n’y a pas de base à l’endroit indiqué (PARCOURS_DATABASE).")
    checks.assert_local(path)
    checks.assert_private(path)
    checks.assert_whole(path)
    checks.assert_writable(path)
    checks.report_missing_journal(path)


def _make(path: Path) -> None:
    """A new database, complete before it bears its name: nobody ever finds half of one."""
    checks.refuse_orphaned_journal(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    checks.assert_local(path.parent)
    try:
        with made_whole(path) as beside:
            Store._opened(_file(beside), migrate).close()
    except FileExistsError:
        pass  # another process made it first


@contextmanager
def refusing() -> Iterator[None]:
    """Whatever prevents the start leaves as ``StoreUnusable``, without path or query."""
    try:
        yield
        return
    except StoreUnavailable as error:
        why = str(error)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        LOGGER.warning("store unusable: code=%s", code(error))
        why = f"La base ne s’ouvre pas : {reason(error)}."
    raise StoreUnusable(why) from None
