"""Versions cited, compared with what an index says is current."""

from __future__ import annotations

import pytest

from parcours.law.citations import ARTICLE_ID, Etat, citations, compare
from parcours.law.parameter_files import texts

MT = texts()["L162-5-3"]
NOW, BEFORE = MT[-1].legiarti or "", next(v.legiarti for v in MT if v.legiarti) or ""
OTHER = "LEGIARTI000099999999"


@pytest.mark.parametrize(
    ("index", "etat", "actuelle"),
    [
        ({}, Etat.ABSENTE, None),
        ({NOW: NOW}, Etat.A_JOUR, NOW),
        ({NOW: OTHER}, Etat.PERIMEE, OTHER),
        ({BEFORE: NOW}, Etat.A_JOUR, NOW),
        ({BEFORE: OTHER}, Etat.PERIMEE, OTHER),
        ({"L162-5-3": NOW}, Etat.A_JOUR, NOW),
        ({"L162-5-3": OTHER}, Etat.PERIMEE, OTHER),
        ({"L162-5-3": OTHER, NOW: NOW}, Etat.A_JOUR, NOW),
    ],
    ids=[
        "nothing",
        "same",
        "newer",
        "older id",
        "older id, newer",
        "article",
        "article, newer",
        "the id first",
    ],
)
def test_an_article_is_found_by_any_of_its_versions_or_its_number(
    index: dict[str, str], etat: Etat, actuelle: str | None
) -> None:
    (found,) = (constat for constat in compare(index) if constat.citation.nom == "CSS L162-5-3")
    assert (found.etat, found.actuelle) == (etat, actuelle)


def test_an_article_whose_version_was_never_established_is_to_be_looked_up() -> None:
    (found,) = (c for c in compare({"L162-5-4": OTHER}) if c.citation.nom == "CSS L162-5-4")
    assert (found.etat, found.actuelle) == (Etat.A_ETABLIR, OTHER)


def test_the_states_are_called_as_they_are_published() -> None:
    assert [str(etat) for etat in Etat] == ["a-jour", "perimee", "a-etablir", "absente"]


def test_versions_that_amounts_cite_are_compared_too() -> None:
    (heavy,) = (c for c in citations() if c.nom == "forfait-acte-lourd, CSS R160-16")
    assert ARTICLE_ID.fullmatch(heavy.derniere or "")


def test_a_text_that_legifrance_does_not_number_is_left_out() -> None:
    compared = {constat.citation.nom for constat in compare({})}
    assert {"CSS L162-5-3", "CSS D162-1-8"} <= compared
    assert not any("SNDS" in name or "Convention" in name or "SESAM" in name for name in compared)
