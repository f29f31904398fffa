"""Who bears a bill, and the sentence that sums it up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from parcours.domain.reimbursement import Remboursement
from parcours.engine import decide
from parcours.fhir.reading import read_request
from parcours.law import droit
from parcours.money_in_words import NO_ACT, parts, rows, summary

EXAMPLES = sorted((Path(__file__).resolve().parent.parent / "examples").glob("[0-9][0-9]-*"))


def paid(number: str) -> Remboursement:
    folder = next(folder for folder in EXAMPLES if folder.name.startswith(number))
    found = decide(read_request((folder / "bundle.json").read_bytes()).visite, droit()).remboursement
    assert found is not None
    return found


def told(of: Remboursement) -> dict[str, str]:
    return {part.name: str(part.amount) for part in parts(of) if part.amount}


@pytest.mark.parametrize(
    ("number", "shares"),
    [
        ("01", {"amo": "19.00", "complementaire_max": "9.00", "participation_forfaitaire": "2.00"}),
        ("24", {"amo": "8.40", "complementaire_max": "9.00", "majoration": "10.60",
                "participation_forfaitaire": "2.00"}),
        ("48", {"amo": "10.40", "complementaire_max": "19.60"}),
        ("53", {"amo": "14.10", "complementaire_max": "6.90", "participation_forfaitaire": "2.00",
                "depassement": "27.00"}),
        ("35", {"inconnu": "26.50"}),
        ("36", {}),
    ],
)  # fmt: skip
def test_a_bill_is_cut_by_who_bears_it(number: str, shares: dict[str, str]) -> None:
    assert told(paid(number)) == shares


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_parts_of_every_bill_make_it_up(folder: Path) -> None:
    found = decide(read_request((folder / "bundle.json").read_bytes()).visite, droit()).remboursement
    if found is not None and found.facture is not None:
        assert sum(part.amount for part in parts(found)) == found.facture


def test_what_no_reason_explains_is_told_as_it_is() -> None:
    assert told(replace(paid("24"), majoration=Decimal("1.00")))["reste"] == "12.60"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("24", "Payé par l’assurance maladie : 8,40 €, reste à charge 21,60 €, avant la complémentaire"),
        ("48", "Payé par l’assurance maladie : 10,40 €, reste à charge 0,00 €"),
        ("35", "Payé par l’assurance maladie : inconnu, reste à charge inconnu"),
        ("36", NO_ACT),
    ],
)
def test_one_sentence_sums_it_up(number: str, sentence: str) -> None:
    assert summary(paid(number)) == sentence


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_every_amount_says_what_sets_it_or_why_it_is_unknown(folder: Path) -> None:
    found = decide(read_request((folder / "bundle.json").read_bytes()).visite, droit()).remboursement
    for row in rows(found) if found else ():
        assert row.why or row.name in ("facture", "depassement", "complementaire_max"), row
