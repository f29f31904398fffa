"""The project itself: its floors, its layers, its commands, and tests that cannot silently skip."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

import parcours

pytest_plugins = "pytester"

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

FLOORS = {"urllib3": (2, 6, 3), "werkzeug": (3, 0, 6), "pydantic": (2, 4)}
"""The oldest versions without a published advisory that concerns us."""


@pytest.mark.parametrize("name", FLOORS)
def test_no_dependency_is_older_than_its_last_advisory(name: str) -> None:
    installed = tuple(int(part) for part in re.findall(r"\d+", version(name))[:3])
    assert installed >= FLOORS[name]
    floor = ".".join(map(str, FLOORS[name]))
    assert f"{name}>={floor}" in PROJECT["project"]["dependencies"]


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_domain_is_standard_library_only() -> None:
    files = sorted((ROOT / "plugin/parcours/domain").glob("*.py"))
    assert files
    for file in files:
        for module in imported(file):
            known = module.split(".")[0] in sys.stdlib_module_names or module.startswith("parcours.domain")
            assert known, f"{file.name} imports {module}"


def test_the_version_is_the_same_everywhere() -> None:
    assert PROJECT["project"]["version"] == parcours.VERSION_LOGICIEL
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {parcours.VERSION_LOGICIEL}" in changelog


@pytest.mark.parametrize("target", ["run", "test", "check", "help", "clean"])
def test_make_has_the_targets_people_type(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:.* ## ", makefile, re.MULTILINE)


def test_continuous_integration_runs_what_people_run() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert {"set -euo pipefail", "export CI=true", "make test", "make check"} <= set(lines)


@pytest.mark.parametrize(
    "command", [["-m", "parcours", "--help"], ["-m", "parcours", "--version"]], ids=["help", "version"]
)
def test_the_installed_command_runs(command: list[str]) -> None:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "parcours" in done.stdout


SKIPPING = {
    "a test": "import pytest\ndef test_a(): pytest.skip({reason!r})",
    "a marked test": "import pytest\n@pytest.mark.skip(reason={reason!r})\ndef test_a(): pass",
    "a module": "import pytest\npytest.skip({reason!r}, allow_module_level=True)",
    "a fixture": "import pytest\n@pytest.fixture\ndef f(): pytest.skip({reason!r})\ndef test_a(f): pass",
}


@pytest.mark.parametrize("kind", SKIPPING)
@pytest.mark.parametrize(
    ("environment", "reason", "passes"),
    [
        ("true", "node is absent", False),
        ("true", "../shared absent: requests", True),
        (None, "node is absent", True),
    ],
    ids=["in CI, a tool", "in CI, ../shared", "elsewhere"],
)
def test_in_ci_a_skip_for_want_of_a_tool_is_a_failure(
    kind: str,
    environment: str | None,
    reason: str,
    passes: bool,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    if environment:
        monkeypatch.setenv("CI", environment)
    pytester.makeconftest((ROOT / "tests/conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(SKIPPING[kind].format(reason=reason))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    outcomes = result.parseoutcomes()
    assert ("skipped" in outcomes) is passes
    if not passes:
        assert outcomes.keys() & {"failed", "errors"}
        result.stdout.fnmatch_lines(["*skipped in CI, where every tool must be there: node is absent*"])
