"""Answers are counted after they are given, apart from them: a count is never waited for, and may be lost.

Counts gather in memory and go to the store together, a few seconds later and when the program ends. What the
store cannot take waits for the next time; beyond ``MOST`` cells, what is new is dropped.
"""

from __future__ import annotations

import datetime as dt
import threading
import weakref
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from multiprocessing.util import Finalize
from typing import Final, cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app

from parcours.domain.decision import Decision
from parcours.errors import StoreUnavailable
from parcours.store.activity import Activite, Cell
from parcours.web import metrics

SECONDS: Final = 5.0
"""How long a count stays in memory only."""
MOST: Final = 2000
"""Cells in memory: far more than a month has for all the practices of one server."""
PARIS: Final = ZoneInfo("Europe/Paris")
_EXTENSION: Final = "parcours.counting"


class Origine(StrEnum):
    """Through which door an answer was asked for."""

    FHIR = "fhir"
    FACTURE = "facture"
    CDS = "cds-hooks"
    SMART = "smart"


class Counting:
    """The counts of one process. Safe between threads."""

    def __init__(self, activite: Activite, after: Callable[[float, Callable[[], None]], None]) -> None:
        """``after``: calls a function once, so many seconds later, in another thread."""
        self._activite = activite
        self._after = after
        self._waiting: Counter[Cell] = Counter()
        self._due = False
        self._lock = threading.Lock()
        # A worker that was forked runs these at its end, and nothing of ``atexit``.
        Finalize(None, _call, args=(weakref.WeakMethod(self.flush),), exitpriority=1)

    def count(self, cell: Cell) -> None:
        """One answer more. Never waits, never raises."""
        with self._lock:
            if cell in self._waiting or len(self._waiting) < MOST:
                self._waiting[cell] += 1
            due, self._due = self._due, True
        if not due:
            self._after(SECONDS, partial(_call, weakref.WeakMethod(self.flush)))

    def flush(self) -> None:
        """Give the store what waits; what it cannot take waits on. Never raises."""
        with self._lock:
            taken = Counter(self._waiting)
            self._waiting.clear()
            self._due = False
        try:
            if taken:
                self._activite.add(taken)
        except StoreUnavailable:
            with self._lock:
                self._waiting.update(taken)


def _call(method: weakref.WeakMethod[Callable[[], None]]) -> None:
    """Nothing, when the application it was for is gone."""
    if found := method():
        found()


def _in_a_thread(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


def register(app: Flask, activite: Activite) -> None:
    """Give an application its counts."""
    app.extensions[_EXTENSION] = Counting(activite, _in_a_thread)


def counting() -> Counting:
    """The counts of the application that answers the current request."""
    return cast(Counting, current_app.extensions[_EXTENSION])


def count(decision: Decision, origine: Origine, tenant: str) -> None:
    """Count an answer that was given to a practice, in the month of the answer, and in the metrics.

    Only there for an empty ``tenant``: a launch does not say for which of several practices it is.
    """
    metrics.decided(decision)
    if not tenant:
        return
    mois = dt.datetime.now(PARIS).strftime("%Y-%m")
    counting().count(Cell(tenant, mois, str(decision.position), decision.situation or "", str(origine)))
