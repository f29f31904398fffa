"""Every row that was asked for is traced: to a rule, an example, a test, or to what is still to come."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from parcours.law import droit

ROOT = Path(__file__).resolve().parent.parent
ASKED = [f"{letter}{n}" for letter, last in (("P", 25), ("C", 10), ("D", 4)) for n in range(1, last + 1)]
RULES = {rule.id for rule in droit().regles}


def rows() -> list[dict[str, str]]:
    with (ROOT / "tests/requirements.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


each_row = pytest.mark.parametrize("row", rows(), ids=lambda row: row["row"])


def test_every_row_that_was_asked_for_is_there_once() -> None:
    assert [row["row"] for row in rows()] == ASKED


@each_row
def test_a_row_names_rules_examples_and_tests_that_exist(row: dict[str, str]) -> None:
    assert set(row["rules"].split()) <= RULES
    assert [slug for slug in row["examples"].split() if not (ROOT / "examples" / slug).is_dir()] == []
    assert [test for test in row["tests"].split() if not (ROOT / test).is_file()] == []


@each_row
def test_a_row_says_what_shows_it_or_what_is_still_to_come(row: dict[str, str]) -> None:
    shown = bool(row["tests"]) and bool(row["rules"] or row["examples"] or row["status"] == "partiel")
    assert row["statement"]
    assert (row["status"], shown, bool(row["still to come"])) in {
        ("couvert", True, False),
        ("partiel", True, True),
        ("à venir", False, True),
    }


@pytest.mark.parametrize(
    "row", [row for row in rows() if row["status"] == "couvert"], ids=lambda row: row["row"]
)
def test_the_examples_of_a_covered_row_are_decided_by_its_rules(row: dict[str, str]) -> None:
    with (ROOT / "tests/examples/attendus.csv").open(encoding="utf-8", newline="") as lines:
        deciding = {line["slug"]: line["premier motif"] for line in csv.DictReader(lines, delimiter=";")}
    grounds = {deciding[slug] for slug in row["examples"].split()} - {""}
    assert grounds
    assert grounds <= set(row["rules"].split())
