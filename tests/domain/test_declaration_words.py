"""Which declarations some words designate."""

from __future__ import annotations

import pytest
from tests.fhir.declarations import TEST_NUMBER, preparee

from parcours.domain.declaration_words import Mots

OTHERS = ("7c1f5c0e-9a43", "Patient/pat", "AR-2026/77")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("pat", True),
        ("PAT-TROIS", True),
        ("Trois dominique", True),
        ("Dominiqué", True),
        ("trois inconnu", False),
        ("rois", False),
        ("28/03/1979", True),
        ("28/03", True),
        (TEST_NUMBER, True),
        ("2 79 03 51 215 189 89", True),
        ("AR-2026/77", True),
        ("7c1f5c0e-9a43", True),
        ("\u0130", False),
    ],
)
def test_each_word_begins_a_word_of_what_is_kept(words: str, found: bool) -> None:
    assert Mots(words).designent(preparee(), OTHERS) is found


@pytest.mark.parametrize("nothing", ["", "  ", "-'.", "\u0301"])
def test_no_word_designates_nothing_in_particular(nothing: str) -> None:
    assert not Mots(nothing)
