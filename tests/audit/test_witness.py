"""Records that wait are written together; each waits for its own, for a bounded time, and none is lost."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.audit.either import on_either
from tests.store.samples import NOW

from parcours.errors import AuditUnavailable, StoreUnavailable
from parcours.store import Store
from parcours.store.audit import Entry, Traces
from parcours.store.witness import MOST, Witness


class Slow(Traces):
    """An audit whose disk answers when the test says so."""

    def __init__(self) -> None:
        self.writes: list[list[str]] = []
        self.begun = threading.Event()
        self.disk = threading.Event()
        self.refuses = False
        self.breaks = False

    def add(self, entries: Sequence[Entry]) -> None:
        self.writes.append([entry.contenu for entry in entries])
        self.begun.set()
        assert self.disk.wait(10)
        if self.breaks:
            raise RuntimeError("a bug")
        if self.refuses:
            raise StoreUnavailable("plein")


def entries(*names: str) -> list[Entry]:
    return [Entry("t", NOW, name) for name in names]


def until(witness: Witness, waiting: int) -> None:
    """Wait for that many to wait."""
    turn = threading.Event()
    for _ in range(1000):
        if len(witness._waiting) == waiting:
            return
        turn.wait(0.005)
    raise AssertionError(f"{len(witness._waiting)} wait")


def test_all_that_came_while_one_was_written_are_written_together() -> None:
    slow = Slow()
    witness = Witness(slow)
    with ThreadPoolExecutor(9) as threads:
        first = threads.submit(witness.keep, entries("first"))
        assert slow.begun.wait(10)
        others = [threads.submit(witness.keep, entries(f"{n}", f"{n} bis")) for n in range(8)]
        until(witness, 8)
        assert not any(other.done() for other in others)
        slow.disk.set()
        assert [done.result(10) for done in (first, *others)] == [None] * 9
    assert [len(written) for written in slow.writes] == [1, 16]
    assert slow.writes[1][1] == f"{slow.writes[1][0]} bis"


@pytest.mark.parametrize("breaks", [False, True], ids=["refused", "a bug"])
def test_a_refusal_reaches_all_that_it_is_for_and_the_next_ones_go_on(breaks: bool) -> None:
    slow = Slow()
    slow.refuses, slow.breaks = not breaks, breaks
    witness = Witness(slow)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(witness.keep, entries("first"))
        assert slow.begun.wait(10)
        others = [threads.submit(witness.keep, entries(str(n))) for n in range(3)]
        until(witness, 3)
        slow.disk.set()
        for done in (first, *others):
            assert isinstance(done.exception(10), AuditUnavailable | RuntimeError)
    slow.refuses = slow.breaks = False
    witness.keep(entries("after"))
    assert slow.writes[-1] == ["after"]


def test_who_waits_too_long_is_refused_and_takes_his_record_back() -> None:
    slow = Slow()
    witness = Witness(slow, seconds=0.05)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(witness.keep, entries("first"))
        assert slow.begun.wait(10)
        with pytest.raises(AuditUnavailable, match="tarde"):
            witness.keep(entries("late"))
        slow.disk.set()
        first.result(10)
    witness.keep(entries("next"))
    assert slow.writes == [["first"], ["next"]]


def test_no_more_wait_than_a_process_can_spare() -> None:
    slow = Slow()
    witness = Witness(slow)
    with ThreadPoolExecutor(MOST) as threads:
        waiting = [threads.submit(witness.keep, entries(str(n))) for n in range(MOST)]
        assert slow.begun.wait(10)
        until(witness, MOST - 1)
        with pytest.raises(AuditUnavailable, match="trop de demandes"):
            witness.keep(entries("one too many"))
        slow.disk.set()
        for done in waiting:
            done.result(10)
    witness.keep(entries("next"))


@on_either
def test_a_crowd_in_several_processes_makes_one_chain(traces: Traces, url: str, keys: str) -> None:
    stores = [Store.join(url) for _ in range(2)]
    witnesses = [Witness(store.audit(keys)) for store in stores]

    def keep(number: int) -> None:
        witnesses[number % 2].keep(entries(str(number)))

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(keep, range(60)))
    assert sorted(int(trace.contenu) for trace in traces.records()) == list(range(60))
    verdict = traces.verify()
    assert (verdict.fault, verdict.head.numero) == (None, 60)
    for store in stores:
        store.close()
