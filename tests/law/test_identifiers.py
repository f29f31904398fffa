"""Numbers on the form, checked on public test vectors (``identifiants.csv``): none belongs to a patient."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parcours.domain.calendar import Naissance
from parcours.domain.declaration_texts import CLE_FAUSSE, FORME, LUHN, SANS_CLE
from parcours.law.identifiers import (
    compact,
    contredit,
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


@pytest.mark.parametrize(
    ("year_and_month", "earliest", "latest", "denied"),
    [
        ("7903", "1979-03-28", "1979-03-28", False),
        ("7904", "1979-03-28", "1979-03-28", True),
        ("7803", "1979-03-28", "1979-03-28", True),
        ("8003", "1979-03-28", "1979-03-28", True),
        ("0412", "2004-12-31", "2004-12-31", False),
        ("7903", "1979-01-01", "1979-12-31", False),  # a year alone tells no month
        ("8003", "1979-01-01", "1979-12-31", True),
        ("7904", "1979-03-01", "1979-03-31", True),
        ("7912", "1979-12-31", "1980-01-01", False),  # of two years, either
        ("8001", "1979-12-31", "1980-01-01", False),
        ("8101", "1979-12-31", "1980-01-01", True),
        ("7904", "1979-03-01", "1980-03-01", False),
        ("7900", "1979-03-28", "1979-03-28", False),  # the first and the last that are months, and beyond
        ("7901", "1979-03-28", "1979-03-28", True),
        ("7912", "1979-03-28", "1979-03-28", True),
        ("7913", "1979-03-28", "1979-03-28", False),
        ("7920", "1979-03-28", "1979-03-28", False),
    ],
)
def test_a_number_denies_a_birth_of_another_year_or_month(
    year_and_month: str, earliest: str, latest: str, denied: bool
) -> None:
    born = Naissance(dt.date.fromisoformat(earliest), dt.date.fromisoformat(latest))
    assert contredit(f"2{year_and_month}51215189", born) is denied
