"""Processes that answer chunks of lines. One that dies loses nothing: its chunk is given to another.

Answers come out in the order of the chunks; chunks are taken in only as fast as answers go out, so memory
does not grow. A line on which two processes died is answered without being read.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from ctypes import c_longlong
from multiprocessing.connection import Connection, wait
from typing import Self

from parcours.bulk.cutting import Chunk
from parcours.bulk.refusals import InputUnreadable, WorkersLost
from parcours.bulk.worker import Answers, Marker, Task

AHEAD = 4
"""Chunks taken in for each process, answered or not, before the oldest must have gone out."""
DEATHS_OF_A_LINE = 2
FALSE_STARTS = 3
"""Deaths in a row before any line is read, for each process: then something else is wrong."""

_PROCESSES = multiprocessing.get_context("spawn")  # a fork would inherit locks and the threads of a display


Work = Callable[[Connection, Marker], None]
"""What a process does with the tasks it is sent; it must be picklable."""


class Worker:
    """One process, and the task it has."""

    def __init__(self, work: Work) -> None:
        self.task: Task | None = None
        self.at = _PROCESSES.RawValue(c_longlong, 0)
        self.connection, theirs = _PROCESSES.Pipe()
        self._process = _PROCESSES.Process(target=work, args=(theirs, self.at), daemon=True)
        with _interrupts_ignored():
            self._process.start()
        theirs.close()

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        return self._process.pid

    def give(self, task: Task) -> None:
        """Send a task; when the process is dead, ``take`` will tell."""
        self.task = task
        with suppress(ConnectionError):
            self.connection.send(task)

    def take(self) -> Answers:
        """What it answers. Raises ``EOFError`` or ``OSError`` when it is dead, ``InputUnreadable``."""
        reply: Answers | None = self.connection.recv()
        self.task = None
        if reply is None:
            raise InputUnreadable("L’entrée ne se lit plus.")
        return reply

    def end(self) -> None:
        """Stop it, whatever it is doing."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self.connection.close()


class Crew:
    """As many processes as asked, replaced when they die."""

    def __init__(self, size: int, work: Work) -> None:
        self.deaths = 0
        self._work = work
        self._false_starts = 0
        self._deaths_at: Counter[int] = Counter()
        self._again: list[Chunk] = []
        self._taken = 0
        self._workers: list[Worker] = []
        self._size = size

    def __enter__(self) -> Self:
        self._workers = [self._hired() for _ in range(self._size)]
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes."""
        return [worker.pid for worker in self._workers if worker.pid]

    def answers(self, chunks: Iterable[Chunk], first: int = 0) -> Iterator[Answers]:
        """The answers to chunks numbered from ``first``, in order. Raises ``WorkersLost``."""
        coming = iter(chunks)
        done: dict[int, Answers] = {}
        following = self._taken = first
        while True:
            self._feed(coming, following + AHEAD * self._size)
            busy = [worker for worker in self._workers if worker.task]
            if not busy:
                return
            done |= {answer.chunk.number: answer for answer in self._collected(busy)}
            while following in done:
                yield done.pop(following)
                following += 1

    def _hired(self) -> Worker:
        return Worker(self._work)

    def _feed(self, coming: Iterator[Chunk], limit: int) -> None:
        """Give every idle process a chunk, one that is to be done again first, none numbered ``limit``."""
        for worker in self._workers:
            if worker.task:
                continue
            chunk = self._again.pop() if self._again else self._new(coming, limit)
            if chunk is None:
                return
            worker.give(self._task(chunk))

    def _new(self, coming: Iterator[Chunk], limit: int) -> Chunk | None:
        chunk = next(coming, None) if self._taken < limit else None
        self._taken += chunk is not None
        return chunk

    def _task(self, chunk: Chunk) -> Task:
        lines = range(chunk.first_line, chunk.first_line + chunk.lines)
        killers = (line for line, deaths in self._deaths_at.items() if deaths >= DEATHS_OF_A_LINE)
        return Task(chunk, frozenset(line for line in killers if line in lines))

    def _collected(self, busy: Sequence[Worker]) -> Iterator[Answers]:
        ready = wait([worker.connection for worker in busy])
        for worker in busy:
            if worker.connection not in ready:
                continue
            try:
                yield worker.take()
                self._false_starts = 0
            except (EOFError, OSError):
                self._replace(worker)

    def _replace(self, dead: Worker) -> None:
        """Hire another in the place of one that died, and keep its chunk to be done again."""
        self.deaths += 1
        line = dead.at.value
        if line:
            self._deaths_at[line] += 1
        else:
            self._false_starts += 1
        if dead.task:
            self._again.append(dead.task.chunk)
        self._workers.remove(dead)
        dead.end()
        if self._false_starts > FALSE_STARTS * self._size:
            raise WorkersLost("Les processus de travail s’arrêtent avant d’avoir rien lu.")
        self._workers.append(self._hired())


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """A process inherits that Ctrl-C is ignored: it must not die of it while it starts."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
