"""One mutant in one process: a module is changed as it is imported, then tests are run until one fails."""

from __future__ import annotations

import importlib.util
import os
import resource
import signal
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from tests.mutants.operators import mutated

SURVIVED, KILLED = 0, 1
"""Exit codes: no test noticed; a test failed, or the program did not even start."""
SECONDS = 600
"""Of the processor, after which a mutant goes on for ever; the machine may have other things to do."""
OPTIONS = (
    *("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-cov"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # plugins are loaded before children are made
)


def change(module: str, path: Path, number: int) -> None:
    """From now on, in this process, this module is imported with this change."""
    sys.meta_path.insert(0, _Changed(module, path, number))


@dataclass(frozen=True, slots=True)
class Suite:
    """Files of tests, or options of pytest; and the only tests to run of them, if not all."""

    arguments: Sequence[str]
    only: frozenset[str] | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """As a plugin of pytest: leave the others out."""
        if self.only is not None:
            items[:] = [item for item in items if item.nodeid in self.only]


def run(suites: Iterable[Suite], *plugins: object) -> int:
    """Run these suites, one after the other, until a test fails; says nothing."""
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - until the process ends
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who counts: it is no failure of a test
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    return SURVIVED if all(_passes(suite, plugins) for suite in suites if suite.arguments) else KILLED


def _passes(suite: Suite, plugins: Sequence[object]) -> bool:
    code = pytest.main([*OPTIONS, *suite.arguments], plugins=[suite, *plugins])
    none_of_them = suite.only is not None and code == pytest.ExitCode.NO_TESTS_COLLECTED
    return none_of_them or code == pytest.ExitCode.OK


class _Changed(MetaPathFinder):
    """Finds one module before anybody else does."""

    def __init__(self, module: str, path: Path, number: int) -> None:
        self.module, self.path, self.number = module, path, number

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.module:
            return None
        return importlib.util.spec_from_file_location(
            name, self.path, loader=_Loader(name, str(self.path), self.number)
        )


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, number: int) -> None:
        super().__init__(name, path)
        self.number = number

    def get_code(self, fullname: str) -> CodeType:
        """The changed module, whatever was compiled before."""
        if fullname != self.name:
            raise ImportError(fullname)
        tree = mutated(Path(self.path).read_text(encoding="utf-8"), self.number)
        return compile(tree, self.path, "exec", dont_inherit=True)
