"""What servers elsewhere say of themselves, asked when needed and remembered for a short while."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from parcours.errors import ParcoursError
from parcours.remote.unreachable import Reason, Unreachable
from parcours.smart.refusal import Refused

Told = TypeVar("Told")
KEEP_SECONDS: Final = 300.0
"""Those who come in a row ask once."""
PAUSE_SECONDS: Final = 10.0
"""After a failure."""


class Remembered(Generic[Told]):
    """What was told, by name; and that nothing was. Safe between threads.

    Whoever opens a page of ours cannot make us hammer a server, nor wait for a dead one.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` counts seconds and never jumps."""
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Told | ParcoursError | None]] = {}

    def get(self, name: str, ask: Callable[[], Told]) -> Told:
        """What ``ask`` gives, or gave a moment ago; raises the ``Refused`` or ``Unreachable`` likewise."""
        with self._lock:
            until, found = self._known.get(name, (-math.inf, None))
        if found is None or self._clock() >= until:
            found = _tried(ask)
            if isinstance(found, Unreachable) and found.reason is Reason.BUSY:
                raise found  # we were: nobody was asked, and whoever comes next may
            keep = PAUSE_SECONDS if isinstance(found, ParcoursError) else KEEP_SECONDS
            with self._lock:
                self._known[name] = (self._clock() + keep, found)
        if isinstance(found, ParcoursError):
            raise found.with_traceback(None)  # it may be raised again
        return found


def _tried(ask: Callable[[], Told]) -> Told | ParcoursError:
    try:
        return ask()
    except (Refused, Unreachable) as error:
        return error
