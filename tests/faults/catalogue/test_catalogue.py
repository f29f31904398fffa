"""The faults F-001 to F-070: what shows that each is survived, and what nobody has tried, said as such."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.remote.test_catalogue import RESULTS as ELSEWHERE

TESTS = Path(__file__).resolve().parents[2]
FAULTS: dict[str, dict[str, Any]] = tomllib.loads(
    (TESTS / "faults/catalogue/faults.toml").read_text(encoding="utf-8")
)
KNOWN = {"fault", "tests", "many", "by-hand", "missing", "not-applicable"}
PROOFS = {"tests", "missing", "not-applicable"}


@cache
def source(path: str) -> str:
    return (TESTS / path).read_text("utf-8")


def test_the_catalogue_is_whole_and_in_order() -> None:
    numbers = [int(name.removeprefix("F-")) for name in FAULTS]
    assert numbers == sorted(numbers)
    assert sorted([*numbers, *ELSEWHERE]) == list(range(1, 71))


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_has_its_tests_or_says_what_is_missing(name: str) -> None:
    row = FAULTS[name]
    assert KNOWN.issuperset(row)
    assert PROOFS.intersection(row)
    for named in row.get("tests", ()):
        path, _, test = named.partition("::")
        assert re.search(rf"^def {test}\(", source(path), re.MULTILINE), named
    if "many" in row:
        assert re.search(rf"\b{row['many']}\(", source("faults/__main__.py")), row["many"]


def test_every_test_of_this_folder_that_bears_the_number_of_a_fault_is_of_its_row() -> None:
    for path in sorted((TESTS / "faults").rglob("test_*.py")):
        for test, number in re.findall(r"^def (test_f(0\d\d)_\w+)", path.read_text("utf-8"), re.MULTILINE):
            assert f"{path.relative_to(TESTS).as_posix()}::{test}" in FAULTS[f"F-{number}"]["tests"], test
