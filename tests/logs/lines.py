"""Lines of the log, as they would leave."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from parcours.logs.rendering import formatter
from parcours.logs.writer import Writer

Line = dict[str, Any]


def record(message: str, *args: object, name: str = "parcours.test") -> logging.LogRecord:
    return logging.LogRecord(name, logging.INFO, "f.py", 1, message, args, None)


def line(message: str, *args: object, name: str = "parcours.test") -> Line:
    """What becomes of one message."""
    said: Line = json.loads(formatter(terminal=False).format(record(message, *args, name=name)))
    return said


@contextmanager
def writing(descriptor: int) -> Iterator[Writer]:
    """A writer on this file, closed at the end."""
    writer = Writer(descriptor)
    writer.setFormatter(formatter(terminal=False))
    try:
        yield writer
    finally:
        writer.close()


@contextmanager
def into(path: Path) -> Iterator[tuple[Writer, Callable[[], list[Line]]]]:
    """A writer into a file, and what is in it once the writer was asked to hurry."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with writing(descriptor) as writer:

        def lines() -> list[Line]:
            writer.flush()
            return [json.loads(text) for text in path.read_text("utf-8").splitlines()]

        yield writer, lines
    os.close(descriptor)
