"""Small writes of one process, made together: whoever finds nobody writing writes for all who came meanwhile.

What is confirmed must be on the disk, and a disk confirms some hundred times in a second; a disk that is busy
elsewhere may take a second to confirm once. So all that wait are written in one transaction, and each waits
until it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from parcours.errors import StoreUnavailable

Brought = TypeVar("Brought")
Given = TypeVar("Given")
SECONDS: Final = 3.0
"""How long one waits for its turn, at most: then it is refused."""
MOST: Final = 64
"""How many of one process may wait so: as many as come while a disk says nothing for half a second or more.
On a database that is stuck, the others are refused at once, and threads are left for what needs none."""
FULL: Final = "La base ne répond pas : trop d’écritures l’attendent."
LATE: Final = "La base ne répond pas : elle tarde."


class _Ticket(Generic[Brought, Given]):
    """What one brought, and what became of it: nothing yet, written, or why not.

    ``told`` is set when that is known, or when the pen passes to whoever holds the ticket.
    """

    __slots__ = ("brought", "given", "leads", "refused", "told")

    def __init__(self, brought: Brought) -> None:
        self.brought = brought
        self.leads = False
        self.given: list[Given] = []
        self.refused = ""
        self.told = threading.Event()

    def result(self) -> Given:
        """What the writing gave; ``StoreUnavailable`` when it was not written, as far as is known."""
        for given in self.given:
            return given
        raise StoreUnavailable(self.refused or LATE)


class Together(Generic[Brought, Given]):
    """One kind of write. Safe between threads; one for each process."""

    def __init__(
        self, write: Callable[[Sequence[Brought]], Sequence[Given]], seconds: float = SECONDS
    ) -> None:
        """``write``: writes all or nothing, and gives for each what it comes to; ``StoreUnavailable``."""
        self._write = write
        self._seconds = seconds
        self._lock = threading.Lock()
        self._waiting: list[_Ticket[Brought, Given]] = []
        self._busy = False
        self._places = threading.BoundedSemaphore(MOST)

    def bring(self, brought: Brought) -> Given:
        """What its writing gives, once it is on the disk; or ``StoreUnavailable``, within a bounded time.

        After a refusal it may be there all the same.
        """
        if not self._places.acquire(blocking=False):
            raise StoreUnavailable(FULL)
        try:
            ticket = self._queued(brought)
            if self._must_lead(ticket):
                self._lead()
        finally:
            self._places.release()
        return ticket.result()

    def _queued(self, brought: Brought) -> _Ticket[Brought, Given]:
        ticket = _Ticket[Brought, Given](brought)
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads = not self._busy
            self._busy = True
        return ticket

    def _must_lead(self, ticket: _Ticket[Brought, Given]) -> bool:
        """Whether it falls to this one to write for all; otherwise it is written, refused, or late."""
        if not ticket.leads and not ticket.told.wait(self._seconds):
            with self._lock:
                if ticket in self._waiting and not ticket.leads:
                    self._waiting.remove(ticket)
        return ticket.leads

    def _lead(self) -> None:
        """Write for all that wait, tell them, and pass the pen to the first who came meanwhile."""
        with self._lock:
            tickets, self._waiting = self._waiting, []
        try:
            self._write_for(tickets)
        finally:
            for ticket in tickets:
                ticket.told.set()
            self._pass_on()

    def _write_for(self, tickets: Sequence[_Ticket[Brought, Given]]) -> None:
        try:
            given = self._write([ticket.brought for ticket in tickets])
        except StoreUnavailable as error:
            for ticket in tickets:
                ticket.refused = str(error)
        else:
            for ticket, each in zip(tickets, given, strict=True):
                ticket.given = [each]

    def _pass_on(self) -> None:
        with self._lock:
            self._busy = bool(self._waiting)
            for ticket in self._waiting[:1]:
                ticket.leads = True
                ticket.told.set()
