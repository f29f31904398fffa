"""What a SQLite file holds after a fault, read without a line of the program that wrote it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

QUERY = """
SELECT cle, declaration.version, count(transition.version), max(transition.version)
FROM declaration LEFT JOIN transition USING (tenant, id) GROUP BY tenant, id
"""


class Damaged(Exception):
    """The file is no whole database, or what it says of a declaration does not hold together."""


def kept(path: Path) -> dict[str, int]:
    """The last version of each declaration, by its key. Raises ``Damaged``."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()
            rows = connection.execute(QUERY).fetchall()
    except sqlite3.DatabaseError as error:
        raise Damaged(error.sqlite_errorname) from error
    if verdict != ("ok",):
        raise Damaged(verdict[0])
    if any(not version == steps == last for _, version, steps, last in rows):
        raise Damaged("a declaration without all its steps")
    return {cle: version for cle, version, _, _ in rows}
