"""``parcours rules --check``: what is cited, compared with an index of Légifrance."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from parcours.cli.legifrance_index import MOST
from parcours.law.citations import citations

Type = Callable[..., Any]
CURRENT = {c.derniere: c.derniere for c in citations() if c.derniere}
OTHER = "LEGIARTI000099999999"
DECREE = "LEGIARTI000038925697"


@pytest.fixture
def index(tmp_path: Path) -> Callable[[Any], str]:
    def write(content: Any) -> str:
        path = tmp_path / "index.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    return write


Index = Callable[[Any], str]


@pytest.mark.parametrize(
    ("more", "printed"),
    [
        ({}, []),
        ({DECREE: OTHER}, [f"périmée : CSS D162-1-6 ({DECREE}, aujourd’hui {OTHER})"]),
        ({"L162-5-4": OTHER}, [f"à établir : CSS L162-5-4 (version non établie, aujourd’hui {OTHER})"]),
        ({"Article 1": OTHER}, []),
    ],
    ids=["all current", "one is not", "one was never established", "a name that is none of ours"],
)
def test_what_is_not_current_is_listed_and_that_is_an_answer(
    more: Mapping[str, str], printed: list[str], typed: Type, index: Index
) -> None:
    said = typed("rules", "--check", index({**CURRENT, **more}))
    lines = [line for line in said.out.splitlines() if not line.startswith("absente")]
    assert (said.code, lines) == (0, printed)
    assert "citations comparées" in said.err


def test_what_the_index_does_not_know_is_listed_after_what_is_stale(typed: Type, index: Index) -> None:
    said = typed("rules", "--check", index({DECREE: OTHER}))
    first, *rest = said.out.splitlines()
    assert first.startswith("périmée : CSS D162-1-6")
    assert rest
    assert all(line.startswith("absente de l’index : ") for line in rest)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "un objet JSON est attendu"),
        ('"x"', "un objet JSON est attendu"),
        ([CURRENT], "un objet JSON est attendu"),
        ("[" * 100_000, "un objet JSON est attendu"),
        ({DECREE: "demain"}, f"{DECREE} : un identifiant LEGIARTI"),
        ({DECREE: {"id": OTHER}}, f"{DECREE} : un identifiant LEGIARTI"),
        (f'{{"{DECREE}": "{OTHER}", "{DECREE}": "{DECREE}"}}', "une clé est écrite deux fois"),
    ],
    ids=["cut", "a string", "a list", "bottomless", "no id", "an object", "twice"],
)
def test_an_index_that_is_none_is_refused_with_its_problems(
    content: Any, told: str, typed: Type, index: Index
) -> None:
    said = typed("rules", "--check", index(content))
    assert (said.code, said.out) == (1, "")
    assert told in said.err


def test_an_index_of_another_kind_is_not_told_line_by_line(typed: Type, index: Index) -> None:
    said = typed("rules", "--check", index({str(number): "x" for number in range(1000)}))
    assert said.code == 1
    assert len(said.err.splitlines()) == MOST


def test_what_an_index_holds_cannot_steer_a_terminal(typed: Type, index: Index) -> None:
    assert "\x1b" not in typed("rules", "--check", index({"\x1b[2J": "x"})).err


@pytest.mark.parametrize("more", [["urgence"], ["--on", "2026-03-10"]], ids=["a rule", "a day"])
def test_only_the_law_of_today_is_compared(more: list[str], typed: Type, index: Index) -> None:
    said = typed("rules", "--check", index(CURRENT), *more)
    assert (said.code, said.out) == (2, "")


def test_an_index_that_is_not_there_is_a_wrong_usage(typed: Type, tmp_path: Path) -> None:
    assert typed("rules", "--check", str(tmp_path / "none.json")).code == 2
