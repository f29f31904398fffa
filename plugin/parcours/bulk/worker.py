"""One process that answers chunks of lines, until nobody sends any."""

from __future__ import annotations

import gc
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol

from parcours.bulk.answers import Answerer, Kind, Said, fatal
from parcours.bulk.cutting import Chunk
from parcours.fhir.reading import Validate
from parcours.service import Service
from parcours.settings import Settings


class Answering(Protocol):
    """Whoever answers lines."""

    def answer(self, number: int, line: bytes) -> Said:
        """The answer to one line."""


class Marker(Protocol):
    """Memory shared with a process: the line it is at, 0 between chunks."""

    value: int


@dataclass(frozen=True, slots=True)
class Task:
    """A chunk to answer, without the lines that kill."""

    chunk: Chunk
    without: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Answers:
    """The lines that answer a chunk, each with its newline, and how many were refused or blank."""

    chunk: Chunk
    text: bytes
    refused: int
    blank: int


def answers(answerer: Answering, task: Task, at: Marker) -> Answers:
    """Answer a chunk line by line, saying which one is being read. Raises ``OSError``."""
    said: list[Said] = []
    for number, line in enumerate(task.chunk.split(), task.chunk.first_line):
        at.value = number
        said.append(fatal(number) if number in task.without else answerer.answer(number, line))
    at.value = 0
    kinds = Counter(one.kind for one in said)
    text = b"".join(part for one in said for part in (one.text, b"\n"))
    return Answers(task.chunk, text, kinds[Kind.REFUSED], kinds[Kind.BLANK])


def work(settings: Settings, validate: Validate, tasks: Connection, at: Marker) -> None:
    """The life of a process that judges visits."""
    serve(Answerer(Service(settings), validate), tasks, at)


def serve(answerer: Answering, tasks: Connection, at: Marker) -> None:
    """Answer every task; ``None`` when the input cannot be read any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the first one decides
    gc.freeze()
    with suppress(EOFError, ConnectionError):
        while True:
            task: Task = tasks.recv()
            try:
                reply: Answers | None = answers(answerer, task, at)
            except OSError:
                reply = None
            tasks.send(reply)
