"""Power cuts: the real store writes once, under ``strace``; then the power of its disk is cut at many points.

Each cut leaves an image of its own, which SQLite opens and looks through.

Simulated: writes since the last sync that are kept, dropped or torn by sectors of 512 bytes, in any mix; new
and deleted names that reached the disk or did not; a file of shared memory full of noise. Not simulated: a
disk that lies about a sync, one that damages sectors nobody wrote to, the journal of the file system.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from tests.faults.disk.kept import Damaged, kept
from tests.faults.evidence import Evidence, confirmations
from tests.faults.power.disk import Disk
from tests.faults.power.recorded import Event, Said, recorded

from parcours.store import Store

NOISE = 32768


def cut(points: int, seed: int, declarations: int, *more: str) -> Evidence:
    """Cut the power ``points`` times in the life of one writer."""
    evidence = Evidence()
    with tempfile.TemporaryDirectory(prefix="parcours-power-") as name:
        url = Path(name) / "kept" / "parcours.sqlite"
        Store.open(str(url)).close()
        before = {url: url.read_bytes()}
        events = recorded(url, declarations, *more)
        chance = Random(seed)  # noqa: S311  # the same cuts for the same seed
        for said, image in _images(Disk(before), events, points, chance):
            _look(url, said, image, chance, evidence)
    return evidence


def _images(
    disk: Disk, events: Sequence[Event], points: int, chance: Random
) -> Iterator[tuple[list[str], dict[Path, bytes]]]:
    """What was said before each cut, and what the disk holds after it."""
    at = sorted(chance.randrange(len(events)) for _ in range(points))
    said: list[str] = []
    for number, event in enumerate(events):
        disk.do(event)
        if isinstance(event, Said):
            said += event.lines
        while at and at[0] == number:
            at.pop(0)
            yield confirmations(said), disk.after_a_cut(chance)


def _look(
    url: Path, said: Sequence[str], image: dict[Path, bytes], chance: Random, evidence: Evidence
) -> None:
    for file in url.parent.iterdir():
        file.unlink()
    for path, content in image.items():
        path.write_bytes(content)
    Path(f"{url}-shm").write_bytes(chance.randbytes(NOISE))
    try:
        evidence.add(said, kept(url))
    except Damaged as damage:
        evidence.tries += 1
        evidence.failures.append(f"after {len(said)} confirmations: {damage}")
