"""Who keeps the audit of one process: all that wait are written together, and each one waits until it is.

An answer must not leave before its record is on the disk, and a disk confirms some hundred times in a second.
So whoever finds nobody writing writes what all others have brought meanwhile, in one transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from parcours.errors import AuditUnavailable, StoreUnavailable
from parcours.store.audit import Entry, Traces

SECONDS: Final = 3.0
"""How long a record waits for its turn, at most: then its request is refused."""
MOST: Final = 32
"""Requests of one process that may wait so: on a database that is stuck, the others are refused at once."""
FULL: Final = "L’audit ne peut pas être écrit pour le moment : trop de demandes l’attendent."
LATE: Final = "L’audit ne peut pas être écrit pour le moment : la base tarde."


class _Ticket:
    """The records of one request, and what became of them: nothing yet, written, or why not.

    ``told`` is set when that is known, or when the pen passes to whoever holds the ticket.
    """

    __slots__ = ("entries", "leads", "refused", "told", "written")

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.leads = False
        self.written = False
        self.refused = ""
        self.told = threading.Event()


class Witness:
    """Writes records together. Safe between threads; one for each process."""

    def __init__(self, traces: Traces, seconds: float = SECONDS) -> None:
        self._traces = traces
        self._seconds = seconds
        self._lock = threading.Lock()
        self._waiting: list[_Ticket] = []
        self._busy = False
        self._places = threading.BoundedSemaphore(MOST)

    def keep(self, entries: Sequence[Entry]) -> None:
        """These records are on the disk once this returns; or ``AuditUnavailable``, within a bounded time.

        After a refusal they may be there all the same: an audit may tell of an answer that did not leave,
        never miss one that did.
        """
        if not self._places.acquire(blocking=False):
            raise AuditUnavailable(FULL)
        try:
            ticket = self._queued(entries)
            if self._must_lead(ticket):
                self._lead()
        finally:
            self._places.release()
        if not ticket.written:
            raise AuditUnavailable(ticket.refused or LATE)

    def _queued(self, entries: Sequence[Entry]) -> _Ticket:
        ticket = _Ticket(entries)
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads = not self._busy
            self._busy = True
        return ticket

    def _must_lead(self, ticket: _Ticket) -> bool:
        """Whether it falls to this one to write for all; otherwise it is written, refused, or late."""
        if not ticket.leads and not ticket.told.wait(self._seconds):
            with self._lock:
                if ticket in self._waiting and not ticket.leads:
                    self._waiting.remove(ticket)
        return ticket.leads

    def _lead(self) -> None:
        """Write all that wait, tell them, and pass the pen to the first who came meanwhile."""
        with self._lock:
            tickets, self._waiting = self._waiting, []
        try:
            self._write(tickets)
        finally:
            for ticket in tickets:
                ticket.told.set()
            self._pass_on()

    def _write(self, tickets: Sequence[_Ticket]) -> None:
        try:
            self._traces.add([entry for ticket in tickets for entry in ticket.entries])
        except StoreUnavailable as error:
            for ticket in tickets:
                ticket.refused = str(error)
        else:
            for ticket in tickets:
                ticket.written = True

    def _pass_on(self) -> None:
        with self._lock:
            self._busy = bool(self._waiting)
            for ticket in self._waiting[:1]:
                ticket.leads = True
                ticket.told.set()
