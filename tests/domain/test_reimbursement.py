"""Exact euros: rounding, and sums of which a term may be unknown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parcours.domain.reimbursement import euros, somme

D = Decimal


@pytest.mark.parametrize(
    ("montant", "expected"),
    [
        ("8.404", "8.40"),
        ("8.405", "8.41"),
        ("8.415", "8.42"),
        ("0", "0.00"),
        ("-0.005", "-0.01"),
        ("19", "19.00"),
    ],
)
def test_half_a_cent_goes_up(montant: str, expected: str) -> None:
    assert str(euros(D(montant))) == expected


@pytest.mark.parametrize(
    ("montants", "expected"),
    [
        ([], "0.00"),
        ([D("19.00")], "19.00"),
        ([D("0.10"), D("0.20")], "0.30"),
        ([D("19.00"), None], "None"),
        ([None], "None"),
    ],
)
def test_a_sum_is_unknown_as_soon_as_one_of_its_terms_is(
    montants: list[Decimal | None], expected: str
) -> None:
    assert str(somme(montants)) == expected
