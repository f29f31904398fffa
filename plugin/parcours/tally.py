"""Things that happen, counted by name: safe between threads, and of this process alone."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)

MOST: Final = 500
"""Names that one tally tells apart: names are words of ours, and this many would be a fault."""


class Tally(Generic[K]):
    """How often each thing happened. ``changes`` grows with each of them."""

    def __init__(self) -> None:
        self.changes = 0
        self._counts: Counter[K] = Counter()
        self._lock = threading.Lock()

    def add(self, name: K, count: int = 1) -> None:
        """It happened, so many times more; beyond ``MOST`` names, a new one is not kept."""
        with self._lock:
            self.changes += count
            if name in self._counts or len(self._counts) < MOST:
                self._counts[name] += count

    def counts(self) -> Mapping[K, int]:
        """The counts of this moment."""
        with self._lock:
            return dict(self._counts)
