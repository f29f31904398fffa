"""A moment after which nobody waits any more, on a clock that nobody sets."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline for everything done for one request; ``end`` in seconds of ``time.monotonic``."""

    end: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """So many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds left; less than 0 when it has passed."""
        return self.end - time.monotonic()

    def leaves(self, seconds: float) -> bool:
        """Are there so many seconds left?"""
        return self.left >= seconds

    def remaining(self) -> float:
        """Seconds left, more than 0; ``TimeoutError`` when there are none."""
        left = self.left
        if left <= 0:
            raise TimeoutError
        return left
