"""Numbers on the form, checked on public test vectors (``identifiants.csv``): none belongs to a patient."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parcours.domain.declaration_texts import CLE_FAUSSE, FORME, LUHN, SANS_CLE
from parcours.law.identifiers import (
    compact,
    de_passage,
    defaut_am,
    defaut_finess,
    defaut_nir,
    defaut_rpps,
    defaut_siret,
)

CHECKS = {"NIR": defaut_nir, "RPPS": defaut_rpps, "AM": defaut_am, "FINESS": defaut_finess}
WRONG = {"NIR": CLE_FAUSSE, "RPPS": LUHN, "AM": LUHN}


def vectors() -> list[dict[str, str]]:
    with (Path(__file__).parent / "identifiants.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines, delimiter=";") if row["type"] in CHECKS]


@pytest.mark.parametrize("row", vectors(), ids=lambda row: f"{row['type']} {row['value']}")
def test_a_public_vector_is_judged_as_published(row: dict[str, str]) -> None:
    found = CHECKS[row["type"]](row["value"])
    assert found == (None if row["expected"].startswith("valid") else WRONG[row["type"]])


@pytest.mark.parametrize(
    ("check", "number", "defect"),
    [
        (defaut_nir, "2790351215189", SANS_CLE),
        (defaut_nir, "27903512151", FORME),
        (defaut_nir, "0790351215189", FORME),
        (defaut_nir, "279035121518A89", FORME),
        (defaut_nir, "2790312C1518989", FORME),
        (defaut_nir, "٢79035121518989", FORME),
        (defaut_rpps, "1010000000", FORME),
        (defaut_rpps, "1010000000A", FORME),
        (defaut_am, "12345678", FORME),
        (defaut_finess, "2A0000000", None),
        (defaut_finess, "24000011A", FORME),
        (defaut_finess, "240000118", LUHN),
        (defaut_siret, "73282932000074", None),
        (defaut_siret, "73282932000075", LUHN),
        (defaut_siret, "732829320", FORME),
    ],
)  # fmt: skip
def test_a_number_of_another_shape_is_told_apart(
    check: Callable[[str], Any], number: str, defect: str | None
) -> None:
    assert check(number) == defect


def test_corsica_is_not_read_by_dropping_its_letter() -> None:
    assert defaut_nir("297022A02077878") is None
    assert defaut_nir("160012B02077812") is None
    assert defaut_nir("297022B02077878") == CLE_FAUSSE


def test_spaces_dots_and_dashes_do_not_count() -> None:
    assert compact(" 2 79 03 51.215-189 89") == "279035121518989"
    assert compact("2 97 02 2a 020 778 78") == "297022A02077878"


@pytest.mark.parametrize(("number", "passing"), [("5", True), ("6", True), ("1", False), ("", False)])
def test_who_passes_through_is_known_by_the_first_digit(number: str, passing: bool) -> None:
    assert de_passage(number) is passing
