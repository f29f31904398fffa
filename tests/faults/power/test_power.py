"""A power cut takes back nothing that was confirmed; and these cuts would see it if one did."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from tests.faults.disk.injected import NO_STRACE, strace_works
from tests.faults.power.cuts import cut
from tests.faults.power.disk import SECTOR, Disk, sectors
from tests.faults.power.recorded import Cut, Event, Gone, Made, Sync, Write

POINTS = 60
DECLARATIONS = 70
FILE = Path("/disk/file")
OTHER = Path("/disk/other")
needs_strace = pytest.mark.skipif(not strace_works(), reason=NO_STRACE)


@needs_strace
def test_f005_a_power_cut_at_any_point_takes_nothing_back_and_leaves_a_whole_file() -> None:
    found = cut(POINTS, seed=5, declarations=DECLARATIONS)
    assert found.failures == []
    assert (found.tries, found.lost) == (POINTS, 0)
    assert found.acknowledged > POINTS * DECLARATIONS / 4


@needs_strace
def test_f005_with_synchronous_normal_the_same_cuts_take_back_what_was_confirmed() -> None:
    """The control."""
    assert cut(POINTS // 3, 5, DECLARATIONS, "--normal").losing > 1


def outcomes(*events: Event) -> set[tuple[tuple[Path, bytes], ...]]:
    """Every way that some cuts leave a disk after these calls, which held one empty file."""
    disk = Disk({FILE: b""})
    for event in events:
        disk.do(event)
    chance = Random(1)  # noqa: S311  # the same outcomes every time
    return {tuple(sorted(disk.after_a_cut(chance).items())) for _ in range(200)}


A, B = Write(FILE, 0, b"a"), Write(FILE, 1, b"b")


def test_what_was_synced_is_there_and_the_rest_may_be() -> None:
    assert outcomes(A, Sync(FILE)) == {((FILE, b"a"),)}
    assert outcomes(A, Sync(FILE), B) == {((FILE, b"a"),), ((FILE, b"ab"),)}
    assert outcomes(A, B) == {((FILE, left),) for left in (b"", b"a", b"\0b", b"ab")}
    assert outcomes(A, Sync(FILE), Cut(FILE, 0)) == {((FILE, b"a"),), ((FILE, b""),)}


def test_a_name_is_sure_once_its_folder_was_synced() -> None:
    made = (Made(OTHER), Write(OTHER, 0, b"o"), Sync(OTHER))
    assert outcomes(*made) == {((FILE, b""),), ((FILE, b""), (OTHER, b"o"))}
    assert outcomes(*made, Sync(FILE.parent)) == {((FILE, b""), (OTHER, b"o"))}
    assert outcomes(Gone(FILE)) == {(), ((FILE, b""),)}
    assert outcomes(Gone(FILE), Sync(FILE.parent)) == {()}


def test_a_write_is_torn_where_sectors_end() -> None:
    torn = sectors(Write(FILE, SECTOR - 1, bytes(SECTOR + 2)))
    assert [(part.offset, len(part.data)) for part in torn if isinstance(part, Write)] == [
        (SECTOR - 1, 1),
        (SECTOR, SECTOR),
        (2 * SECTOR, 1),
    ]
