"""Lines answered by a process that may die of them, since Spark gives up a task that died four times.

A line on which two processes died is answered without being read, as ``parcours batch`` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

from parcours.bulk.answers import Answerer, Said, fatal
from parcours.bulk.crew import Crew, Work
from parcours.bulk.cutting import Chunk
from parcours.bulk.worker import Answering, Marker, serve
from parcours.fhir.reading import Validate
from parcours.service import Service
from parcours.settings import Settings

Numbered = tuple[int, bytes]
"""The number of a line, and what it holds."""


def careful(work: Work, lines: Iterable[Numbered]) -> Iterator[bytes]:
    """The answers to lines, in order, whatever they do to the process that does this work."""
    numbered = list(lines)
    chunks = (Chunk(at, at + 1, 1, _framed(*line), 0, "") for at, line in enumerate(numbered))
    with Crew(1, work) as crew:
        for (number, _), answers in zip(numbered, crew.answers(chunks), strict=True):
            text = answers.text.removesuffix(b"\n")
            yield fatal(number).text if text == fatal(answers.chunk.first_line).text else text


def judge(settings: Settings, validate: Validate, tasks: Connection, at: Marker) -> None:
    """The work of that process, for visits."""
    serve(Unframed(Answerer(Service(settings), validate)), tasks, at)


@dataclass(frozen=True, slots=True)
class Unframed:
    """Answers lines that carry their number. Deaths are counted by place, for numbers may repeat."""

    answerer: Answering

    def answer(self, _: int, line: bytes) -> Said:
        """The answer to the line in the frame."""
        number, content = line.split(b" ", 1)
        return self.answerer.answer(int(number), content)


def _framed(number: int, line: bytes) -> bytes:
    # A newline would make two lines of it; to JSON, a carriage return is the same.
    return b"%d %b" % (number, line.replace(b"\n", b"\r"))
