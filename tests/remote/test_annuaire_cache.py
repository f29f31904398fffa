"""The file of what the directory said: dated, shared, and done without when it is no good (F-063)."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.fhir.builders import AUTRE, DOC
from tests.remote.directory import TODAY, person

from parcours.remote.directory_cache import KEPT_DAYS, DirectoryCache, Releve

DAY = dt.timedelta(days=1)
SAID = Releve(TODAY - 3 * DAY, TODAY, (person(),))
Spoil = Callable[[Path], object]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "annuaire.sqlite"


@pytest.fixture
def cache(file: Path) -> DirectoryCache:
    cache = DirectoryCache(file)
    cache.write(DOC, SAID, TODAY)
    return cache


def test_what_is_written_is_read_back_by_number(cache: DirectoryCache, file: Path) -> None:
    assert cache.read(DOC, TODAY) == DirectoryCache(file).read(DOC, TODAY) == (SAID,)
    assert cache.read(AUTRE, TODAY) == ()


def test_the_same_beginning_is_replaced_and_another_stands_beside_it(cache: DirectoryCache) -> None:
    longer = Releve(SAID.depuis, TODAY + DAY, SAID.resources)
    later = Releve(TODAY + DAY, TODAY + DAY, ())
    cache.write(DOC, longer, TODAY)
    cache.write(DOC, later, TODAY)
    assert cache.read(DOC, TODAY + DAY) == (longer, later)


def test_what_is_older_than_thirty_days_is_neither_told_nor_kept(cache: DirectoryCache, file: Path) -> None:
    last = TODAY + KEPT_DAYS * DAY
    assert cache.read(DOC, last) == (SAID,)
    assert cache.read(DOC, last + DAY) == ()
    cache.write(AUTRE, Releve(last + DAY, last + DAY, ()), last + DAY)
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT rpps FROM releve_1").fetchall() == [(AUTRE,)]


def test_f042_a_clock_that_went_back_loses_nothing(cache: DirectoryCache) -> None:
    before = TODAY - 3650 * DAY
    assert cache.read(DOC, before) == ()
    cache.write(DOC, Releve(before, before, ()), before)
    assert SAID in cache.read(DOC, TODAY)


def test_f042_what_a_clock_ahead_made_is_not_fresh_for_years(cache: DirectoryCache) -> None:
    later = TODAY + 3650 * DAY
    cache.write(DOC, Releve(later, later, ()), later)
    cache.write(DOC, SAID, TODAY)
    assert cache.read(DOC, TODAY) == (SAID,)


@pytest.mark.skipif(sys.platform == "win32", reason="files of Windows have no modes")
def test_the_file_is_its_owner_s_alone(cache: DirectoryCache, file: Path) -> None:
    assert cache.read(DOC, TODAY)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def row(depuis: str, resources: bytes) -> Spoil:
    def spoil(file: Path) -> None:
        with closing(sqlite3.connect(file)) as db, db:
            db.execute("UPDATE releve_1 SET depuis = ?, resources = ?", (depuis, resources))

    return spoil


def middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[1000:5000] = os.urandom(4000)
    file.write_bytes(content)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(
            lambda file: file.write_bytes(b"not a database, and long enough to be read" * 99), id="text"
        ),
        pytest.param(lambda file: file.write_bytes(file.read_bytes()[:5000]), id="cut"),
        pytest.param(middle, id="pages overwritten"),
        pytest.param(row("not a day", b"[]"), id="a day that is none"),
        pytest.param(row("2026-02-14", b"[{"), id="JSON that is none"),
        pytest.param(row("2026-02-14", b"{}"), id="no list"),
    ],
)
def test_f063_a_damaged_file_is_dropped_and_begun_anew(
    cache: DirectoryCache, file: Path, spoil: Spoil
) -> None:
    spoil(file)
    assert cache.read(DOC, TODAY) == ()
    assert not file.exists()
    cache.write(DOC, SAID, TODAY)
    assert cache.read(DOC, TODAY) == (SAID,)


def test_f063_a_damaged_file_does_not_lose_what_is_written_now(cache: DirectoryCache, file: Path) -> None:
    file.write_bytes(b"x" * 5000)
    cache.write(DOC, SAID, TODAY)
    assert cache.read(DOC, TODAY) == (SAID,)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 100, 4096])
def test_f063_a_file_cut_anywhere_harms_nobody(cache: DirectoryCache, file: Path, length: int) -> None:
    file.write_bytes(file.read_bytes()[:length])
    assert cache.read(DOC, TODAY) == ()
    cache.write(DOC, SAID, TODAY)
    assert cache.read(DOC, TODAY) == (SAID,)


def test_a_file_that_cannot_be_used_is_done_without_and_left_there(cache: DirectoryCache, file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert cache.read(DOC, TODAY) == ()
        cache.write(DOC, SAID, TODAY)
    assert cache.read(DOC, TODAY) == (SAID,)
    folder = DirectoryCache(file.parent)
    folder.write(DOC, SAID, TODAY)
    assert folder.read(DOC, TODAY) == ()
    assert file.exists()
