"""When a server fails too often it is left alone for a while, so that nobody waits for what will not come."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

FAILURES = 5
WINDOW_SECONDS = 300.0
"""Five failures in so long are too often, even among answers: that is how June 2026 went."""
PROBE_SECONDS = 30.0
"""How long nobody asks; then one call is let through, to see."""
LONGEST_WAIT_SECONDS = 60.0
"""A server may ask for a longer rest than ours, but not for an hour."""


class Breaker:
    """Counts the failures of one server. ``clock`` counts seconds and never jumps."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._rests_until: float | None = None

    @property
    def rests(self) -> bool:
        """Is the server left alone?"""
        return self._rests_until is not None

    def admits(self) -> bool:
        """May the server be called now? While it rests, one caller every 30 seconds may."""
        with self._lock:
            now = self._clock()
            if self._rests_until is None:
                return True
            if now < self._rests_until:
                return False
            self._rests_until = now + PROBE_SECONDS
            return True

    def succeeded(self) -> None:
        """It answered. After a rest all is forgiven; before one, a success does not hide the failures."""
        with self._lock:
            if self._rests_until is not None:
                self._rests_until = None
                self._failures.clear()

    def failed(self, wait: float | None = None) -> None:
        """It failed. ``wait``: leave it alone at once, for so many seconds (one minute at most)."""
        with self._lock:
            now = self._clock()
            self._failures.append(now)
            often = len(self._failures) == FAILURES and now - self._failures[0] <= WINDOW_SECONDS
            if wait is not None or often:
                self._rests_until = now + min(wait or PROBE_SECONDS, LONGEST_WAIT_SECONDS)
