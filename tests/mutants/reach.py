"""Which tests run which lines of the program: these are the first to notice a lie on such a line."""

from __future__ import annotations

import importlib
import multiprocessing
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import coverage
import pytest
from tests.mutants.child import SURVIVED, Suite, run

PACKAGE = Path(__file__).parents[2] / "plugin" / "parcours"
LOADED_ONCE = ("flask", "sqlalchemy", "fhir.resources.R4B.bundle")
"""What every child needs and no mutant touches, beside what pytest loads by itself."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A file of tests: do they pass, in how many seconds, which of them run which line of which file."""

    tests: str
    passed: bool
    seconds: float
    lines: Mapping[str, Mapping[int, frozenset[str]]]

    def meets(self, file: str, lines: range) -> frozenset[str] | None:
        """The tests that run one of these lines; ``None`` when not even their collection does."""
        known = self.lines.get(file, {})
        met = [known[line] for line in lines if line in known]
        return frozenset().union(*met) if met else None


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
        code = run([Suite((tests,))], _Named(counting))
    seconds = time.process_time() - began
    read = counting.get_data()
    same: dict[frozenset[str], frozenset[str]] = {}
    lines = {
        Path(file).relative_to(PACKAGE).as_posix(): {
            line: same.setdefault(names, names) for line, names in _named(read, file)
        }
        for file in read.measured_files()
    }
    return Reach(tests, code == SURVIVED, seconds, lines)


def _named(read: coverage.CoverageData, file: str) -> Iterator[tuple[int, frozenset[str]]]:
    for line, names in read.contexts_by_lineno(file).items():
        yield line, frozenset(names) - {""}  # that is no test: the file is imported, or tests are collected


class _Named:
    """A plugin: what is counted from now on is of this test."""

    def __init__(self, counting: coverage.Coverage) -> None:
        self.counting = counting

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.counting.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.counting.switch_context("")
