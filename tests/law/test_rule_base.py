"""What the rule base refuses when it is built, rather than when a patient is waiting."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from parcours.domain.finding import NO, Finding
from parcours.errors import LawError
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.parameter_files import Parameters, check_values, parameter_table, text_version
from parcours.law.registry import Droit, Rang, Regle, rule

JOUR = dt.date(2026, 3, 10)
AVANT_TOUT = dt.date(1900, 1, 1)
VALEUR = {"since": dt.date(2006, 1, 1), "value": 16, "cites": ["CSS L162-5-3"], "checked_on": JOUR}


def _sans_titre(_: Cas) -> Finding:
    return NO


def _titree(_: Cas) -> Finding:
    """Un titre en français."""
    return NO


def test_a_rule_without_a_title_is_refused() -> None:
    with pytest.raises(LawError, match="no title"):
        rule("sans-titre", Rang.URGENCE, "L162-5-3")(_sans_titre)


def test_a_rule_that_cites_an_unknown_text_is_refused() -> None:
    with pytest.raises(LawError, match="unknown text"):
        rule("sans-texte", Rang.URGENCE, "L999-9")(_titree)


def _regle(depuis: dt.date, jusqu_a: dt.date | None = None) -> Regle:
    return Regle("urgence", "Urgence", Rang.URGENCE, "L162-5-3", (), depuis, jusqu_a, _titree)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_regle(dt.date(2006, 1, 1)), _regle(dt.date(2016, 1, 1))),
        (_regle(dt.date(2006, 1, 1), dt.date(2016, 1, 2)), _regle(dt.date(2016, 1, 1))),
        (_regle(dt.date(2016, 1, 1)), _regle(dt.date(2006, 1, 1), None)),
    ],
)
def test_two_versions_of_a_rule_that_overlap_are_refused(first: Regle, second: Regle) -> None:
    with pytest.raises(LawError, match="overlap"):
        Droit([first, second], "essai")


def test_two_versions_of_a_rule_may_follow_each_other() -> None:
    change = dt.date(2016, 1, 1)
    base = Droit([_regle(dt.date(2006, 1, 1), change), _regle(change)], "essai")
    for jour in (change - dt.timedelta(days=1), change, change + dt.timedelta(days=1)):
        assert len(base.en_vigueur(jour)) == 1
    assert not base.en_vigueur(dt.date(2005, 12, 31))


def test_the_rule_base_is_built_once() -> None:
    assert droit() is droit()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"values": [VALEUR]}, "label"),
        ({"label": "Âge", "values": []}, "at least one value"),
        ({"label": "Âge", "values": [VALEUR, VALEUR]}, "ascend"),
        ({"label": "Âge", "values": [VALEUR | {"cites": []}]}, "citation"),
        ({"label": "Âge", "values": [VALEUR, VALEUR | {"since": JOUR, "cites": []}]}, "citation"),
        ({"label": "Âge", "values": [{k: v for k, v in VALEUR.items() if k != "checked_on"}]}, "checked"),
        ({"label": "Âge", "values": [{k: v for k, v in VALEUR.items() if k != "value"}]}, "unknown"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_parameter_without_label_citation_or_order_is_refused(entry: dict[str, Any], why: str) -> None:
    with pytest.raises(LawError, match=why):
        check_values("age-seuil", entry)


def test_a_value_that_does_not_exist_that_day_is_an_error_not_a_default() -> None:
    with pytest.raises(LawError):
        Parameters(AVANT_TOUT, parameter_table()).integer("age-seuil")
    with pytest.raises(LawError):
        Parameters(JOUR, parameter_table()).codes("specialites-inconnues")


def test_a_text_has_no_version_before_its_first() -> None:
    with pytest.raises(LawError):
        text_version("L162-5-3", AVANT_TOUT)


@pytest.mark.parametrize(
    ("nom", "jour", "attendu"),
    [("age-seuil", JOUR, 16), ("age-limite-psychiatrie", JOUR, 26), ("duree-installation", JOUR, 5)],
)
def test_the_ages_and_periods_of_the_law(nom: str, jour: dt.date, attendu: int) -> None:
    assert Parameters(jour, parameter_table()).integer(nom) == attendu


def test_the_lists_of_direct_access() -> None:
    valeurs = Parameters(JOUR, parameter_table())
    decret = {"gynecologie", "ophtalmologie", "psychiatrie"}
    assert valeurs.codes("specialites-decret") == decret
    assert valeurs.codes("specialites-convention") == decret | {"stomatologie"}
