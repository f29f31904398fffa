"""The requests named on a command line: files, whole folders, standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

STDIN = "-"


class _Resource(msgspec.Struct):
    """A JSON object; a FHIR resource says its type."""

    resourceType: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class Source:
    """One input by its name; ``walked`` when a folder brought it, not the user."""

    name: str
    walked: bool = False

    def read(self, limit: int) -> bytes:
        """Its bytes, up to one more than ``limit``. Raises ``OSError``."""
        if self.name == STDIN:
            return sys.stdin.buffer.read(limit + 1)
        with Path(self.name).open("rb") as file:
            return file.read(limit + 1)


def is_folder(name: str) -> bool:
    """Is it a folder, to be walked? A name that no file can bear is none."""
    return name != STDIN and os.path.isdir(name)


def sources(names: Sequence[str]) -> Iterator[Source]:
    """The inputs in the order given; a folder gives its ``*.json``, at any depth, sorted."""
    for name in names:
        if is_folder(name):
            files = sorted(path for path in Path(name).rglob("*.json") if path.is_file())
            yield from (Source(str(path), walked=True) for path in files)
        else:
            yield Source(name)


def is_no_request(source: Source, body: bytes) -> bool:
    """Is this a file beside the requests of a folder: a JSON object that is no FHIR resource?"""
    if not source.walked:
        return False
    try:
        return msgspec.json.decode(body, type=_Resource).resourceType is msgspec.UNSET
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
