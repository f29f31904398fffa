"""Who gets a place among the calls out, and for whom one is left: A-050."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import pytest

from parcours.remote.slots import MAX_WAITING, Slots
from parcours.remote.unreachable import Reason, Unreachable


def taken(slots: Slots, server: str) -> int:
    """How many places this server gets before one is refused."""
    for number in range(100):
        try:
            slots.take(server)
        except Unreachable:
            return number
    raise AssertionError("no bound")


SHARES: list[tuple[list[tuple[str | None, str]], list[int]]] = [
    ([(None, "s1"), (None, "s2"), (None, "s3"), (None, "s4")], [4, 2, 1, 1]),
    ([("a", "s1")], [3]),
    ([("a", "s1"), ("b", "s1"), ("a", "s1")], [3, 1, 0]),
    ([("a", "s1"), ("a", "s2"), ("b", "s3")], [3, 1, 1]),
    ([("a", "s1"), ("b", "s2")], [3, 2]),
]
"""Whoever comes, in this order, wants all he can get of eight: by client and server, how many each gets."""


@pytest.mark.parametrize(("comers", "shares"), SHARES)
def test_a050_no_server_and_no_client_takes_the_place_of_the_others(
    comers: list[tuple[str | None, str]], shares: list[int]
) -> None:
    slots = Slots(8)
    assert [taken(slots.of(client) if client else slots, server) for client, server in comers] == shares


def test_who_gets_no_place_is_told_that_all_are_busy() -> None:
    with pytest.raises(Unreachable) as refusal:
        Slots(0).take("s")
    assert refusal.value.reason is Reason.BUSY


def test_a_place_that_is_given_back_is_free_for_anybody() -> None:
    slots = Slots(8)
    ours = slots.of("a")
    before = taken(ours, "s")
    for _ in range(before):
        ours.give_back("s")
    assert taken(slots.of("b"), "s") == before


LATE = 5.0
"""Seconds that no test waits for."""


def refused(slots: Slots, seconds: float = LATE) -> bool:
    try:
        slots.take("s", seconds)
    except Unreachable:
        return True
    return False


def test_a_place_that_soon_comes_free_is_waited_for() -> None:
    slots = Slots(1, patience=LATE)
    slots.take("s")
    with ThreadPoolExecutor() as pool:
        comer = pool.submit(refused, slots)
        slots.give_back("s")
        assert comer.result() is False


@pytest.mark.parametrize(("patience", "seconds"), [(LATE, 0.01), (LATE, -1), (0.01, LATE), (0, LATE)])
def test_nobody_waits_past_his_deadline_nor_his_patience(patience: float, seconds: float) -> None:
    assert refused(Slots(0, patience), seconds)


def test_only_a_few_wait_and_the_others_are_told_at_once() -> None:
    slots = Slots(1, patience=LATE)
    slots.take("s")
    with ThreadPoolExecutor(2 * MAX_WAITING) as pool:
        comers = [pool.submit(refused, slots) for _ in range(2 * MAX_WAITING)]
        told = islice(as_completed(comers, timeout=LATE / 2), MAX_WAITING)
        assert [comer.result() for comer in told] == [True] * MAX_WAITING
        for _ in range(MAX_WAITING):
            slots.give_back("s")
        assert sum(comer.result() for comer in comers) == MAX_WAITING
