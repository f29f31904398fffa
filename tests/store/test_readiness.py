"""Can it be written now? A write that was just confirmed says so, and nobody waits behind others to try."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from tests.store.samples import nouvelle

from parcours.errors import StoreUnavailable
from parcours.store import Store, database, sqlite_file


@contextmanager
def locked(url: str) -> Iterator[None]:
    """While another program writes, and does not end."""
    with closing(sqlite3.connect(url, isolation_level=None)) as rival:
        rival.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_MS", 50)


def test_a_write_of_a_moment_ago_shows_that_the_next_one_can_be(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store:
        store.declarations.create("local", nouvelle())
        with locked(sqlite_url):
            store.check()


def test_a_write_of_long_ago_shows_nothing(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Store.open(sqlite_url)) as store:
        store.declarations.create("local", nouvelle())
        monkeypatch.setattr(database, "PROVED_S", 0.0)
        with locked(sqlite_url), pytest.raises(StoreUnavailable, match="verrouillée"):
            store.check()


def test_nothing_is_shown_by_a_write_before_one_that_was_refused(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store:
        store.declarations.create("local", nouvelle())
        with locked(sqlite_url):
            with pytest.raises(StoreUnavailable):
                store.declarations.create("local", nouvelle("b"))
            with pytest.raises(StoreUnavailable):
                store.check()
        store.check()


def test_what_was_never_written_is_tried(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store, locked(sqlite_url), pytest.raises(StoreUnavailable):
        store.check()
