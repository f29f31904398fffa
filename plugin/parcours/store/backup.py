"""A copy of the database while it is written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from parcours.errors import StoreUnavailable
from parcours.store.database import Database
from parcours.store.new_files import made_whole


def copy(database: Database, path: Path) -> None:
    """All rows of one moment in the new file ``path``, checked in full before it bears that name.

    Raises ``StoreUnavailable``; ``FileExistsError`` and ``OSError`` for the new file.
    """
    with made_whole(path) as beside, database.reading() as connection:
        source = connection.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise StoreUnavailable("Une base PostgreSQL se sauvegarde avec pg_dump.")
        with closing(sqlite3.connect(beside, isolation_level=None)) as target:
            source.backup(target)
            sound = target.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        if not sound:
            raise StoreUnavailable("La base est endommagée : la sauvegarde n’a pas été faite.")
