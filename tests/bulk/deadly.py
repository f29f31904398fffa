"""Workers that die, in a module of its own: the processes that run it must find it by its name."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from parcours.bulk.answers import Kind, Said
from parcours.bulk.spark.careful import Unframed
from parcours.bulk.worker import Marker, serve


def echo(tasks: Connection, at: Marker) -> None:
    """Answers a line with itself; dies of every line that says so, or of the first that does."""
    serve(Echo(), tasks, at)


def echo_numbered(tasks: Connection, at: Marker) -> None:
    """The same, of lines that carry their number."""
    serve(Unframed(Echo()), tasks, at)


def stillborn(_tasks: Connection, _at: Marker) -> None:
    """Dies before it reads anything."""
    _die()


class Echo:
    """What ``echo`` does with a line."""

    def answer(self, number: int, line: bytes) -> Said:
        word, _, rest = line.partition(b" ")
        if word == b"kill":
            _die()
        if word == b"kill-once" and not Path(rest.decode()).exists():
            Path(rest.decode()).touch()
            _die()
        return Said(b"%d:%s" % (number, line), Kind.DECIDED)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
