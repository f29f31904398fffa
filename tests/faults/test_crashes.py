"""A process that dies takes nothing with it that it had confirmed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg
import pytest
import sqlalchemy as sa
from tests.faults.writers import TENANT, assert_nothing_lost, heard, heard_after_a_refusal, killed, writer
from tests.store.databases import Cluster
from tests.store.samples import move, nouvelle

from parcours.errors import StoreUnavailable
from parcours.store import Store

ROUNDS = 4
TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_a_writer_killed_again_and_again_loses_nothing_that_it_confirmed(url: str) -> None:
    Store.open(url).close()
    confirmed: list[str] = []
    for number in range(ROUNDS):
        with writer(url, str(number)) as first, writer(url, f"x{number}") as second:
            confirmed += heard(first, 5 + 3 * number)
            confirmed += killed(first) + killed(second)
        assert_nothing_lost(url, confirmed)
    assert len(confirmed) > ROUNDS * 5
    if not url.startswith("postgresql"):
        with closing(sqlite3.connect(url)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


# ---------------------------------------------------------------- PostgreSQL


def test_a_server_stopped_at_once_loses_nothing_and_is_found_again(
    cluster: Cluster, postgres_url: str
) -> None:
    Store.open(postgres_url).close()
    store = Store.join(postgres_url)
    with writer(postgres_url, "a", count=1_000_000) as process:
        confirmed = heard(process, 10)
        cluster.stop()
        try:
            with pytest.raises(StoreUnavailable):
                store.declarations.create(TENANT, nouvelle("down"))
            with pytest.raises(StoreUnavailable):
                store.check()
        finally:
            cluster.start()
        # The same process goes on by itself: some refusals, then confirmations again.
        confirmed += heard_after_a_refusal(process) + killed(process)
    assert store.declarations.create(TENANT, nouvelle("up")).created
    store.check()
    store.close()
    assert_nothing_lost(postgres_url, confirmed)


def test_a_connection_that_the_server_ends_is_replaced_without_a_word(
    cluster: Cluster, postgres_url: str
) -> None:
    Store.open(postgres_url).close()
    with writer(postgres_url, "a") as process:
        confirmed = heard(process, 3)
        for _ in range(5):
            cluster.execute(TERMINATE, sa.make_url(postgres_url).database)
            confirmed += heard(process, 5)
        confirmed += killed(process)
    assert_nothing_lost(postgres_url, confirmed)


@pytest.mark.parametrize("committed", [True, False], ids=["it was committed", "it was not"])
def test_a_connection_lost_during_a_commit_is_looked_into_before_answering(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    """The server's word is lost once: SQLAlchemy is told of a broken connection in place of its answer."""
    store = Store.open(postgres_url)
    dialect = store._database.engine.dialect
    commit = dialect.do_commit
    lost = iter([True])

    def cut(connection: sa.PoolProxiedConnection) -> None:
        if next(lost, False):
            if committed:
                commit(connection)
            assert connection.dbapi_connection
            connection.dbapi_connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        commit(connection)

    monkeypatch.setattr(dialect, "do_commit", cut)
    given = nouvelle()
    made = store.declarations.create(TENANT, given)
    assert (made.created, made.dossier.id) == (True, given.id)
    lost = iter([True])
    assert store.declarations.advance(TENANT, given.id, 1, move("signee")).version == 2
    monkeypatch.undo()
    kept = store.declarations.read(TENANT, given.id)
    assert kept
    assert [step.version for step in kept.transitions] == [1, 2]
    store.close()
