"""What a batch reads: a file of lines, compressed or not, standard input, a folder of a FHIR Bulk export."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from parcours.bulk.cutting import Chunk, cut
from parcours.bulk.export import Index, encounter_files, export_files, indexing, joined
from parcours.bulk.files import compressed, lines_of, opened, reading, size_of
from parcours.bulk.refusals import BatchRefused, InputUnreadable

STDIN = "-"


class Source(Protocol):
    """An input: always the same chunks, as often as it is read from its beginning."""

    size: int | None
    """Of all of it, in the unit of ``Chunk.progress``; ``None`` when nobody can say."""
    resumable: bool
    unread: int
    """Lines beside those of the visits that are no resource; known once the chunks were read."""

    def identity(self) -> dict[str, Any]:
        """What must not change between a batch and its resumption; the digests of chunks tell the rest."""

    def chunks(self) -> Iterator[Chunk]:
        """The chunks, from the first. Raises ``InputUnreadable``."""


def open_source(name: str, longest: int, scratch: Path) -> Source:
    """The input of this name; lines over ``longest`` bytes are cut short. Raises ``InputUnreadable``."""
    if name == STDIN:
        return Piped(longest)
    path = Path(name)
    size = size_of(path)
    if path.is_dir():
        return Export(path, longest, scratch)
    return Lines(path, longest, size) if path.is_file() else Piped(longest, path)


@dataclass(slots=True)
class Lines:
    """A file of lines. Uncompressed, whoever answers reads his own range of it."""

    path: Path
    longest: int
    size: int | None
    resumable: bool = True
    unread: int = 0

    def identity(self) -> dict[str, Any]:
        """Its size; its name may change."""
        return {"octets": self.size}

    def chunks(self) -> Iterator[Chunk]:
        """The chunks of the file."""
        plain = None if compressed(self.path) else self.path
        with reading(), opened(self.path) as (lines, file):
            yield from cut(lines, self.longest, file.tell, path=plain)
            if file.tell() < (self.size or 0):
                raise InputUnreadable("L’entrée a été raccourcie pendant qu’elle était lue.")


@dataclass(slots=True)
class Piped:
    """What is piped in, to standard input or under a name: read once, so that it cannot be resumed."""

    longest: int
    path: Path | None = None
    size: int | None = None
    resumable: bool = False
    unread: int = 0

    def identity(self) -> dict[str, Any]:
        """Nothing is known of it."""
        return {}

    def chunks(self) -> Iterator[Chunk]:
        """The chunks of what comes."""
        with (
            reading(),
            opened(self.path) if self.path else nullcontext((_standard_input(), None)) as (lines, _),
        ):
            yield from cut(lines, self.longest, lambda: 0)


def _standard_input() -> BinaryIO:
    """What is piped in. Raises ``OSError`` when it is closed."""
    found: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if found is None:
        raise OSError
    return found


class Export:
    """A folder: one Bundle for each Encounter, in their order, with what concerns it."""

    resumable: bool = True

    def __init__(self, folder: Path, longest: int, scratch: Path) -> None:
        self.longest = longest
        self.scratch = scratch
        self.unread = 0
        self.files = export_files(folder)
        self.visits = encounter_files(self.files)
        if not self.visits:
            raise BatchRefused("Ce dossier ne contient aucun fichier Encounter.ndjson.")
        self.size: int | None = sum(size_of(path) for path in self.visits)

    def identity(self) -> dict[str, Any]:
        """Its files and their sizes."""
        return {"fichiers": {_written(path.name): size_of(path) for path in self.files}}

    def chunks(self) -> Iterator[Chunk]:
        """The chunks of the joined Bundles; the index is on the disk as long as they last."""
        others = [path for path in self.files if path not in self.visits]
        with reading(), indexing(), Index(self.scratch) as index:
            for path in others:
                index.add(line for line, _ in lines_of(path, self.longest))
            self.unread = index.unread
            bundles = Bundles(self.visits, index, self.longest)
            yield from cut(cast("BinaryIO", bundles), self.longest, lambda: bundles.progress)


def _written(name: str) -> str:
    """A name of a file as text, when it is none: names are bytes."""
    return name.encode("utf-8", "backslashreplace").decode()


class Bundles:
    """The joined Bundles as a stream of lines, as ``cut`` reads one."""

    def __init__(self, files: list[Path], index: Index, longest: int) -> None:
        self.progress = 0
        self._files, self._index, self._longest = files, index, longest
        self._lines = self._joined()
        self._held = bytearray()

    def read(self, size: int) -> bytes:
        """As many bytes as asked, fewer only at the end."""
        while len(self._held) < size and (line := next(self._lines, None)) is not None:
            self._held += line
        given = bytes(self._held[:size])
        del self._held[:size]
        return given

    def _joined(self) -> Iterator[bytes]:
        before = 0
        for path in self._files:
            for line, progress in lines_of(path, self._longest):
                yield joined(line, self._index) + b"\n"
                self.progress = before + progress
            before += size_of(path)
