"""What the national directory said of a professional, and when: a small file of public data.

It is no store: a file that is damaged is dropped and begun anew, and one that cannot be used is done without.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from parcours.remote.searchset import Resource

LOGGER = logging.getLogger("parcours.annuaire")
T = TypeVar("T")

KEPT_DAYS = 30
"""The directory's terms of use: data older than this is deleted."""
_BUSY_SECONDS = 0.2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS releve_1 (
    rpps TEXT NOT NULL, depuis TEXT NOT NULL, jusqu_a TEXT NOT NULL, resources BLOB NOT NULL,
    PRIMARY KEY (rpps, depuis)
)
"""
_READ = "SELECT depuis, jusqu_a, resources FROM releve_1 WHERE rpps = ? ORDER BY depuis"
_FORGET = "DELETE FROM releve_1 WHERE jusqu_a < ?"
_WRITE = "INSERT OR REPLACE INTO releve_1 VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Releve:
    """What the directory said, the same each time it was asked from one day to another, both included."""

    depuis: dt.date
    jusqu_a: dt.date
    resources: tuple[Resource, ...]


class DirectoryCache:
    """The file, opened for each use: several processes share it. Nothing here ever raises."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, rpps: str, today: dt.date) -> tuple[Releve, ...]:
        """What is known of one professional, oldest first, and not older than thirty days.

        Nor said on a day to come: the clock was wrong then, or is now, and it is asked for anew.
        """

        def work(db: sqlite3.Connection) -> tuple[Releve, ...]:
            kept = (_releve(*row) for row in db.execute(_READ, (rpps,)))
            return tuple(releve for releve in kept if _oldest(today) <= releve.jusqu_a <= today)

        return self._try(work) or ()

    def write(self, rpps: str, releve: Releve, today: dt.date) -> None:
        """Keep this, and forget what is too old."""
        row = (
            rpps,
            releve.depuis.isoformat(),
            releve.jusqu_a.isoformat(),
            msgspec.json.encode(releve.resources),
        )

        def work(db: sqlite3.Connection) -> bool:
            db.execute(_FORGET, (_oldest(today).isoformat(),))
            db.execute(_WRITE, row)
            return True

        # A file found damaged is gone by now: the second try begins a new one.
        _ = self._try(work) or self._try(work)

    def _try(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What the work gives; ``None`` when the file cannot be used just now, or was damaged and is gone."""
        try:
            with closing(self._opened()) as db, db:
                return work(db)
        except (sqlite3.OperationalError, OSError) as error:
            # Locked, full, read-only, nowhere: it may be better next time.
            LOGGER.warning("annuaire cache unavailable: kind=%s", type(error).__name__)
        except (sqlite3.DatabaseError, msgspec.MsgspecError, ValueError, TypeError):
            LOGGER.warning("annuaire cache begun anew: reason=%s", "damaged")
            with contextlib.suppress(OSError):
                self._file.unlink()
        return None

    def _opened(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # Public data, but which doctors are asked about is nobody's business.
        os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600))
        db = sqlite3.connect(self._file, timeout=_BUSY_SECONDS)
        db.execute(_SCHEMA)
        return db


def _oldest(today: dt.date) -> dt.date:
    return today - dt.timedelta(days=KEPT_DAYS)


def _releve(depuis: str, jusqu_a: str, resources: bytes) -> Releve:
    listed = msgspec.json.decode(resources, type=tuple[Resource, ...])
    return Releve(dt.date.fromisoformat(depuis), dt.date.fromisoformat(jusqu_a), listed)
