"""Who keeps the audit of one process: an answer must not leave before its record is on the disk."""

from __future__ import annotations

from collections.abc import Sequence

from parcours.errors import AuditUnavailable, StoreUnavailable
from parcours.store.audit import Entry, Traces
from parcours.store.together import SECONDS, Together


class Witness:
    """Writes the records of many requests together. Safe between threads; one for each process."""

    def __init__(self, traces: Traces, seconds: float = SECONDS) -> None:
        self._traces = traces
        self._together = Together(self._write, seconds)

    def keep(self, entries: Sequence[Entry]) -> None:
        """These records are on the disk once this returns; or ``AuditUnavailable``, within a bounded time.

        After a refusal they may be there all the same: an audit may tell of an answer that did not leave,
        never miss one that did.
        """
        try:
            self._together.bring(entries)
        except StoreUnavailable as error:
            raise AuditUnavailable(str(error)) from None

    def _write(self, brought: Sequence[Sequence[Entry]]) -> Sequence[None]:
        self._traces.add([entry for entries in brought for entry in entries])
        return [None] * len(brought)
