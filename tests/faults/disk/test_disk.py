"""The disk says no once: nothing that was confirmed is lost. ``make faults`` tries every call in turn."""

from __future__ import annotations

import pytest
from tests.faults.disk.injected import NO_STRACE, Fault, strace_works, tried
from tests.faults.evidence import Evidence

SOME = [
    (Fault("pwrite64", "EIO", 1), True),
    (Fault("pwrite64", "ENOSPC", 100), True),  # the last write of a new file, which SQLite does not tell of
    (Fault("pwrite64", "EIO", 30), False),
    (Fault("fdatasync", "EIO", 3), False),
    (Fault("fdatasync", "ENOSPC", 5), False),
]
pytestmark = pytest.mark.skipif(not strace_works(), reason=NO_STRACE)


@pytest.mark.parametrize(("fault", "new"), SOME, ids=str)
def test_f020_a_call_that_fails_is_told_and_takes_nothing_with_it(fault: Fault, new: bool) -> None:
    evidence = Evidence()
    assert tried(fault, evidence, new=new), "the fault happened"
    assert evidence.failures == []
    assert evidence.lost == 0


def test_f020_who_confirms_before_he_has_written_is_seen() -> None:
    """The control."""
    evidence = Evidence()
    assert tried(Fault("pwrite64", "EIO", 30), evidence, "--early", new=False)
    assert evidence.lost
