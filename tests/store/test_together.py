"""What waits is written together; each waits for its own, for a bounded time, and none is lost."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Queue

import pytest

from parcours.errors import StoreUnavailable
from parcours.store.together import MOST, Together


class Slow:
    """A disk that answers when the test says so; what it gives is what it was brought, in capitals."""

    def __init__(self) -> None:
        self.writes: list[list[str]] = []
        self.begun = threading.Event()
        self.disk = threading.Event()
        self.refuses = False
        self.breaks = False

    def __call__(self, brought: Sequence[str]) -> Sequence[str]:
        self.writes.append(list(brought))
        self.begun.set()
        assert self.disk.wait(10)
        if self.breaks:
            raise RuntimeError("a bug")
        if self.refuses:
            raise StoreUnavailable("plein")
        return [each.upper() for each in brought]


def until(together: Together[str, str], waiting: int) -> None:
    """Wait for that many to wait."""
    turn = threading.Event()
    for _ in range(1000):
        if len(together._waiting) == waiting:
            return
        turn.wait(0.005)
    raise AssertionError(f"{len(together._waiting)} wait")


def test_all_that_came_while_one_was_written_are_written_together() -> None:
    slow = Slow()
    together = Together(slow)
    with ThreadPoolExecutor(9) as threads:
        first = threads.submit(together.bring, "first")
        assert slow.begun.wait(10)
        others = [threads.submit(together.bring, f"n{number}") for number in range(8)]
        until(together, 8)
        assert not any(other.done() for other in others)
        slow.disk.set()
        assert [done.result(10) for done in (first, *others)] == ["FIRST", *(f"N{n}" for n in range(8))]
    assert [len(written) for written in slow.writes] == [1, 8]


@pytest.mark.parametrize("breaks", [False, True], ids=["refused", "a bug"])
def test_a_refusal_reaches_all_that_it_is_for_and_the_next_ones_go_on(breaks: bool) -> None:
    slow = Slow()
    slow.refuses, slow.breaks = not breaks, breaks
    together = Together(slow)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(together.bring, "first")
        assert slow.begun.wait(10)
        others = [threads.submit(together.bring, str(n)) for n in range(3)]
        until(together, 3)
        slow.disk.set()
        for done in (first, *others):
            assert isinstance(done.exception(10), StoreUnavailable | RuntimeError)
    slow.refuses = slow.breaks = False
    assert together.bring("after") == "AFTER"
    assert slow.writes[-1] == ["after"]


def test_who_waits_too_long_is_refused_and_takes_back_what_he_brought() -> None:
    slow = Slow()
    together = Together(slow, seconds=0.05)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(together.bring, "first")
        assert slow.begun.wait(10)
        with pytest.raises(StoreUnavailable, match="tarde"):
            together.bring("late")
        slow.disk.set()
        first.result(10)
    together.bring("next")
    assert slow.writes == [["first"], ["next"]]


def test_no_more_wait_than_a_process_can_spare() -> None:
    slow = Slow()
    together = Together(slow)
    with ThreadPoolExecutor(MOST) as threads:
        waiting = [threads.submit(together.bring, str(n)) for n in range(MOST)]
        assert slow.begun.wait(10)
        until(together, MOST - 1)
        with pytest.raises(StoreUnavailable, match="trop d’écritures"):
            together.bring("one too many")
        slow.disk.set()
        for done in waiting:
            done.result(10)
    assert together.bring("next") == "NEXT"


def test_one_who_dies_while_it_waits_keeps_nobody_from_writing() -> None:
    """Out of memory, for instance: what it brought is written all the same, by whoever comes next."""
    slow = Slow()
    together = Together(slow, seconds=0.4)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(together.bring, "first")
        assert slow.begun.wait(10)
        dying = Queue[int]()

        def bring() -> str:
            dying.put(threading.get_ident())
            return together.bring("second")

        second = threads.submit(bring)
        until(together, 1)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(dying.get()), ctypes.py_object(MemoryError))
        slow.disk.set()
        assert first.result(10) == "FIRST"
        assert isinstance(second.exception(10), MemoryError)
    assert together.bring("third") == "THIRD"
    assert slow.writes == [["first"], ["second", "third"]]
