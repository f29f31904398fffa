"""Which files of tests run which lines of the program: only these can notice a lie on such a line."""

from __future__ import annotations

import importlib
import multiprocessing
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import coverage
from tests.mutants.child import SURVIVED, run

PACKAGE = Path(__file__).parents[2] / "plugin" / "parcours"
LOADED_ONCE = ("flask", "sqlalchemy", "fhir.resources.R4B.bundle")
"""What every child needs and no mutant touches, beside what pytest loads by itself."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A file of tests: do they pass, in how many seconds, over which lines of which file of the package."""

    tests: str
    passed: bool
    seconds: float
    lines: Mapping[str, frozenset[int]]

    def meets(self, file: str, lines: range) -> bool:
        """Is one of these lines run, be it while the module is imported?"""
        return not self.lines.get(file, frozenset()).isdisjoint(lines)


def load_once() -> None:
    """Import what all children share, before they are made."""
    for name in LOADED_ONCE:
        importlib.import_module(name)
    for plugin in entry_points(group="pytest11"):
        plugin.load()


def reaches(tests: Iterable[str], jobs: int) -> list[Reach]:
    """What each file of tests reaches, in a process of its own; the quickest first."""
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        return sorted(pool.imap_unordered(_reach, tests, chunksize=1), key=lambda reach: reach.seconds)


def _reach(tests: str) -> Reach:
    counting = coverage.Coverage(data_file=None, config_file=False, include=[f"{PACKAGE}/*"])
    began = time.process_time()
    with counting.collect():
        code = run([(tests,)])
    read = counting.get_data()
    lines = {
        Path(file).relative_to(PACKAGE).as_posix(): frozenset(read.lines(file) or ())
        for file in read.measured_files()
    }
    return Reach(tests, code == SURVIVED, time.process_time() - began, lines)
