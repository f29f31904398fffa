"""The law as people read it says of each rule what the rule base does, on every day."""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from itertools import pairwise

import pytest
from tests.law.tables import ICI, cas, visite_de

from parcours.domain.facts import Visite
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.parameter_files import parameter_table
from parcours.law.policies import POLITIQUES, Politiques
from parcours.law.registry import DroitDuJour
from parcours.law.rule_book import (
    Fiche,
    conditions,
    fiches,
    groupes,
    lectures,
    non_encodes,
    regles_par_politique,
    textes,
)
from parcours.law.value_book import themes

TODAY = dt.date(2026, 3, 10)
DAYS = [
    dt.date(2006, 1, 1),
    dt.date(2006, 1, 3),
    dt.date(2010, 2, 26),
    dt.date(2016, 1, 28),
    dt.date(2019, 8, 14),
    TODAY,
]
each_rule = pytest.mark.parametrize("fiche", fiches(droit(), TODAY), ids=lambda fiche: fiche.id)


def test_every_rule_has_a_condition_and_no_condition_is_left_over() -> None:
    assert set(conditions()) == {regle.id for regle in droit().regles}
    assert all(said.endswith(".") for said in conditions().values())


def test_two_rules_do_not_ask_the_same() -> None:
    assert len(set(conditions().values())) == len(conditions())


def test_every_rule_stands_once_in_the_row_that_it_opens() -> None:
    rows = [ligne for groupe in groupes(droit(), TODAY) for ligne in groupe.lignes]
    assert [ligne.rang for ligne in rows] == list(range(1, 23))
    assert [fiche for ligne in rows for fiche in ligne.regles] == list(fiches(droit(), TODAY))
    assert all(fiche.rang == ligne.rang for ligne in rows for fiche in ligne.regles)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_version_of_a_day_is_what_an_answer_of_that_day_cites(day: dt.date) -> None:
    told = {fiche.id: fiche for fiche in fiches(droit(), day)}
    in_force = droit().en_vigueur(day)
    assert {fiche.id for fiche in told.values() if fiche.en_vigueur} == {regle.id for regle in in_force}
    for regle in in_force:
        etat, motif = told[regle.id].etat(day), regle.motif(day)
        assert etat is not None
        assert (etat.depuis, etat.texte, etat.version, etat.url) == (
            motif.depuis,
            motif.texte,
            motif.version,
            motif.url,
        )


@each_rule
def test_the_versions_of_a_rule_follow_one_another(fiche: Fiche) -> None:
    assert all(one.jusqu_a == other.depuis for one, other in pairwise(fiche.etats))
    assert all(etat.jusqu_a is None or etat.depuis < etat.jusqu_a for etat in fiche.etats)
    assert fiche.etats[-1].jusqu_a is None


def test_before_its_first_day_a_rule_has_no_version() -> None:
    mayotte = next(fiche for fiche in fiches(droit(), TODAY) if fiche.id == "mayotte")
    assert mayotte.etat(dt.date(2019, 7, 25)) is None
    assert mayotte.etat(dt.date(2019, 7, 26)) is not None


def test_every_text_that_a_rule_cites_is_told_with_its_versions() -> None:
    assert {texte.cle for texte in textes()} >= {regle.texte for regle in droit().regles}
    assert all(one.jusqu_a == other.depuis for texte in textes() for one, other in pairwise(texte.etats))


def test_a_value_stands_under_its_theme_with_its_note() -> None:
    told = {theme.titre: theme.parametres for theme in themes()}
    assert list(told) == ["Âges, durées et listes", "Taux, plafonds et participations", "Tarifs"]
    ages = ("age-", "duree-", "specialites-", "actes-")
    for titre, debuts in (("Âges, durées et listes", ages), ("Tarifs", ("tarif-",))):
        here = [one.nom for one in told[titre]]
        assert here == [nom for nom in parameter_table() if nom.startswith(debuts)]
    notes = [valeur.note for parametres in told.values() for one in parametres for valeur in one.valeurs]
    assert any(notes)


# ---------------------------------------------------------------- readings


def answers(law: DroitDuJour, visite: Visite, chosen: Politiques) -> dict[str, bool | None]:
    """What each rule says of a visit under a reading."""
    asked = Cas.de(visite, law.parametres, chosen)
    return {regle.id: regle.holds(asked).holds for regle in law.regles}


@cache
def changed() -> dict[str, set[str]]:
    """For each policy, the rules whose answer to a case of the law it changes."""
    found: dict[str, set[str]] = {politique.nom: set() for politique in POLITIQUES}
    for visite in map(visite_de, cas()):
        law = droit().du_jour(visite.date)
        usual = answers(law, visite, Politiques())
        for politique in POLITIQUES:
            for choice in set(politique.choix) - {politique.defaut}:
                other = answers(law, visite, Politiques().avec(politique.nom, choice))
                found[politique.nom] |= {id for id in other if other[id] != usual[id]}
    return found


@pytest.mark.parametrize("nom", [politique.nom for politique in POLITIQUES])
def test_a_reading_names_every_rule_that_it_changes_somewhere(nom: str) -> None:
    named = regles_par_politique()[nom]
    assert set(named) <= set(conditions())
    assert changed()[nom] <= set(named)
    assert bool(changed()[nom]) == bool(named)


def test_a_reading_tells_what_was_chosen_here() -> None:
    told = {one.nom: one for one in lectures(Politiques.from_mapping({"eloignement": "departement"}))}
    assert list(told) == [politique.nom for politique in POLITIQUES]
    assert (told["eloignement"].choisi, told["eloignement"].defaut) == ("departement", "attestation")
    assert {one.nom for one in told.values() if one.nombre} == {
        "plafond-majoration-2024",
        "alsace-moselle-hors-parcours",
    }


# ---------------------------------------------------------------- limits and values


def test_every_row_of_the_legal_reading_that_no_rule_encodes_is_told() -> None:
    with (ICI / "coverage.csv").open(encoding="utf-8", newline="") as lines:
        rows = {row["row"]: row for row in csv.DictReader(lines, delimiter=";")}
    told = {limit.ligne for limit in non_encodes() if limit.ligne}
    assert {row for row, found in rows.items() if not found["rules"]} <= told <= set(rows)


def test_what_is_not_judged_says_why_and_what_is_answered() -> None:
    assert all(limit.sujet and limit.raison and limit.reponse for limit in non_encodes())
    assert len({limit.sujet for limit in non_encodes()}) == len(non_encodes())


def test_values_are_told_by_theme_with_those_of_each_day() -> None:
    told = {one.nom: one for theme in themes() for one in theme.parametres}
    assert [theme.titre for theme in themes() if theme.parametres] == [theme.titre for theme in themes()]
    fee = told["tarif-G"]
    assert fee.unite == "euro"
    days = (TODAY, dt.date(2024, 12, 22), dt.date(2024, 12, 21), dt.date(2020, 1, 1))
    assert [str(value.valeur) for day in days if (value := fee.le(day))] == [
        "30.00",
        "30.00",
        "26.50",
        "25.00",
    ]
    assert fee.le(dt.date(2005, 1, 1)) is None
    assert told["taux-majoration"].unite == "part"
    assert told["participation-maximum-jour"].unite is None


def test_what_is_no_law_is_not_told_among_values() -> None:
    told = {one.nom for theme in themes() for one in theme.parametres}
    assert {"regime-local-alsace-moselle", "actes-gynecologie", "age-seuil"} <= told
    assert told.isdisjoint({"regime-01", "regime-mutualiste", "actes", "supplements", "articles-modifies"})
