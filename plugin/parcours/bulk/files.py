"""Files of lines, compressed or not, read in bounded memory; what goes wrong is said without a path."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from parcours.bulk.answers import BOM
from parcours.bulk.cutting import cut
from parcours.bulk.refusals import InputUnreadable

CUT_SHORT = "Le fichier compressé est tronqué ou abîmé."
UNREADABLE = "L’entrée est introuvable ou illisible."


def lines_of(path: Path, longest: int) -> Iterator[tuple[bytes, int]]:
    """The lines of a file without their newlines, and how far one is in it. Raises ``InputUnreadable``."""
    with reading(), opened(path) as (lines, file):
        for chunk in cut(lines, longest, file.tell):
            for number, line in enumerate(chunk.split(), chunk.first_line):
                yield line.removeprefix(BOM) if number == 1 else line, chunk.progress


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """A file of lines, compressed or not: what to read, and the file itself, which tells how far one is."""
    with path.open("rb") as file:
        if compressed(path):
            if not file.peek(1):
                raise EOFError  # to Python, no compressed file is the shortest of them
            with gzip.open(file) as lines:
                yield cast("BinaryIO", lines), file
        else:
            yield file, file


def compressed(path: Path) -> bool:
    """Is this a compressed file, by its name?"""
    return path.suffix == ".gz"


@contextmanager
def reading() -> Iterator[None]:
    """What prevents reading to the end, said without a path."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputUnreadable(CUT_SHORT) from None
    except OSError:
        raise InputUnreadable(UNREADABLE) from None


def size_of(path: Path) -> int:
    """Its bytes. Raises ``InputUnreadable``."""
    with reading():
        return path.stat().st_size
