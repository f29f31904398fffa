"""``coverage.csv``: each row of the legal reading, the rules that encode it or why none does, its cases."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest
from tests.law.tables import ICI, cas, visite_de

from parcours.engine import decide
from parcours.law import droit

NUMEROS = {"A": 7, "B": 11, "C": 4, "U": 4, "D": 12, "E": 9}
LIGNES_DE_LA_LOI = {f"{lettre}{n}" for lettre, dernier in NUMEROS.items() for n in range(1, dernier + 1)}


def _table() -> list[dict[str, str]]:
    with (ICI / "coverage.csv").open(encoding="utf-8", newline="") as fichier:
        return list(csv.DictReader(fichier, delimiter=";"))


TABLE = _table()
REGLES = {r.id for r in droit().regles}
PAR_NOM = {c["nom"]: c for c in cas()}


def _rules(ligne: dict[str, str]) -> set[str]:
    return set(ligne["rules"].split())


def _cases(ligne: dict[str, str]) -> list[str]:
    return ligne["cases"].split(" | ")


def test_every_row_of_the_law_is_there_once() -> None:
    numerotees = Counter(ligne["row"] for ligne in TABLE if re.fullmatch(r"[A-Z]\d+", ligne["row"]))
    assert numerotees == Counter(LIGNES_DE_LA_LOI)


def test_every_rule_of_the_rule_base_is_in_the_table() -> None:
    assert set().union(*map(_rules, TABLE)) == REGLES


@pytest.mark.parametrize("ligne", TABLE, ids=lambda ligne: ligne["row"])
def test_a_row_is_encoded_or_says_why_not_and_names_cases_that_exist(ligne: dict[str, str]) -> None:
    assert _rules(ligne) or ligne["reason"]
    assert _cases(ligne)
    assert set(_cases(ligne)) <= PAR_NOM.keys()


@pytest.mark.parametrize("ligne", [t for t in TABLE if t["rules"]], ids=lambda ligne: ligne["row"])
def test_each_rule_of_a_row_holds_in_one_of_its_cases(ligne: dict[str, str]) -> None:
    motifs = {m.regle for nom in _cases(ligne) for m in decide(visite_de(PAR_NOM[nom]), droit()).motifs}
    hors_motifs = {"sans-majoration-specialite-du-decret"}  # an effect; shown by the cases of row C1
    assert _rules(ligne) - hors_motifs <= motifs
