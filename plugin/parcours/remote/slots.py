"""How many calls out may wait at once: a dead server must neither take every thread, nor shut out another."""

from __future__ import annotations

import threading
from collections import Counter

from parcours.remote.unreachable import Reason, Unreachable


class Slots:
    """So many calls at once, and with one server never more than are then left for the others.

    A slow server gets half of them, a second one half of the rest, and so on: of eight, three slow servers
    leave one.
    """

    def __init__(self, number: int) -> None:
        self._free = number
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, server: str) -> None:
        """One slot for a call to this server, at once; else ``Unreachable`` (busy)."""
        with self._lock:
            if self._held[server] >= self._free:
                raise Unreachable(Reason.BUSY)
            self._free -= 1
            self._held[server] += 1

    def give_back(self, server: str) -> None:
        """The slot that was taken for this server."""
        with self._lock:
            self._free += 1
            self._held[server] -= 1
