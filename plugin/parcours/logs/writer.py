"""Lines leave in a thread of their own: a log that is full, slow or gone never keeps a request waiting."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from multiprocessing.util import Finalize
from queue import Full, Queue
from typing import Final

from parcours.tally import Tally

STDERR: Final = 2
MOST: Final = 2000
"""Lines that wait; with a reader that stopped, what comes after them is lost, and counted."""
PATIENCE_S: Final = 1.0
"""How long the end of the program waits for the last lines."""

LOST: Final[Tally[str]] = Tally()
"""Lines that this process could not write: ``full`` when nobody reads them, ``error`` for a full disk or a
closed pipe."""

Waiting = Queue[bytes | threading.Event | None]


class Writer(logging.Handler):
    """Writes each line whole, with one call to the system, so that processes do not mix theirs."""

    def __init__(self, descriptor: int = STDERR) -> None:
        super().__init__()
        self._waiting: Waiting = Queue(MOST)
        self._process = os.getpid()
        self._ended = False
        threading.Thread(target=_write, args=(self._waiting, descriptor), name="log", daemon=True).start()
        # A worker that was forked runs these at its end, the store closed, and nothing of ``atexit``.
        Finalize(None, _flush, args=(weakref.ref(self),), exitpriority=-1)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a line over. Never waits, never raises."""
        try:
            self._waiting.put_nowait(f"{self.format(record)}\n".encode())
        except Full:
            LOST.add("full")
        except Exception:  # a field that cannot be written as text must not stop a request
            LOST.add("error")

    def flush(self) -> None:
        """Wait for the lines handed over so far; not for ever."""
        if self._ended or os.getpid() != self._process:
            return  # nobody writes: the thread is in the process that this one was forked from
        written = threading.Event()
        try:
            self._waiting.put(written, timeout=PATIENCE_S)
        except Full:
            return
        written.wait(PATIENCE_S)

    def close(self) -> None:
        """Write what waits, and end the thread."""
        self.flush()
        if not self._ended and not self._waiting.full():
            self._waiting.put(None)
        self._ended = True
        super().close()


def _flush(writer: weakref.ref[Writer]) -> None:
    if found := writer():
        found.flush()


def _write(waiting: Waiting, descriptor: int) -> None:
    while (line := waiting.get()) is not None:
        if isinstance(line, threading.Event):
            line.set()
        elif not _is_written(line, descriptor):
            LOST.add("error")


def _is_written(line: bytes, descriptor: int) -> bool:
    try:
        return os.write(descriptor, line) == len(line)
    except OSError:
        return False
