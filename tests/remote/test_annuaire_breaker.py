"""When the directory is left alone, and when it is tried again (F-050 to F-052)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from parcours.remote.breaker import Breaker


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def fail(breaker: Breaker, times: int, between: Callable[[], None] = lambda: None) -> None:
    for _ in range(times):
        assert breaker.admits()
        breaker.failed()
        between()


def test_f051_five_failures_and_nobody_asks_for_thirty_seconds(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    assert not breaker.admits()
    clock.now += 29.9
    assert not breaker.admits()
    clock.now += 0.2
    assert breaker.admits(), "one is let through"
    assert not breaker.admits(), "and one only"
    breaker.failed()
    clock.now += 29.9
    assert not breaker.admits()
    clock.now += 0.2
    assert breaker.admits()
    breaker.succeeded()
    fail(breaker, 4)
    assert breaker.admits(), "all was forgiven"


def test_f051_successes_between_do_not_hide_the_failures(breaker: Breaker) -> None:
    fail(breaker, 5, between=breaker.succeeded)
    assert breaker.admits(), "the fifth success closed it again"
    fail(breaker, 4, between=breaker.succeeded)
    assert breaker.admits()
    breaker.failed()
    assert not breaker.admits()


def test_five_failures_in_more_than_five_minutes_are_not_a_storm(breaker: Breaker, clock: Clock) -> None:
    def later() -> None:
        assert breaker.admits()
        clock.now += 76

    fail(breaker, 12, between=later)


@pytest.mark.parametrize(
    ("wait", "rest"), [(3600.0, 60.0), (61.0, 60.0), (45.0, 45.0), (0.0, 30.0), (1.0, 1.0)]
)
def test_f050_a_server_that_asks_for_rest_has_it_at_once_and_for_a_minute_at_most(
    breaker: Breaker, clock: Clock, wait: float, rest: float
) -> None:
    breaker.failed(wait)
    clock.now += rest - 0.1
    assert not breaker.admits()
    clock.now += 0.2
    assert breaker.admits()


def test_a_probe_that_never_came_back_does_not_close_the_way_for_ever(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    for _ in range(3):
        clock.now += 30
        assert breaker.admits()
        assert not breaker.admits()
