"""A long input cut into chunks of whole lines, always at the same places, in bounded memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 512 * 1024
"""Bytes of a chunk, more or less a line: some hundred and forty visits, a second of one process.

A batch remembers it: another size would cut elsewhere.
"""


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes of a file that whoever works on them reads himself."""

    path: Path
    start: int
    length: int

    def read(self) -> bytes:
        """The bytes. Raises ``OSError``."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read(self.length)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines of the input: which they are, where they are, and what had been read when they end."""

    number: int
    first_line: int
    lines: int
    content: bytes | Range
    progress: int
    """How far this is in the input, in its own bytes (those of the compressed file, when it is one)."""
    digest: str
    """Of all that was read up to the end of this chunk."""

    def split(self) -> list[bytes]:
        """Its lines, without their newlines. Raises ``OSError`` when the file does not hold them any more."""
        data = self.content if isinstance(self.content, bytes) else self.content.read()
        lines = data.removesuffix(b"\n").split(b"\n")
        if len(lines) != self.lines:
            raise OSError("the input changed while it was read")
        return lines


def cut(
    stream: BinaryIO,
    longest: int,
    progress: Callable[[], int],
    *,
    path: Path | None = None,
    size: int | None = None,
) -> Iterator[Chunk]:
    """The chunks of a stream; when it is the file at ``path``, they hold places in it instead of bytes.

    A line of more than ``longest`` bytes is alone in its chunk and keeps ``longest + 1`` of them: enough
    to be refused for its length. The cuts depend on the bytes and on ``size`` (``CHUNK``), on
    nothing else.
    """
    size = size or CHUNK
    seen = hashlib.blake2b(digest_size=32)
    start, line = 0, 1
    for number, (data, length) in enumerate(_pieces(stream, longest, size, seen.update)):
        lines = data.count(b"\n") + (not data.endswith(b"\n"))
        content = Range(path, start, len(data)) if path else data
        yield Chunk(number, line, lines, content, progress(), seen.hexdigest())
        start, line = start + length, line + lines


def _pieces(
    stream: BinaryIO, longest: int, size: int, saw: Callable[[bytes], None]
) -> Iterator[tuple[bytes, int]]:
    """Whole lines that make about ``size`` bytes, and how many bytes of the input they stand for."""
    held = b""
    while block := stream.read(max(size - len(held), size // 4, 1)):
        held += block
        end = held.rfind(b"\n") + 1
        if end:
            saw(held[:end])
            yield held[:end], end
            held = held[end:]
        elif len(held) > longest:
            beginning = held[: longest + 1]
            length, held = _to_the_end_of_the_line(stream, held, size, saw)
            yield beginning, length
    if held:
        saw(held)
        yield held, len(held)


def _to_the_end_of_the_line(
    stream: BinaryIO, held: bytes, size: int, saw: Callable[[bytes], None]
) -> tuple[int, bytes]:
    """Read on to the next newline, forgetting; how long the line was, and what came after it."""
    length = 0
    block = held
    while block:
        end = block.find(b"\n") + 1
        saw(block[:end] if end else block)
        if end:
            return length + end, block[end:]
        length += len(block)
        block = stream.read(size)
    return length, b""
