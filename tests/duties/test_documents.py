"""What the pages for operators, buyers and data protection officers name exists: tests, files, commands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from parcours.cli import parcours
from parcours.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
DUTIES, SECURITY = ROOT / "docs/duties.md", ROOT / "docs/security.md"
OURS = [
    DUTIES,
    SECURITY,
    *(ROOT / name for name in ("SECURITY.md", "docs/runbook.md", "docs/dpia.md", "docs/intended_purpose.md")),
]
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


# ---------------------------------------------------------------- rows, and what proves them


def rows(page: Path, mark: str) -> dict[str, list[str]]:
    """The rows of the tables of a page whose first cell is a mark: ``D7``, ``C3``, ``B-071``."""
    found: dict[str, list[str]] = {}
    for line in page.read_text("utf-8").splitlines():
        first, *cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if line.startswith("| ") and re.fullmatch(mark, first):
            assert first not in found, f"{first} twice"
            found[first] = cells
    return found


LISTS = {
    "the duties": (DUTIES, r"D\d+", [f"D{n}" for n in range(1, 24)]),
    "inputs about identity": (DUTIES, r"B-\d+", [f"B-0{n}" for n in (65, 66, 67, 69, 70, 71, 72, 73, 74)]),
    "classes of attack": (SECURITY, r"C\d+", [f"C{n}" for n in range(1, 16)]),
}


@pytest.mark.parametrize("listed", LISTS)
def test_every_row_is_there_once_and_says_what_proves_it_or_what_is_left(listed: str) -> None:
    page, mark, asked = LISTS[listed]
    found = rows(page, mark)
    assert list(found) == asked
    for row, (_, _where, proof, left) in found.items():
        assert "tests/" in proof or "not met" in left or "operator" in left, row
        assert left, f"{row}: say what is left, if only « nothing »"


@cache
def defined_in(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def named_files(page: Path) -> Iterator[tuple[str, str]]:
    """Every file of the project that a page names between back-ticks, and the test in it, if any."""
    for span in re.findall(r"`([^`\n]+)`", page.read_text("utf-8")):
        file, _, test = span.partition("::")
        if re.match(r"(tests|plugin|docs|fhir_profiles|\.ci)/", file):
            yield file, test


@pytest.mark.parametrize("page", OURS, ids=name)
def test_the_files_and_tests_that_a_page_names_exist(page: Path) -> None:
    missing = [
        f"{file}::{test}"
        for file, test in named_files(page)
        if not (ROOT / file).exists() or (test and test not in defined_in(ROOT / file))
    ]
    assert missing == []


# ---------------------------------------------------------------- settings and commands

PREFIX = re.compile(
    r"(?:\$ )?(?:ExecStart=)?(?:sudo (?:-\w \w+ )*)?(?:[A-Z_]+=\S+ )*(?:\S*/)?parcours(?:-admin)? (?=[a-z-])"
)
"""How a line begins that is a command of ours."""
FENCE = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> Iterator[str]:
    """Every command of ours that a page shows, in a block or between back-ticks, without its beginning."""
    text = page.read_text("utf-8")
    lines = [
        line.strip() for block in FENCE.findall(text) for line in block.replace("\\\n", " ").splitlines()
    ]
    for line in (*lines, *re.findall(r"`([^`\n]+)`", FENCE.sub("", text))):
        begun = PREFIX.match(line)
        if begun:
            yield re.split(r"\s(?:[#|>;]|&&?)(?:\s|$)|;", line[begun.end() :])[0]


def described(command: str) -> tuple[click.Command, list[str], list[str]]:
    """The command that these words call, its path, and the words left for it."""
    group: click.Command = parcours
    path: list[str] = []
    left = command.split()
    while isinstance(group, click.Group) and left:
        inner = group.get_command(click.Context(group), left[0])
        if inner is None:
            break
        path.append(left.pop(0))
        group = inner
    return group, path, left


EVERY_COMMAND = sorted({(name(page), command) for page in PAGES for command in commands(page)})


@pytest.mark.parametrize(("page", "command"), EVERY_COMMAND, ids=lambda text: text[:60])
def test_a_command_of_a_page_exists_with_its_options(page: str, command: str) -> None:
    found, _, left = described(command)
    if isinstance(found, click.Group):
        assert not left or left[0].startswith("-"), f"{page}: no such command"
    known = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
    options = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", " ".join(left)))
    assert options - known - {"-h", "--help"} == set(), page


def test_help_is_answered_by_every_command_that_a_page_shows() -> None:
    paths = {tuple(described(command)[1]) for _, command in EVERY_COMMAND}
    assert len(paths) > 10
    for path in paths:
        assert CliRunner().invoke(parcours, [*path, "--help"]).exit_code == 0, path


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_settings_that_a_page_names_exist(page: Path) -> None:
    named = set(re.findall(r"PARCOURS_[A-Z0-9_]*[A-Z0-9]", page.read_text("utf-8")))
    known = {setting.name for setting in SETTINGS}
    unknown = {n for n in named - known if not n.startswith("PARCOURS_POLICY") and not prefix(n, known)}
    assert unknown == set()


def prefix(named: str, known: set[str]) -> bool:
    """``PARCOURS_RETENTION_…`` stands for several settings."""
    return any(setting.startswith(f"{named}_") for setting in known)
