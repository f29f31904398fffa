"""F-016: another process holds the database for less long than we wait."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing

from tests.store.samples import nouvelle

from parcours.store import Store

HELD_S = 0.5


def test_f016_a_short_lock_is_waited_for(sqlite_url: str) -> None:
    with (
        closing(Store.open(sqlite_url)) as store,
        closing(sqlite3.connect(sqlite_url, isolation_level=None, check_same_thread=False)) as rival,
    ):
        rival.execute("BEGIN IMMEDIATE")
        release = threading.Timer(HELD_S, rival.execute, ["COMMIT"])
        began = time.monotonic()
        release.start()
        assert store.declarations.create("cabinet", nouvelle()).created
        assert time.monotonic() - began >= HELD_S
        release.join()
