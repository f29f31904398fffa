"""What is asked of each engine: all its answers, then rounds of a given length. Standard library only."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
MANY = 1_000_000
"""Rows given at once to the engines that work on columns."""


class Judge(Protocol):
    """An engine that has its rules and its visits, ready to answer."""

    def answers(self) -> list[str]:
        """Its answer on each visit, in their order."""

    def once(self) -> int:
        """Judge the next visit, or all of them at once; how many that was."""


class Each(Generic[T]):
    """An engine that takes one visit at a time: the next one each time, again and again."""

    def __init__(self, visits: Sequence[T], judged: Callable[[T], str]) -> None:
        self._visits, self._judged = visits, judged
        self._following = cycle(visits)

    def answers(self) -> list[str]:
        """Its answer on each visit."""
        return [self._judged(visit) for visit in self._visits]

    def once(self) -> int:
        """Judge the next visit."""
        self._judged(next(self._following))
        return 1


def microseconds(judge: Judge, seconds: float) -> float:
    """Microseconds a visit, over a round of so many seconds at least."""
    judged, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds or not judged:
        judged += judge.once()
    return spent / judged * 1e6
