"""What the pages show is what the program does: commands run, JSON is read back, links lead somewhere.

A ``console`` block is executed: a line that begins with ``$`` is a command, what follows is its output,
and a line that holds only ``…`` stands for any number of lines. A ``sh`` block is executed and must succeed.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from parcours.cli import parcours
from parcours.law.policies import POLITIQUES
from parcours.settings import SETTINGS, Settings, policy_variable
from parcours.web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EVERY_PAGE = [*PAGES, ROOT / "examples/README.md", *sorted(ROOT.glob("examples/*/README.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = ("parcours serve", "make ", ". .venv/")
"""They never end, or would build the environment that these tests run in; checked otherwise."""


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(page.read_text(encoding="utf-8")) if kind == language]


def transcripts() -> Iterator[tuple[str, str]]:
    """Every command of every console block, with the output printed under it."""
    for page in PAGES:
        for block in blocks(page, "console"):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                # A command goes on to the next line after a backslash.
                found = re.match(r"((?:[^\n]*\\\n)*[^\n]*\n)(.*)\Z", part, re.DOTALL)
                assert found is not None
                yield found[1].replace("\\\n", " ").strip(), found[2]


def commands() -> Iterator[str]:
    """Every command of every sh block."""
    for page in PAGES:
        for block in blocks(page, "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                yield line.partition(" #")[0].strip()


def run(command: str) -> str:
    """What a command prints; ``curl`` asks an application of this process."""
    words = shlex.split(command)
    environment = dict(word.split("=", 1) for word in words if re.match(r"PARCOURS_\w+=", word))
    program, *arguments = words[len(environment) :]
    if program == "curl":
        return post(arguments)
    assert program == "parcours", command
    result = CliRunner().invoke(parcours, arguments, env=environment, standalone_mode=False)
    assert (result.exception, result.return_value or 0) == (None, 0), result.output
    return result.stdout


def post(arguments: list[str]) -> str:
    (body,) = (Path(a.removeprefix("@")).read_bytes() for a in arguments if a.startswith("@"))
    (url,) = (a for a in arguments if a.startswith("http://"))
    headers = [a.split(": ", 1) for a in arguments if ": " in a]
    answer = (
        create_app(Settings())
        .test_client()
        .post(urlsplit(url).path, data=body, headers=[(key, value) for key, value in headers])
    )
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def matches(shown: str, printed: str) -> bool:
    """Is this what was printed, a lone ``…`` standing for any lines?"""
    parts = re.split(r"^…\n", shown.rstrip("\n") + "\n", flags=re.MULTILINE)
    pattern = r"(?:.*\n)*?".join(re.escape(part) for part in parts)
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n") is not None


@pytest.fixture(autouse=True)
def in_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the reader stands: in the root of the project, with no setting of his own."""
    monkeypatch.chdir(ROOT)
    for variable in [v for v in os.environ if v.startswith("PARCOURS_")]:
        monkeypatch.delenv(variable)


@pytest.mark.parametrize(("command", "shown"), list(transcripts()), ids=lambda text: text.split("\n")[0][:60])
def test_a_command_prints_what_the_page_shows(command: str, shown: str) -> None:
    printed = run(command)
    assert matches(shown, printed), printed


@pytest.mark.parametrize("command", [c for c in commands() if not c.startswith(NOT_RUN)])
def test_a_command_of_a_page_succeeds(command: str) -> None:
    assert run(command)


def test_the_operation_of_the_page_answers_with_a_claim_response() -> None:
    (curl,) = (command for command in commands() if command.startswith("curl"))
    answer = json.loads(run(curl))
    assert (answer["resourceType"], answer["type"]) == ("Bundle", "collection")
    assert answer["entry"][0]["resource"]["resourceType"] == "ClaimResponse"


def test_the_targets_of_make_that_the_pages_name_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {c.split()[1] for c in commands() if c.startswith("make ")}
    assert {"run", "test"} <= named
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_the_first_thirty_lines_let_a_new_user_succeed() -> None:
    beginning = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:30])
    assert all(words in beginning for words in ("make run", "make test", "$ parcours evaluate examples/"))


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name)
def test_the_links_of_a_page_lead_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []
    assert all((page.parent / link).resolve().is_relative_to(ROOT) for link in local)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_examples_a_page_names_exist(page: Path) -> None:
    named = re.findall(r"examples/(\d\d[\w-]*)", page.read_text(encoding="utf-8"))
    assert [slug for slug in named if not (ROOT / "examples" / slug).is_dir()] == []


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name)
def test_the_examples_a_page_names_by_number_exist(page: Path) -> None:
    numbers = re.findall(r"\bexemple (\d+)", page.read_text(encoding="utf-8"))
    assert [n for n in numbers if not list(ROOT.glob(f"examples/{int(n):02}-*"))] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_json_of_a_page_is_an_extract_of_its_example(page: Path) -> None:
    marked = re.findall(
        r"^<!-- extract: (\S+)([^\n]*) -->\n```json\n(.*?)^```$",
        page.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert len(marked) == len(blocks(page, "json"))
    for file, steps, shown in marked:
        value: Any = json.loads((ROOT / file).read_text(encoding="utf-8"))
        for step in steps.split():
            value = value[int(step) if step.isdigit() else step]
        assert json.loads(shown) == value, file


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the table whose first heading is this one, without code marks."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(rf"^\| {heading} \|.*\n\|[ |:-]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert found is not None
    return [
        [cell.strip().replace("`", "") for cell in line.strip("| ").split(" | ")]
        for line in found[1].splitlines()
    ]


def test_the_table_of_settings_is_that_of_the_program() -> None:
    shown = {variable: default for variable, default, *_ in table("docs/settings.md", "variable")}
    settings = {setting.name: str(setting.default) for setting in SETTINGS}
    assert shown == settings | {policy_variable(p): p.defaut for p in POLITIQUES}


@pytest.mark.parametrize("page", ["README.md", "docs/limits.md"])
def test_the_table_of_policies_is_that_of_the_law(page: str) -> None:
    rows = {policy: (default, other) for policy, default, other, *_ in table(page, "policy")}
    assert list(rows) == [p.nom for p in POLITIQUES]
    for policy in POLITIQUES:
        default, other = rows[policy.nom]
        assert default == policy.defaut
        assert all(choice in other for choice in policy.choix if choice != policy.defaut)


def test_the_words_of_the_glossary_are_those_of_the_code() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in ROOT.glob("plugin/parcours/**/*.py"))
    words = [
        word
        for _, in_code, *_ in table("README.md", "in the law")
        for word in re.findall(r"[A-Za-z_]+", in_code)
    ]
    assert [word for word in words if not re.search(rf"\b{word}\b", code)] == []
