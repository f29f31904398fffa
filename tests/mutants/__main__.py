"""Small lies in the law, the engine and the reading: do the tests notice? Run by hand: ``make mutants``.

A sample of all mutants, drawn by a seed; each is tried in a process of its own. A mutant that no test notices
is a survivor: those that change nothing are in ``equivalent.toml``, each with its reason. The exit code is 1
when fewer than 95 of 100 others are killed, or when a control fails.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import random
import signal
import sys
import threading
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import TypeVar

import click
from tests.evidence.kept import keep
from tests.mutants.child import KILLED, SURVIVED, Suite, change, run
from tests.mutants.operators import Mutant, mutants
from tests.mutants.reach import PACKAGE, Reach, load_once, reaches

_T = TypeVar("_T")

ROOT = Path(__file__).parents[2]
CHANGED = ("law/**/*.py", "engine.py", "fhir/reading*.py")
TESTS = (
    "tests/test_examples.py",
    "tests/test_declaration_examples.py",
    *(
        path.relative_to(ROOT).as_posix()
        for folder in ("law", "domain", "fhir")
        for path in sorted(ROOT.glob(f"tests/{folder}/test_*.py"))
        if "gate" not in path.name
    ),
)
"""What must notice."""
CASES = ("tests/law/test_cases.py",)
SHARP = (*CASES, "tests/test_examples.py")
"""Most lies are noticed here: tried first, and alone."""
BLIND = ("tests/domain/test_calendar.py",)
"""A suite that knows nothing of the law: the control."""
WALL_S = 7200
"""After which a mutant is ended that does nothing for ever."""
GOAL = 0.95
EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Tried:
    """One mutant of one module, and the tests it is put before."""

    file: str
    mutant: Mutant | None
    suites: tuple[Suite, ...]

    @property
    def name(self) -> str:
        """The same as long as the line is: file, function, change, the text of the line."""
        mutant = self.mutant
        if mutant is None:
            return f"{self.file}: unchanged"
        return f"{self.file}:{mutant.function}: {mutant.change}: {mutant.text}"


def everything() -> Iterator[tuple[str, Mutant]]:
    """All mutants of all modules, each with its file."""
    for pattern in CHANGED:
        for path in sorted(PACKAGE.glob(pattern)):
            for mutant in mutants(path.read_text(encoding="utf-8")):
                yield path.relative_to(PACKAGE).as_posix(), mutant


def controls() -> Mapping[Tried, int]:
    """What must come out: tests pass on what is unchanged, see a planted bug, and blind ones do not."""
    file = "law/rules/css_l162_5_3.py"
    source = (PACKAGE / file).read_text(encoding="utf-8")
    planted = next(mutant for mutant in mutants(source) if mutant.change == "any_of → all_of")
    return {
        Tried(file, None, (Suite(("--collect-only", *TESTS)), Suite(SHARP))): SURVIVED,
        Tried(file, planted, (Suite(CASES),)): KILLED,
        Tried(file, planted, (Suite(BLIND),)): SURVIVED,
    }


def outcomes(tries: Iterable[Tried], jobs: int) -> Iterator[tuple[Tried, int]]:
    """Each of these, in a process of its own, so many at a time; in the order in which they end."""
    waiting, running = iter(tries), dict[ForkProcess, tuple[Tried, float]]()
    while True:
        while len(running) < jobs and (tried := next(waiting, None)) is not None:
            running[_started(tried)] = tried, time.monotonic() + WALL_S
        if not running:
            return
        wait([process.sentinel for process in running], timeout=5)
        for process in [p for p, (_, end) in running.items() if not p.is_alive() or time.monotonic() > end]:
            process.kill()
            process.join()
            yield running.pop(process)[0], SURVIVED if process.exitcode == SURVIVED else KILLED


def _started(tried: Tried) -> ForkProcess:
    process = multiprocessing.get_context("fork").Process(target=_child, args=(tried,))
    process.start()
    return process


def _child(tried: Tried) -> None:
    if tried.mutant:
        path = PACKAGE / tried.file
        name = ".".join(("parcours", *Path(tried.file).with_suffix("").parts)).removesuffix(".__init__")
        change(name, path, tried.mutant.number)
    sys.exit(run(tried.suites))


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a run: what is printed, and what the page of evidence repeats."""

    mutants: int
    tried: int
    killed: int
    equivalent: Sequence[str]
    survived: Sequence[str]
    controls_failed: Sequence[str]
    seed: int
    seconds: int

    @property
    def rate(self) -> float:
        """Killed, of those that change something."""
        return self.killed / max(1, self.tried - len(self.equivalent))

    def listed(self) -> Iterator[str]:
        """Every survivor: those that change nothing with the reason, the others as what is left to notice."""
        for kind in ("controls_failed", "survived", "equivalent"):
            yield from (f"{kind.replace('_', ' ')}: {name}" for name in getattr(self, kind))

    def __str__(self) -> str:
        return (
            f"mutants: tried {self.tried} of {self.mutants}, killed {self.killed}, equivalent "
            f"{len(self.equivalent)}, survived {len(self.survived)} ({self.rate:.1%}), seed {self.seed}, "
            f"{self.seconds} s, controls failed: {len(self.controls_failed)}"
        )


def main() -> int:
    """Draw, try, tell."""
    parser = argparse.ArgumentParser(description="Do the tests notice small lies?")
    parser.add_argument("--sample", type=int, default=200, help="how many mutants; 0 for all")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after which no more are tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="files whose name holds this")
    parser.add_argument("--quick", action="store_true", help="the controls only, on one file of tests")
    asked = parser.parse_args()
    load_once()
    if asked.quick:
        return len(failed_controls(asked.jobs))
    told = _told(asked)
    click.echo(told)
    good = told.rate >= GOAL and not told.controls_failed
    if not asked.only:
        command = f"make mutants SAMPLE={asked.sample} SEED={asked.seed}"
        keep("mutants", command, [str(told), *told.listed()], good=good)
    return 0 if good else 1


def _told(asked: argparse.Namespace) -> Told:
    began = time.monotonic()
    reached = reaches(TESTS, asked.jobs)
    wrong = [reach.tests for reach in reached if not reach.passed] + failed_controls(asked.jobs)
    known = [(file, mutant) for file, mutant in everything() if asked.only in file]
    chance = random.Random(asked.seed)  # noqa: S311 - no secret is drawn here
    drawn = chance.sample(known, min(asked.sample or len(known), len(known)))
    tries = (_met(file, mutant, reached) for file, mutant in until(began + asked.minutes * 60, drawn))
    found = list(_shown(outcomes(tries, asked.jobs)))
    survivors = sorted(tried.name for tried, outcome in found if outcome == SURVIVED)
    excused = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return Told(
        mutants=len(known),
        tried=len(found),
        killed=len(found) - len(survivors),
        equivalent=[f"{name}: {excused[name]}" for name in survivors if name in excused],
        survived=[name for name in survivors if name not in excused],
        controls_failed=wrong,
        seed=asked.seed,
        seconds=round(time.monotonic() - began),
    )


def _met(file: str, mutant: Mutant, reached: Sequence[Reach]) -> Tried:
    """The mutant, before the tests that run its lines, then before all tests of their files.

    What one test computes, others take from a cache, or from a table made at the import.
    """
    met = {
        reach.tests: names for reach in reached if (names := reach.meets(file, mutant.statement)) is not None
    }
    only = frozenset().union(*met.values())
    near = [tests for tests in met if met[tests]]
    sharp = [tests for tests in near if tests in SHARP]
    others = [tests for tests in near if tests not in SHARP]
    return Tried(file, mutant, (Suite(sharp, only), Suite(others, only), Suite([*met])))


def until(end: float, things: Iterable[_T]) -> Iterator[_T]:
    """No more of these after the end, on the monotonic clock, nor once Ctrl-C was pressed."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return takewhile(lambda _: time.monotonic() < end and not stopped.is_set(), things)


def failed_controls(jobs: int) -> list[str]:
    """The controls that did not come out as they must."""
    expected = controls()
    return [tried.name for tried, found in outcomes(expected, jobs) if found != expected[tried]]


def _shown(found: Iterable[tuple[Tried, int]]) -> Iterator[tuple[Tried, int]]:
    for tried, outcome in found:
        if outcome == SURVIVED:
            click.echo(f"survived: {tried.name} (line {tried.mutant.line if tried.mutant else 0})", err=True)
        yield tried, outcome


if __name__ == "__main__":
    sys.exit(main())
