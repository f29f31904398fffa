"""An amount that is unknown for want of a fact: the fact is missing, with what each value would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.law.bills import DROIT, HORS, STANDARD, acte, visite

from parcours.domain.calendar import Naissance
from parcours.domain.facts import Fait, Mode, Profession, Secteur, StatutTraitant, Visite
from parcours.engine import decide

ENSEMBLE = "les montants en dépendent, avec d'autres faits qui manquent"


def sans(cas: Mapping[str, str], *actes: Any, **praticien: Any) -> Visite:
    seen = visite(cas)
    assert seen.praticien
    connu = replace(seen.praticien, **praticien)
    return replace(seen, praticien=connu, actes_factures=actes or (acte(1, "G", None, "30.00"),))


def manquants(visite: Visite) -> dict[str, tuple[str, ...]]:
    return {m.fait: m.effet for m in decide(visite, DROIT).manquants}


def test_an_unknown_sector_says_what_each_would_pay() -> None:
    assert manquants(sans(STANDARD, secteur=None, optam=True)) == {
        Fait.SECTEUR: (
            "secteur 1 ou secteur 2 avec OPTAM : base 30,00 €, remboursé 19,00 €",
            "secteur 2 sans OPTAM : base 23,00 €, remboursé 14,10 €",
            "non conventionné : base 0,61 €, participation forfaitaire 0,43 €, remboursé 0,00 €",
        )
    }


def test_an_unknown_adhesion_to_the_optam_says_what_each_would_pay() -> None:
    assert manquants(sans(STANDARD, secteur=Secteur.SECTEUR_2)) == {
        Fait.OPTAM: (
            "OPTAM oui : base 30,00 €, remboursé 19,00 €",
            "OPTAM non : base 23,00 €, remboursé 14,10 €",
        )
    }


def test_an_unknown_specialty_says_what_each_would_pay() -> None:
    (effets,) = manquants(sans(STANDARD, acte(1, "C", None, "60.00"), specialite=None)).values()
    assert "médecine générale : base 30,00 €, remboursé 19,00 €" in effets
    assert any(effet.endswith("autre spécialité : base 26,50 €, remboursé 16,55 €") for effet in effets)


def test_an_unknown_profession_says_what_each_would_pay() -> None:
    cas = sans(STANDARD, acte(1, "G", "30.00", "30.00"), profession=None, specialite=None)
    assert manquants(cas)[Fait.PROFESSION] == (
        "médecin : dans le parcours (T), participation forfaitaire 2,00 €, remboursé 19,00 €",
        "sage-femme : non concerné (X), participation forfaitaire 0,00 €, remboursé 21,00 €",
        "chirurgien-dentiste : non concerné (X), participation forfaitaire 0,00 €, remboursé 18,00 €",
        "autre profession de santé : non concerné (X), participation forfaitaire 0,00 €",
    )


def test_an_unknown_age_says_what_each_would_pay() -> None:
    assert manquants(replace(visite(HORS), naissance=None))[Fait.AGE] == (
        "moins de 16 ans : dans le parcours (X), participation forfaitaire 0,00 €, remboursé 21,00 €",
        "16 ans ou plus, mais pas 18 ans au 1er janvier : hors parcours (S2), "
        "participation forfaitaire 0,00 €, remboursé 10,40 €",
        "18 ans au 1er janvier, 25 ans au plus ou 26 ans ou plus : hors parcours (S2), "
        "participation forfaitaire 2,00 €, remboursé 8,40 €",
    )


def test_a_year_of_birth_is_missing_a_day_only_where_the_participation_hangs_on_it() -> None:
    def ne_en(annee: int) -> Visite:
        debut = visite(STANDARD)
        assert debut.naissance
        jours = (
            debut.naissance.au_plus_tot.replace(year=annee, month=m, day=j) for m, j in ((1, 1), (12, 31))
        )
        return replace(debut, naissance=Naissance(*jours))

    assert set(manquants(ne_en(2007))) == {Fait.AGE}
    assert manquants(ne_en(1980)) == {}


def test_an_unknown_doctor_says_what_each_would_pay() -> None:
    effets = manquants(replace(visite(STANDARD), praticien=None))[Fait.MEDECIN]
    assert "un autre médecin généraliste : hors parcours (S2), participation forfaitaire 2,00 €, " \
        "remboursé 8,40 €" in effets  # fmt: skip


def test_facts_that_only_count_together_are_all_missing() -> None:
    absents = manquants(sans(STANDARD, acte(1, "C", None, "30.00"), secteur=None, specialite=None))
    assert absents == dict.fromkeys((Fait.SPECIALITE, Fait.SECTEUR, Fait.OPTAM), (ENSEMBLE,))


def test_two_facts_that_only_count_together_are_enough() -> None:
    absents = manquants(
        sans(STANDARD, acte(1, "C", None, "30.00"), secteur=None, specialite=None, optam=True)
    )
    assert absents == dict.fromkeys((Fait.SPECIALITE, Fait.SECTEUR), (ENSEMBLE,))


def test_several_lines_are_told_one_by_one_while_their_total_is_unknown() -> None:
    lignes = (acte(1, "G", None, "30.00"), acte(2, "K", None, "12.00"))
    (effets,) = [manquants(sans(STANDARD, *lignes, secteur=None, optam=True))[Fait.SECTEUR]]
    assert effets[0] == ("secteur 1 ou secteur 2 avec OPTAM : ligne 1 : base 30,00 €, remboursé 19,00 €")


@pytest.mark.parametrize(
    "cas",
    [
        sans(STANDARD, acte(1, "G", "30.00", "30.00"), secteur=None),
        sans(STANDARD, acte(1, "K", None, "30.00"), secteur=None, specialite=None),
        sans(STANDARD, secteur=Secteur.SECTEUR_1),
        sans(STANDARD | {"date": "2012-03-05"}, secteur=Secteur.SECTEUR_2),
        sans(STANDARD, profession=Profession.SAGE_FEMME, specialite=None, secteur=None),
    ],
    ids=["base known", "no tariff anyway", "sector 1 needs no OPTAM", "both grids agree", "not a doctor"],
)
def test_a_fact_that_would_change_no_amount_is_not_missing(cas: Visite) -> None:
    assert manquants(cas) == {}


def test_a_bill_that_one_value_would_leave_unpaid_is_told_by_its_verdict() -> None:
    distance = replace(visite(HORS), naissance=None, mode=Mode.TELECONSULTATION)
    assert any("prise en charge" in e or "hors parcours" in e for e in manquants(distance)[Fait.AGE])


def test_without_a_doctor_what_is_free_for_all_ages_lacks_none() -> None:
    aide = replace(sans(STANDARD | {"couverture": "ame"}), praticien=None, naissance=None)
    assert manquants(aide) == {}


def test_without_a_bill_nothing_is_missing_for_money() -> None:
    cas = replace(sans(STANDARD, secteur=None), actes_factures=())
    assert manquants(cas) == {}
    assert StatutTraitant.DECLARE in {d.statut for d in cas.declarations or ()}
