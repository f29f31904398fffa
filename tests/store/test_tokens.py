"""A token serves once, also when the database's word on a commit is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from tests.store.lost_commit import either_way, lose_a_commit
from tests.store.samples import NOW

from parcours.store import Store
from parcours.store.tables import JETON
from parcours.store.tokens import MARKED

MINUTE = dt.timedelta(minutes=1)
LATER = NOW + 5 * MINUTE


@either_way
def test_a_token_is_let_in_once_though_the_connection_was_lost_during_the_commit(
    store: Store, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    to_lose = lose_a_commit(store, monkeypatch, committed)
    assert store.jetons.use("issuer", "jti", LATER, NOW)
    assert not to_lose
    assert not store.jetons.use("issuer", "jti", LATER, NOW)


def test_what_marks_a_write_is_gone_long_before_the_tokens(store: Store) -> None:
    for after in (0 * MINUTE, 2 * MARKED, 4 * MARKED):
        assert store.jetons.use("issuer", f"jti {after}", LATER, NOW + after)
    with store._database.reading() as connection:
        assert len(connection.execute(sa.select(JETON)).all()) == 3 + 1


def test_tokens_are_written_in_one_order_so_that_two_processes_never_wait_for_each_other(
    store: Store,
) -> None:
    written: list[str] = []

    def note(_connection: object, clause: object, rows: Sequence[dict[str, str]], *_: object) -> None:
        if isinstance(clause, sa.Insert):
            written.extend(row["empreinte"] for row in rows)

    sa.event.listen(store._database.engine, "before_execute", note)
    for number in range(10):
        written.clear()
        assert store.jetons.use("issuer", str(number), LATER, NOW)
        assert written == sorted(written)
        assert len(written) == 2
