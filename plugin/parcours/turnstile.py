"""Who computes now: in one process one request at a time, the others in a short line.

Threads of one Python process do not compute faster together: they only make each other late. A request that
would wait too long is refused at once, and may be made again: what is in hand is answered in good time.
"""

from __future__ import annotations

import threading
import time
from contextlib import ContextDecorator
from types import TracebackType
from typing import Final

from parcours.errors import Overloaded
from parcours.tally import Tally

LINE: Final = 64
"""Requests that may wait in one process: a tenth of a second of work."""
FEW: Final = 8
"""Pages that may wait, where anybody may ask for them: as much work, of ten milliseconds each."""
PATIENCE_S: Final = 2.0
"""How long one of them waits: beyond, whoever asked has given up."""

TURNED_AWAY: Final[Tally[str]] = Tally()
"""Requests of this process that were told to come back, by what was full: ``door``, ``line``, ``turn``."""


class Turnstile(ContextDecorator):
    """A context, or what wraps a function: inside, one thread at a time.

    ``Overloaded`` when the line is full, or too slow.

    Never held while another machine is waited for, nor a database.
    """

    def __init__(self, line: int = LINE, patience: float = PATIENCE_S) -> None:
        self._turn = threading.Lock()
        self._line = threading.BoundedSemaphore(line + 1)
        self._patience = patience
        self._entered: float | None = None

    def __enter__(self) -> None:
        if not self._line.acquire(blocking=False):
            TURNED_AWAY.add("line")
            raise Overloaded
        if not self._turn.acquire(timeout=self._patience):
            self._line.release()
            TURNED_AWAY.add("turn")
            raise Overloaded
        self._entered = time.monotonic()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entered = None
        self._turn.release()
        self._line.release()

    def held(self) -> float:
        """For how many seconds the one inside has been there; 0 when there is none."""
        entered = self._entered
        return 0.0 if entered is None else time.monotonic() - entered
