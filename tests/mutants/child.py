"""One mutant in one process: a module is changed as it is imported, then tests are run until one fails."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from tests.mutants.operators import mutated

SURVIVED, KILLED = 0, 1
"""Exit codes: no test noticed; a test failed, or the program did not even start."""


def run(module: str, path: Path, number: int | None, tests: Sequence[str]) -> int:
    """Run the tests on a mutant, or on the program as it is; says nothing."""
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - until the process ends
    sys.meta_path.insert(0, _Changed(module, path, number))
    code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", *tests])
    return SURVIVED if code == pytest.ExitCode.OK else KILLED


class _Changed(MetaPathFinder):
    """Finds one module before anybody else does."""

    def __init__(self, module: str, path: Path, number: int | None) -> None:
        self.module, self.path, self.number = module, path, number

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.module or self.number is None:
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
