"""How many calls out may wait at once: a dead server must neither take every thread, nor shut out another."""

from __future__ import annotations

import copy
import math
import threading
from collections import Counter
from functools import partial
from typing import Final

from parcours.remote.unreachable import Reason, Unreachable

MAX_WAITING: Final = 4
"""How many may wait for a place at once: each holds a thread, and others have to be answered."""


class Slots:
    """So many calls at once, and with one server never more than are then left for the others.

    A slow server gets half of them, a second one half of the rest, and so on: of eight, three slow servers
    leave one. A client (``of``) is held to the same, whatever servers it is on, and on a server that it
    shares it leaves one to the other clients. ``patience``: seconds that a place is waited for, as a server
    that is well gives it back at once.
    """

    def __init__(self, number: int, patience: float = 0.0) -> None:
        self._held = _Held(number)
        self._patience = patience
        self._client: str | None = None

    def of(self, client: str) -> Slots:
        """The same slots, taken for this client."""
        named = copy.copy(self)
        named._client = client
        return named

    def take(self, server: str, seconds: float = math.inf) -> None:
        """One slot for a call to this server, within these seconds at most; else ``Unreachable`` (busy)."""
        if not self._held.take(server, self._client, min(seconds, self._patience)):
            raise Unreachable(Reason.BUSY)

    def give_back(self, server: str) -> None:
        """The slot that was taken for this server."""
        self._held.give_back(server, self._client)


class _Held:
    """Which slots are taken: by server, by client, and by both together."""

    def __init__(self, number: int) -> None:
        self._free = number
        self._servers: Counter[str] = Counter()
        self._clients: Counter[str] = Counter()
        self._both: Counter[tuple[str, str]] = Counter()
        self._waiting = 0
        self._changed = threading.Condition()

    def take(self, server: str, client: str | None, patience: float) -> bool:
        with self._changed:
            fits = self._fits(server, client) or self._comes(server, client, patience)
            if fits:
                self._note(server, client, 1)
            return fits

    def give_back(self, server: str, client: str | None) -> None:
        with self._changed:
            self._note(server, client, -1)
            self._changed.notify_all()

    def _comes(self, server: str, client: str | None, patience: float) -> bool:
        """Does a place come free in time?"""
        if patience <= 0 or self._waiting == MAX_WAITING:
            return False
        self._waiting += 1
        try:
            return self._changed.wait_for(partial(self._fits, server, client), patience)
        finally:
            self._waiting -= 1

    def _fits(self, server: str, client: str | None) -> bool:
        left = self._free - self._servers[server]
        if client is None or left <= 0:
            return left > 0
        # Each call takes one from what is free, and adds one to what is held: 2 left is the last place.
        is_last = left <= 2
        return self._free > self._clients[client] and not (is_last and self._both[server, client])

    def _note(self, server: str, client: str | None, change: int) -> None:
        self._free -= change
        self._servers[server] += change
        if client is not None:
            self._clients[client] += change
            self._both[server, client] += change
