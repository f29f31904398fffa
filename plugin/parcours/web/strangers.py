"""How much of the audit somebody whom nobody knows may fill: a measure of records, then a count of the rest.

Whoever has no token, no session and no quota can ask for ever, from as many addresses as he likes. Each
answer that he gets is told by the log and the metrics; the audit, which is kept for a year, has one record
for each up to a measure, and beyond it a record says how many went before it without one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

SAVED: Final = 300
"""Records that a process can have saved up, and writes at once."""
PER_MINUTE: Final = 20
"""Records that it gets: some ten megabytes a day, whatever comes."""


class Strangers:
    """The measure of one process. Safe between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock``: seconds, never set back."""
        self._clock = clock
        self._left = float(SAVED)
        self._last = clock()
        self._uncounted = 0
        self._lock = threading.Lock()

    def admitted(self) -> int | None:
        """How many were counted only since the last record; ``None`` when this one is counted only too."""
        with self._lock:
            now = self._clock()
            self._left = min(SAVED, self._left + (now - self._last) * PER_MINUTE / 60)
            self._last = now
            if self._left < 1:
                self._uncounted += 1
                return None
            self._left -= 1
            told, self._uncounted = self._uncounted, 0
            return told
