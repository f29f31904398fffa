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

    ``told``: that is known. ``leads``: its holder writes for all.
    """

    __slots__ = ("brought", "given", "leads", "refused", "told")

    def __init__(self, brought: Brought) -> None:
        self.brought = brought
        self.leads = self.told = False
        self.given: list[Given] = []
        self.refused = ""

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
        self._turn = threading.Condition()
        self._waiting: list[_Ticket[Brought, Given]] = []
        self._busy = False
        self._places = threading.BoundedSemaphore(MOST)

    def bring(self, brought: Brought) -> Given:
        """What its writing gives, once it is on the disk; or ``StoreUnavailable``, within a bounded time.

        After a refusal it may be there all the same.
        """
        ticket = _Ticket[Brought, Given](brought)
        if not self._places.acquire(blocking=False):
            raise StoreUnavailable(FULL)
        try:
            if self._must_lead(ticket):
                self._lead()
        finally:
            if ticket.leads:
                self._busy = False  # whatever happened, and before all else: the next one leads
                self._wake()
            self._places.release()
        return ticket.result()

    def _must_lead(self, ticket: _Ticket[Brought, Given]) -> bool:
        """Whether it falls to this one to write for all; otherwise it is written, refused, or late."""
        with self._turn:
            self._waiting.append(ticket)
            self._turn.wait_for(lambda: ticket.told or not self._busy, self._seconds)
            if not ticket.told and not self._busy:
                ticket.leads = self._busy = True
            elif ticket in self._waiting:
                self._waiting.remove(ticket)
        return ticket.leads

    def _lead(self) -> None:
        """Write for all that wait, and say what became of it."""
        with self._turn:
            tickets, self._waiting = self._waiting, []
        try:
            given = self._write([ticket.brought for ticket in tickets])
        except StoreUnavailable as error:
            for ticket in tickets:
                ticket.refused = str(error)
        else:
            for ticket, each in zip(tickets, given, strict=True):
                ticket.given = [each]
        finally:
            for ticket in tickets:
                ticket.told = True

    def _wake(self) -> None:
        with self._turn:
            self._turn.notify_all()
