"""Did the clock of this machine jump while the service runs?"""

from __future__ import annotations

import time
from typing import Final

LEEWAY_S: Final = 60.0
"""What tokens are allowed: below, nobody is refused for it."""


class Clock:
    """Compares the hour with the seconds that have passed since it was first read, which nobody sets."""

    def __init__(self) -> None:
        self._began = _began()

    def jumped(self) -> bool:
        """Is the hour more than ``LEEWAY_S`` from what it was, plus what has passed? Forward or back."""
        return abs(_began() - self._began) > LEEWAY_S


def _began() -> float:
    """The hour, by the clock of now, at which the count of seconds was nought."""
    return time.time() - _count()


def _count() -> float:
    """Seconds; where it can be had, those of a count that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
