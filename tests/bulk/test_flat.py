"""A row of a flat table gets the answer of the Bundle it stands for."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parcours.bulk.answers import Answerer, Kind
from parcours.bulk.flat import COLUMNS, bundle

ROOT = Path(__file__).resolve().parents[2]
CONSULTED, TRAITANT = "10100000002", "10100000001"
DAY = dt.date(2026, 3, 10)
DOCTOR = {"date": DAY, "rpps": CONSULTED, "profession": "10", "secteur": "1"}
GENERALIST = DOCTOR | {"specialite": "SM54", "acte": "G", "montant": 30}
DECLARED = {"mt_rpps": TRAITANT, "mt_debut": dt.date(2019, 4, 2)}

TWINS: dict[str, dict[str, Any]] = {
    "01": GENERALIST | {"mt_rpps": CONSULTED, "mt_debut": "2019-04-02", "naissance": "1980-06-15"},
    "02": GENERALIST | DECLARED | {"remplace_rpps": TRAITANT, "naissance": dt.date(1980, 6, 15)},
    "04": GENERALIST | DECLARED | {"circonstances": ["urgence"], "naissance": "1971-01-20"},
    "24": GENERALIST | DECLARED | {"age": 45},
    "45": GENERALIST | {"mt_statut": "aucun", "couvertures": "ame", "naissance": "1990-10-20"},
    "52": GENERALIST
    | {"mt_rpps": CONSULTED, "secteur": 3, "optam": True, "montant": Decimal("35.00"), "age": 45},
}
"""Examples told again as rows."""
SAME = ("position", "situation", "ips", "qtp", "motifs", "effets", "manquants", "remboursement")


def decision(answerer: Answerer, body: bytes) -> dict[str, Any]:
    said = answerer.answer(7, body)
    assert said.kind is Kind.DECIDED, said.text
    found: dict[str, Any] = json.loads(said.text)
    return found


@pytest.mark.parametrize("number", TWINS)
def test_a_row_is_answered_as_the_example_that_says_the_same(answerer: Answerer, number: str) -> None:
    (example,) = ROOT.glob(f"examples/{number}-*/bundle.json")
    told = decision(answerer, example.read_bytes())
    flat = decision(answerer, bundle(TWINS[number]))
    assert {name: flat[name] for name in SAME} == {name: told[name] for name in SAME}


SITUATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "referred by the médecin traitant": ({"adressage_rpps": TRAITANT, "adressage_date": "2026-02-17"}, "O"),
    "direct access": ({"specialite": "SM20", "groupe_acte": "gynecologie-contraception"}, "D"),
    "neither": ({}, "S2"),
}


@pytest.mark.parametrize(("more", "situation"), SITUATIONS.values(), ids=SITUATIONS.keys())
def test_what_a_row_says_of_the_path_is_heard(
    answerer: Answerer, more: dict[str, Any], situation: str
) -> None:
    row = DOCTOR | DECLARED | {"age": 45, "specialite": "SM15"} | more
    assert decision(answerer, bundle(row))["situation"] == situation


@pytest.mark.parametrize("day", [dt.date(2026, 3, 10), dt.date(2024, 2, 29)])
def test_an_age_is_the_age_on_the_day_of_care(answerer: Answerer, day: dt.date) -> None:
    facts = decision(answerer, bundle({**GENERALIST, "date": day, "age": 45}))["faits"]
    assert [fact["valeur"] for fact in facts if fact["fait"] == "patient.age"] == ["45"]


def test_a_whole_number_is_the_same_however_it_is_written() -> None:
    whole = GENERALIST | {"secteur": 1, "age": 45, "montant": 30}
    assert bundle(whole | {"secteur": 1.0, "age": 45.0, "montant": 30.0}) == bundle(whole)
    assert bundle(whole) == bundle(whole | {"secteur": "1"})


def test_null_cells_and_columns_of_others_say_nothing() -> None:
    empty = dict.fromkeys(COLUMNS)
    others = {"patient": "SECRET-9", "age": float("nan")}
    assert bundle(empty | GENERALIST | others) == bundle(GENERALIST)
    assert [entry["resource"]["resourceType"] for entry in json.loads(bundle(empty))["entry"]] == [
        "Encounter",
        "Patient",
    ]


WRONG: dict[str, Mapping[str, Any]] = {
    "no day": {"rpps": CONSULTED, "age": 45},
    "a day that is none": GENERALIST | {"date": "SECRET-9"},
    "an age that is none": GENERALIST | {"age": "SECRET-9"},
    "an age before all time": GENERALIST | {"age": 5000},
    "an age that no calendar counts": GENERALIST | {"age": 5_000_000_000},
    "an age without an end": GENERALIST | {"age": float("inf")},
    "codes that are a number": GENERALIST | {"circonstances": 5},
    "codes that are an object": GENERALIST | {"couvertures": {"SECRET-9": 1}},
    "an amount that is none": GENERALIST | {"montant": "SECRET-9"},
    "an answer that is none": GENERALIST | {"optam": "SECRET-9"},
}


@pytest.mark.parametrize("row", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_cell_is_refused_by_who_reads_the_bundle_and_never_repeated(
    answerer: Answerer, row: Mapping[str, Any]
) -> None:
    said = answerer.answer(7, bundle(row))
    assert said.kind is Kind.REFUSED
    assert b"ligne 7" in said.text
    assert b"SECRET-9" not in said.text


def test_every_column_is_read() -> None:
    full = GENERALIST | DECLARED | {"age": 45}
    full |= {"mt_statut": "inconnu", "mt_fin": "2025-01-01", "mode": "VR", "couvertures": ["amo"]}
    full |= {"adressage_rpps": TRAITANT, "adressage_profession": "10", "adressage_date": DAY}
    full |= {"remplace_rpps": TRAITANT, "optam": False, "groupe_acte": "autre-acte", "naissance": "1980"}
    full |= {"circonstances": "urgence hors-residence"}
    assert set(full) == set(COLUMNS)
    unread = [out for out in full if bundle(full | {out: None}) == bundle(full)]
    assert unread == ["age"]  # since there is a birth date


def test_the_page_describes_every_column() -> None:
    page = (ROOT / "docs/spark.md").read_text(encoding="utf-8")
    assert set(COLUMNS) <= set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE))
