"""A disk whose power can be cut: what was synced is there, of the rest whatever chance leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.power.recorded import Cut, Event, Gone, Made, Said, Sync, Write

SECTOR = 512
"""What a disk writes whole or not at all."""


@dataclass(slots=True)
class File:
    """A content as it surely is, and what was asked of it since."""

    content: bytearray
    asked: list[Write | Cut] = field(default_factory=list)

    def sync(self) -> None:
        """All that was asked is done."""
        for change in self.asked:
            apply(self.content, change)
        self.asked.clear()


class Disk:
    """Files under names, both of which become sure when they are synced."""

    def __init__(self, files: Mapping[Path, bytes]) -> None:
        self._sure = {path: File(bytearray(content)) for path, content in files.items()}
        self._seen = dict(self._sure)
        self._unsure: list[tuple[Path, File | None]] = []

    def do(self, event: Event) -> None:
        """One call of the system."""
        match event:
            case Write() | Cut():
                self._seen[event.path].asked.append(event)
            case Made():
                self._seen[event.path] = File(bytearray())
                self._unsure.append((event.path, self._seen[event.path]))
            case Gone():
                self._unsure.append((event.path, None))
                del self._seen[event.path]
            case Sync():
                self._sync(event.path)
            case Said():
                pass

    def _sync(self, path: Path) -> None:
        if path in self._seen:
            self._seen[path].sync()
            return
        for name, file in self._unsure:  # a folder, which has all of them
            _name(self._sure, name, file)
        self._unsure.clear()

    def after_a_cut(self, chance: Random) -> dict[Path, bytes]:
        """The files as they might be found when the power is back."""
        keep = chance.choice((0.0, 0.5, 0.9, 1.0))
        names = dict(self._sure)
        for name, file in self._unsure:
            if chance.random() < keep:
                _name(names, name, file)
        return {path: _left(file, keep, chance) for path, file in names.items()}


def _name(names: dict[Path, File], name: Path, file: File | None) -> None:
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file


def _left(file: File, keep: float, chance: Random) -> bytes:
    """What is in a file: of its last changes some, whole or torn."""
    content = bytearray(file.content)
    torn = chance.random() < 0.5
    for change in file.asked:
        for part in sectors(change) if torn else (change,):
            if chance.random() < keep:
                apply(content, part)
    return bytes(content)


def sectors(change: Write | Cut) -> list[Write | Cut]:
    """A write by the sectors that it covers, each of which may be missing."""
    if isinstance(change, Cut):
        return [change]
    parts: list[Write | Cut] = []
    begin, end = change.offset, change.offset + len(change.data)
    while begin < end:
        stop = min(end, (begin // SECTOR + 1) * SECTOR)
        parts.append(Write(change.path, begin, change.data[begin - change.offset : stop - change.offset]))
        begin = stop
    return parts


def apply(content: bytearray, change: Write | Cut) -> None:
    """Do it, with zeros where nothing was written."""
    if isinstance(change, Cut):
        del content[change.size :]
        content.extend(bytes(change.size - len(content)))
        return
    end = change.offset + len(change.data)
    content.extend(bytes(max(0, end - len(content))))
    content[change.offset : end] = change.data
