"""Killed before a commit (F-004), before the answer left (F-003), in the middle of a migration (F-010)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.faults.catalogue.prepared import prepare
from tests.store.samples import nouvelle

from parcours.settings import Settings
from parcours.store import Store, schema
from parcours.store.records import Criteria
from parcours.web import create_app

ROOT = Path(__file__).resolve().parents[3]
LOCAL = "local"
COMMITTING = """
import os, signal, sys
import sqlalchemy as sa
from tests.store.samples import nouvelle
from parcours.store import Store

store = Store.join(sys.argv[1])
written = []
engine = store._database.engine
sa.event.listen(engine, "after_cursor_execute", lambda *asked: written.append(asked[2].split()[:3]))

def die(_):
    assert ["INSERT", "INTO", "declaration"] in written and ["INSERT", "INTO", "transition"] in written
    os.kill(os.getpid(), signal.SIGKILL)

sa.event.listen(engine, "commit", die)
store.declarations.create("local", nouvelle())
"""
"""Killed when all was written of a declaration, and the commit is next."""
MIGRATING = """
import os, signal, sys
from alembic import op
from parcours.store import Store

really, done = op.execute, []

def dies_late(*args, **kwargs):
    done.append(args)
    if len(done) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return really(*args, **kwargs)

op.execute = dies_late
Store.open(sys.argv[1])
"""
"""Killed in the middle of bringing a database up to date."""
BEFORE = "0004"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have SIGKILL")


def killed(*command: str) -> bytes:
    """Run this program, which is killed; what it said before."""
    child = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, timeout=120, check=False
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    return child.stdout


def declarations(url: str) -> int:
    with closing(Store.join(url)) as store:
        return store.declarations.search(LOCAL, Criteria(), 9).total


def test_f003_who_asks_again_gets_the_answer_that_did_not_leave(sqlite_url: str) -> None:
    lost = killed("-m", "tests.faults.catalogue.killed_child", sqlite_url, "the-key")
    assert declarations(sqlite_url) == 1
    again = prepare(create_app(Settings(database=sqlite_url)), "the-key")
    assert (again.status_code, again.data) == (200, lost)
    assert declarations(sqlite_url) == 1


def test_f004_of_what_was_not_committed_nothing_is_there_and_it_can_be_asked_again(url: str) -> None:
    Store.open(url).close()
    killed("-c", COMMITTING, url)
    assert declarations(url) == 0
    with closing(Store.join(url)) as store:
        assert store.declarations.create(LOCAL, nouvelle()).created


def test_f010_who_is_killed_while_he_migrates_leaves_the_database_of_before(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "SCHEMA", BEFORE)
        with closing(Store.open(url)) as store:
            made = store.declarations.create(LOCAL, nouvelle()).dossier
    killed("-c", MIGRATING, url)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "SCHEMA", BEFORE)
        with closing(Store.join(url)) as store, store._database.reading() as connection:
            assert schema.current(connection) == BEFORE
            assert "trace" not in sa.inspect(connection).get_table_names()
    with closing(Store.open(url)) as store:
        assert store.declarations.read(LOCAL, made.id) == made
