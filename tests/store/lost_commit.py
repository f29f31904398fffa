"""A commit whose answer is lost: whether it took place, nobody was told."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from parcours.store import Store

either_way = pytest.mark.parametrize("committed", [True, False], ids=["it was committed", "it was not"])


def lose_a_commit(store: Store, monkeypatch: pytest.MonkeyPatch, committed: bool) -> list[bool]:
    """The connection breaks at the next commit, after it or before. Empty once that has happened."""
    dialect = store._database.engine.dialect
    commit = dialect.do_commit
    to_lose = [True]

    def cut(connection: sa.PoolProxiedConnection) -> None:
        if to_lose:
            to_lose.clear()
            if committed:
                commit(connection)
            assert connection.dbapi_connection
            connection.dbapi_connection.close()
        commit(connection)

    monkeypatch.setattr(dialect, "do_commit", cut)
    return to_lose
