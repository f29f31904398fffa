"""The records of many requests, written together: one chain, and what cannot be recorded is refused."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from tests.audit.either import on_either
from tests.store.lost_commit import either_way, lose_a_commit
from tests.store.samples import NOW

from parcours.errors import AuditUnavailable
from parcours.store import Store
from parcours.store.audit import Entry, Traces
from parcours.store.witness import Witness

LATER = NOW + dt.timedelta(minutes=5)
STALL_S, CROWD = 0.8, 60


@on_either
def test_a_crowd_in_several_processes_makes_one_chain(traces: Traces, url: str, keys: str) -> None:
    stores = [Store.join(url) for _ in range(2)]
    witnesses = [Witness(store.audit(keys)) for store in stores]

    def keep(number: int) -> None:
        witnesses[number % 2].keep([Entry("t", NOW, f"{number}"), Entry("t", NOW, f"{number} bis")])

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(keep, range(60)))
    kept = [trace.contenu for trace in traces.records()]
    assert sorted(int(name) for name in kept[::2]) == list(range(60))
    assert kept[1::2] == [f"{name} bis" for name in kept[::2]]
    verdict = traces.verify()
    assert (verdict.fault, verdict.head.numero) == (None, 120)
    for store in stores:
        store.close()


@on_either
@either_way
def test_what_was_recorded_is_recorded_once_though_the_connection_was_lost_during_the_commit(
    traces: Traces, store: Store, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    witness = Witness(traces)
    witness.keep([Entry("t", NOW, "before")])
    to_lose = lose_a_commit(store, monkeypatch, committed)
    witness.keep([Entry("t", NOW, "one"), Entry("t", NOW, "two")])
    assert not to_lose
    assert [trace.contenu for trace in traces.records()] == ["before", "one", "two"]
    assert traces.verify().fault is None


def test_what_cannot_be_recorded_is_not_answered(traces: Traces, keys: str) -> None:
    witness = Witness(traces)
    witness.keep([Entry("t", NOW, "before")])
    Path(keys).rename(f"{keys}-gone")
    with pytest.raises(AuditUnavailable):
        witness.keep([Entry("t", NOW, "after")])
    assert [trace.contenu for trace in traces.records()] == ["before"]


@on_either
def test_of_many_that_show_one_token_at_once_one_is_let_in(url: str) -> None:
    stores = [Store.open(url), Store.join(url)]

    def use(number: int) -> bool:
        return stores[number % 2].jetons.use("issuer", f"jti-{number // 4}", LATER, NOW)

    with ThreadPoolExecutor(24) as threads:
        let_in = list(threads.map(use, range(96)))
    for store in stores:
        store.close()
    assert [sum(let_in[start : start + 4]) for start in range(0, 96, 4)] == [1] * 24


def test_a_disk_that_says_nothing_for_a_while_makes_nobody_be_refused(
    traces: Traces, store: Store, url: str
) -> None:
    """L-013: requests whose tokens had waited one by one came to the audit together, too many for it."""
    witness = Witness(traces)

    def ask(number: int) -> bool:
        new = store.jetons.use("issuer", f"jti-{number}", LATER, NOW)
        witness.keep([Entry("t", NOW, str(number))])
        return new

    with closing(sqlite3.connect(url, isolation_level=None)) as disk, ThreadPoolExecutor(CROWD) as threads:
        disk.execute("BEGIN IMMEDIATE")
        asked = [threads.submit(ask, number) for number in range(CROWD)]
        time.sleep(STALL_S)
        assert not any(done.done() for done in asked)
        disk.execute("ROLLBACK")
        assert all(done.result(10) for done in asked)
    assert sum(1 for _ in traces.records()) == CROWD
