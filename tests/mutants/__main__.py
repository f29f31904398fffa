"""Small lies in the law, the engine and the reading: do the tests notice? Run by hand: ``make mutants``.

A sample of all mutants, drawn by a seed; each is tried in a process of its own. A mutant that no test notices
is a survivor: those that change nothing are in ``equivalent.toml``, each with its reason. The exit code is 1
when fewer than 95 of 100 others are killed, or when a control fails.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import random
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path

import click
from tests.evidence.kept import keep
from tests.mutants.child import KILLED, SURVIVED, run
from tests.mutants.operators import Mutant, mutants

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "plugin" / "parcours"
LAW = ("tests/law/test_cases.py", "tests/test_examples.py", "tests/law", "tests/domain")
READING = (
    "tests/test_examples.py",
    "tests/test_declaration_examples.py",
    *(
        str(path.relative_to(ROOT))
        for path in sorted(ROOT.glob("tests/fhir/test_*.py"))
        if "gate" not in path.name
    ),
    "tests/law/test_cases.py",
)
SUITES = (
    ("law/**/*.py", LAW),
    ("engine.py", LAW),
    ("fhir/reading*.py", READING),
)
"""What is changed, and the tests that must notice: the quickest to fail first."""
BLIND = ("tests/domain/test_calendar.py",)
"""A suite that knows nothing of the law: the control."""
LOADED_ONCE = ("flask", "sqlalchemy", "fhir.resources.R4B.bundle")
"""What every child needs and no mutant touches."""
SECONDS = 600
"""After which a mutant that goes on for ever counts as noticed."""
GOAL = 0.95
EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Tried:
    """One mutant of one module, and the tests it is put before."""

    file: str
    mutant: Mutant | None
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """The same as long as the line is: file, function, change, the text of the line."""
        mutant = self.mutant
        if mutant is None:
            return f"{self.file}: unchanged"
        return f"{self.file}:{mutant.function}: {mutant.change}: {mutant.text}"


def everything() -> Iterator[Tried]:
    """All mutants of all modules."""
    for pattern, tests in SUITES:
        for path in sorted(PACKAGE.glob(pattern)):
            file = path.relative_to(PACKAGE).as_posix()
            for mutant in mutants(path.read_text(encoding="utf-8")):
                yield Tried(file, mutant, tests)


def controls(*, quick: bool) -> list[tuple[Tried, int]]:
    """What must come out: tests pass on what is unchanged, see a planted bug, and blind ones do not."""
    file = "law/rules/css_l162_5_3.py"
    source = (PACKAGE / file).read_text(encoding="utf-8")
    planted = next(mutant for mutant in mutants(source) if mutant.change == "any_of → all_of")
    suites = [LAW[:1]] if quick else [LAW, READING]
    unchanged = [(Tried(file, None, tests), SURVIVED) for tests in suites]
    return [*unchanged, (Tried(file, planted, suites[0]), KILLED), (Tried(file, planted, BLIND), SURVIVED)]


def outcomes(tries: Iterable[Tried], jobs: int) -> Iterator[tuple[Tried, int]]:
    """Each of these, in a process of its own, so many at a time; in the order in which they end."""
    waiting, running = iter(tries), dict[ForkProcess, tuple[Tried, float]]()
    while True:
        while len(running) < jobs and (tried := next(waiting, None)) is not None:
            running[_started(tried)] = tried, time.monotonic() + SECONDS
        if not running:
            return
        wait([process.sentinel for process in running], timeout=5)
        for process in [p for p, (_, end) in running.items() if not p.is_alive() or time.monotonic() > end]:
            process.kill()
            process.join()
            yield running.pop(process)[0], SURVIVED if process.exitcode == SURVIVED else KILLED


def _started(tried: Tried) -> ForkProcess:
    path = PACKAGE / tried.file
    module = ".".join(("parcours", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    )
    number = tried.mutant.number if tried.mutant else None
    process = multiprocessing.get_context("fork").Process(
        target=_child, args=(module, path, number, tried.tests)
    )
    process.start()
    return process


def _child(module: str, path: Path, number: int | None, tests: Sequence[str]) -> None:
    sys.exit(run(module, path, number, tests))


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
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="files whose name holds this")
    parser.add_argument("--quick", action="store_true", help="the controls only, on one file of tests")
    asked = parser.parse_args()
    for name in LOADED_ONCE:
        importlib.import_module(name)
    if asked.quick:
        return len(failed_controls(quick=True, jobs=asked.jobs))
    told = _told([t for t in everything() if asked.only in t.file], asked.sample, asked.seed, asked.jobs)
    click.echo(told)
    good = told.rate >= GOAL and not told.controls_failed
    if not asked.only:
        command = f"make mutants SAMPLE={asked.sample} SEED={asked.seed}"
        keep("mutants", command, [str(told), *(f"survived: {name}" for name in told.survived)], good=good)
    return 0 if good else 1


def _told(tries: Sequence[Tried], sample: int, seed: int, jobs: int) -> Told:
    began = time.monotonic()
    wrong = failed_controls(quick=False, jobs=jobs)
    chance = random.Random(seed)  # noqa: S311 - no secret is drawn here
    drawn = chance.sample(tries, min(sample or len(tries), len(tries)))
    survivors = list(_survivors(drawn, jobs))
    excused = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return Told(
        mutants=len(tries),
        tried=len(drawn),
        killed=len(drawn) - len(survivors),
        equivalent=sorted(name for name in survivors if name in excused),
        survived=sorted(name for name in survivors if name not in excused),
        controls_failed=wrong,
        seed=seed,
        seconds=round(time.monotonic() - began),
    )


def failed_controls(*, quick: bool, jobs: int) -> list[str]:
    """The controls that did not come out as they must."""
    expected = dict(controls(quick=quick))
    return [tried.name for tried, found in outcomes(expected, jobs) if found != expected[tried]]


def _survivors(tries: Iterable[Tried], jobs: int) -> Iterator[str]:
    for tried, found in outcomes(tries, jobs):
        if found == SURVIVED:
            click.echo(f"survived: {tried.name} (line {tried.mutant.line if tried.mutant else 0})", err=True)
            yield tried.name


if __name__ == "__main__":
    sys.exit(main())
