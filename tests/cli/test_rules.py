"""``parcours rules``: the law of one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from parcours.law import droit
from parcours.law.rule_book import conditions

Type = Callable[..., Any]


def test_the_rules_of_a_day_are_listed_in_the_order_of_the_table(typed: Type) -> None:
    said = typed("rules", "--on", "2026-02-17")
    in_force = droit().en_vigueur(dt.date(2026, 2, 17))
    assert said.code == 0
    assert [line.split()[1] for line in said.out.splitlines()] == [regle.id for regle in in_force]


def test_a_rule_is_listed_from_its_first_day_only(typed: Type) -> None:
    assert "mayotte" not in typed("rules", "--on", "2019-07-25").out
    assert "mayotte" in typed("rules", "--on", "2019-07-26").out


@time_machine.travel(dt.datetime(2026, 2, 16, 23, 30, tzinfo=dt.UTC), tick=False)
def test_without_a_day_the_law_is_that_of_today_in_paris(typed: Type) -> None:
    assert typed("rules").out == typed("rules", "--on", "2026-02-17").out


def test_one_rule_is_shown_with_what_it_cites(typed: Type) -> None:
    said = typed("rules", "moins-de-seize-ans", "--on", "2026-02-17")
    motif = next(r for r in droit().regles if r.id == "moins-de-seize-ans").motif(dt.date(2026, 2, 17))
    assert said.code == 0
    for part in ("moins-de-seize-ans", motif.titre, motif.texte, "en vigueur depuis le"):
        assert part in said.out


def test_a_rule_says_its_condition_and_no_link_that_is_not_established(typed: Type) -> None:
    said = typed("rules", "ivg", "--on", "2026-02-17")
    assert conditions()["ivg"] in said.out
    assert "http" not in said.out


def test_a_rule_not_yet_in_force_says_since_when_it_is(typed: Type) -> None:
    said = typed("rules", "mayotte", "--on", "2010-01-01")
    assert said.code == 0
    assert said.out.startswith("mayotte n’est pas en vigueur le 01/01/2010 : en vigueur depuis le 26/07/2019")


@pytest.mark.parametrize(
    "arguments",
    [["--on", "2005-12-31"], ["--on", "hier"], ["no-such-rule"]],
    ids=["before the law", "not a day", "no such rule"],
)
def test_a_wrong_usage_is_told_apart(arguments: list[str], typed: Type) -> None:
    said = typed("rules", *arguments)
    assert (said.code, said.out) == (2, "")
