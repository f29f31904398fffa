"""Faults at every point, not at one: is all that was confirmed still there, once, and whole?

``make faults`` runs all of them for some minutes. Each prints one line; each has a control, the same fault
with a mistake put in, that must lose or double something. The exit code is 1 when something was lost, when
something failed, when a control lost nothing, or when a tool was missing.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click
import pytest
from tests.evidence.kept import keep
from tests.faults.disk import injected
from tests.faults.disk.injected import Fault
from tests.faults.evidence import Evidence
from tests.faults.power import commits, cuts, kills, outage, races

SHOWN = 10
CONTROL_POINTS = 100
CONTROL_FAULTS = [Fault("pwrite64", "EIO", nth) for nth in (20, 30, 40)]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of evidence."""

    what: str
    found: Evidence
    control: Evidence
    wrong: str
    """What the control does wrong."""
    seed: int
    seconds: int

    @property
    def good(self) -> bool:
        """Nothing was lost or failed, and the control shows that it would have been seen."""
        return self.found.good and self.control.wrong

    def __str__(self) -> str:
        found, control = self.found, self.control
        return (
            f"faults {self.what}: {found.tries} tries, {len(found.failures)} failures, "
            f"{found.acknowledged} confirmations looked for, {found.lost} lost, "
            f"seed {self.seed}, {self.seconds} s; "
            f"control ({self.wrong}): {control.tries} tries, {len(control.failures)} failures, "
            f"{control.lost} lost in at least {control.losing}{'' if control.wrong else ': NOT SEEN'}"
        )


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of each is tried."""

    cuts: int
    rounds: int
    crashes: int
    away: float
    declarations: int
    step: int
    seed: int


def harnesses(size: Sizes) -> Iterator[Told]:
    """Each in turn."""
    seed = size.seed
    yield _told(
        "F-005 power cut (SQLite)",
        lambda: cuts.cut(size.cuts, seed, size.declarations),
        lambda: cuts.cut(CONTROL_POINTS, seed, size.declarations, "--normal"),
        "synchronous=NORMAL",
        seed,
    )
    yield _told(
        "F-020 EIO, ENOSPC at the Nth call (SQLite)",
        lambda: _positions(size.step),
        _early,
        "confirms early",
        seed,
    )
    yield _told(
        "F-001 kill -9 of writers (SQLite)",
        lambda: kills.kill_writers(size.rounds, seed),
        lambda: kills.kill_hasty(5),
        "confirms early",
        seed,
    )
    yield _told(
        "F-024 crash of PostgreSQL",
        lambda: kills.kill_postgresql(size.crashes, seed),
        lambda: kills.kill_postgresql(3, seed, careless=True),
        "synchronous_commit=off",
        seed,
    )
    with kills.running_cluster() as cluster:
        yield _told(
            f"F-025 PostgreSQL away for {size.away:g} s",
            lambda: outage.outage(cluster, "away", size.away, seed),
            lambda: outage.outage(cluster, "away_for_good", 3, seed, back=False),
            "it does not come back",
            seed,
        )
        yield _told(
            "F-026 connection cut during COMMIT (PostgreSQL)",
            lambda: commits.cut_commits(cluster, "cut", size.declarations, seed),
            lambda: commits.cut_commits(cluster, "cut_early", 40, seed, "--early", "--once"),
            "confirms early, does not look",
            seed,
        )
        yield _told(
            "F-031 equal requests at once (both)",
            lambda: races.race(cluster, 6),
            lambda: races.race_without_locks(cluster),
            "no lock, no unique index",
            seed,
        )


def _told(
    what: str, work: Callable[[], Evidence], control: Callable[[], Evidence], wrong: str, seed: int
) -> Told:
    began = time.monotonic()
    found = work()
    told = Told(what, found, control(), wrong, seed, round(time.monotonic() - began))
    for failure in told.found.failures[:SHOWN]:
        click.echo(f"{what}: {failure}", err=True)
    click.echo(told)
    return told


def _positions(step: int) -> Evidence:
    evidence = Evidence()
    injected.positions(evidence, new=False, step=step)
    injected.positions(evidence, new=True, errors=("EIO",), step=step)
    return evidence


def _early() -> Evidence:
    evidence = Evidence()
    for fault in CONTROL_FAULTS:
        injected.tried(fault, evidence, "--early", new=False)
    return evidence


def main() -> int:
    """Run them, say what came of each, keep the figures."""
    asking = argparse.ArgumentParser(description="Faults at every point.")
    asking.add_argument("--cuts", type=int, default=1000, help="power cuts")
    asking.add_argument("--rounds", type=int, default=60, help="kills of writers")
    asking.add_argument("--crashes", type=int, default=8, help="of PostgreSQL")
    asking.add_argument("--away", type=float, default=300, help="seconds without PostgreSQL")
    asking.add_argument("--declarations", type=int, default=160, help="that a writer makes")
    asking.add_argument("--step", type=int, default=1, help="one in so many calls of the disk fails")
    asking.add_argument("--seed", type=int, default=1)
    asked = asking.parse_args()
    if not injected.strace_works():
        click.echo(injected.NO_STRACE, err=True)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    size = Sizes(**vars(asked))
    try:
        told = list(harnesses(size))
    except pytest.skip.Exception as missing:
        click.echo(missing, err=True)
        return 1
    good = all(line.good for line in told)
    command = f"make faults ROUNDS={asked.rounds} SEED={asked.seed}"
    keep("faults", command, [str(line) for line in told], good=good)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
