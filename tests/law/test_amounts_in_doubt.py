"""Corners of the law of amounts, and of its explanations, that no ordinary visit reaches."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from parcours.domain.calendar import Naissance
from parcours.domain.facts import (
    ActeFacture,
    Adressage,
    Couverture,
    Declaration,
    GroupeActe,
    Medecin,
    Mode,
    NatureLieu,
    Praticien,
    Profession,
    Secteur,
    Specialite,
    StatutTraitant,
    Visite,
)
from parcours.engine import decide
from parcours.errors import LawError, SettingsError
from parcours.law import droit, majoration
from parcours.law.cas import Cas
from parcours.law.parameter_files import Montant, Parameters, parameter_table
from parcours.law.policies import Politiques

DROIT = droit()
JOUR = dt.date(2026, 3, 10)
SPECIALISTE = Praticien(
    medecin=Medecin(rpps="10100000002"),
    profession=Profession.MEDECIN,
    specialite=Specialite.AUTRE,
    secteur=Secteur.SECTEUR_1,
)
HORS = Visite(
    date=JOUR,
    naissance=Naissance(dt.date(1980, 1, 1), dt.date(1980, 1, 1)),
    praticien=SPECIALISTE,
    declarations=(Declaration(statut=StatutTraitant.AUCUN),),
    actes_factures=(ActeFacture(sequence=1, code="CS", nomenclature="ngap", facture=Decimal("35.00")),),
)


def notes(visite: Visite, montant: str) -> list[str]:
    total = decide(visite, DROIT).remboursement
    assert total is not None
    return [terme.note or "" for terme in total.termes if terme.montant == montant]


def test_a_technical_act_has_a_maximum_of_its_own() -> None:
    acte = ActeFacture(sequence=1, code="JKFA001", nomenclature="ccam", base=Decimal(60), facture=Decimal(70))
    total = decide(replace(HORS, actes_factures=(acte,)), DROIT).remboursement
    assert total is not None
    assert str(total.depassement_autorise_max) == "71.00"


def test_the_local_scheme_is_established_for_doctors_only() -> None:
    sage_femme = replace(SPECIALISTE, profession=Profession.SAGE_FEMME, specialite=None)
    visite = replace(HORS, praticien=sage_femme, couvertures=frozenset({Couverture.ALSACE_MOSELLE}))
    assert notes(visite, "taux") == [
        "le taux du régime local d'Alsace-Moselle n'est établi que pour les honoraires de médecins"
    ]


def test_a_cap_that_nobody_established_leaves_the_majoration_unknown() -> None:
    sans_plafond_connu = dict(parameter_table()) | {
        "plafond-majoration": {
            "values": [{"since": dt.date(2006, 1, 1), "unknown": "non lu", "cites": ["x"]}]
        }
    }
    jour = dt.date(2012, 3, 1)
    cas = Cas.de(replace(HORS, date=jour), Parameters(jour, sans_plafond_connu), Politiques())
    due = majoration.montant(Decimal(30), 1, Montant(Decimal("0.40")), cas)
    assert (due.valeur, due.raison) == (None, "non lu")


def test_a_local_rate_above_the_full_one_raises_nothing() -> None:
    alsace = replace(HORS, couvertures=frozenset({Couverture.ALSACE_MOSELLE}))
    choix = Politiques.from_mapping({"alsace-moselle-hors-parcours": "95"})
    total = decide(alsace, DROIT, choix).remboursement
    assert total is not None
    assert str(total.majoration) == "0.00"


DOUTES = {
    "a téléconsultation that may not be paid": (
        replace(HORS, mode=Mode.TELECONSULTATION),
        "on ne sait pas si la visite est prise en charge",
    ),
    "a regime of passage": (
        replace(HORS, couvertures=frozenset({Couverture.RSS_DE_PASSAGE})),
        "aucune participation n'est établie pour un patient de passage",
    ),
    "a foreigner on passage": (
        replace(HORS, couvertures=frozenset({Couverture.ETRANGER_DE_PASSAGE})),
        "aucune participation n'est établie pour un patient de passage",
    ),
}


@pytest.mark.parametrize(("visite", "raison"), DOUTES.values(), ids=DOUTES)
def test_what_may_not_be_paid_at_all_has_no_amount_but_a_reason(visite: Visite, raison: str) -> None:
    total = decide(visite, DROIT).remboursement
    assert total is not None
    for montants in (total, *total.lignes):
        inconnus = ("taux", "participation_forfaitaire", "ticket_moderateur", "complementaire_max", "amo")
        assert [getattr(montants, cle) for cle in (*inconnus, "reste_a_charge")] == [None] * 6
        assert (str(montants.base), str(montants.majoration)) == ("26.50", "0.00")
    assert notes(visite, "participation_forfaitaire") == [raison]
    assert notes(visite, "taux") != [""]


# ---------------------------------------------------------------- the extra of a hospital

HOPITAL = replace(HORS, lieux=frozenset({NatureLieu.HOPITAL}))


def extra(visite: Visite) -> list[tuple[str | None, str]]:
    total = decide(visite, DROIT).remboursement
    assert total is not None
    return [(t.valeur, t.texte) for t in total.termes if t.montant == "majoration_hospitaliere"]


@pytest.mark.parametrize(
    ("specialite", "jour", "valeur"),
    [
        (Specialite.AUTRE, JOUR, "6,00 €"),  # 31.50 × 17.5 % = 5.51
        (Specialite.AUTRE, dt.date(2010, 3, 10), "5,00 €"),  # 28 × 17.5 % = 4.90
        (Specialite.GERIATRIE, JOUR, "8,00 €"),  # 42 × 17.5 % = 7.35
        (Specialite.CARDIOLOGIE, JOUR, None),
    ],
)
def test_a_hospital_keeps_the_highest_excess_rounded_up(
    specialite: Specialite, jour: dt.date, valeur: str | None
) -> None:
    visite = replace(HOPITAL, date=jour, praticien=replace(SPECIALISTE, specialite=specialite))
    ((dit, texte),) = extra(visite)
    assert dit == valeur
    assert texte.startswith("CSS L162-26 ; arrêté du 28 juillet 2005")


def test_a_hospital_keeps_it_for_each_act() -> None:
    (consultation,) = HORS.actes_factures
    technique = ActeFacture(sequence=2, code="JKFA001", nomenclature="ccam", base=Decimal(60))
    deux = replace(consultation, quantite=Decimal(2))
    ((valeur, _),) = extra(replace(HOPITAL, actes_factures=(deux, technique)))
    assert valeur == "23,00 €"  # twice 6, and 10.50 rounded up
    ((valeur, _),) = extra(replace(HOPITAL, actes_factures=(replace(consultation, quantite=Decimal(0)),)))
    assert valeur is None


def test_a_hospital_s_extra_is_unknown_without_an_act_and_not_told_when_not_due() -> None:
    assert [valeur for valeur, _ in extra(replace(HOPITAL, actes_factures=()))] == [None]
    assert notes(replace(HOPITAL, actes_factures=()), "majoration_hospitaliere") == [
        "aucun acte ne vient avec la visite"
    ]
    assert extra(HORS) == []


def test_an_amount_before_its_first_day_is_an_error_of_the_law() -> None:
    with pytest.raises(LawError, match="duree-depart"):
        Parameters(JOUR.replace(year=2010), parameter_table()).amount("duree-depart")


@pytest.mark.parametrize("choix", ["beaucoup", "-1", "NaN", "Infinity"])
def test_a_policy_that_takes_a_number_takes_no_other_word(choix: str) -> None:
    with pytest.raises(SettingsError, match="an amount in euros"):
        Politiques.from_mapping({"plafond-majoration-2024": choix})


def test_another_departement_is_said_to_suggest_remoteness() -> None:
    visite = replace(HORS, departement_residence="29", departement_lieu="75")
    assert "eloignement-suggere" in [a.code for a in decide(visite, DROIT).avertissements]


def _effets(visite: Visite, fait: str) -> str:
    return " | ".join(e for m in decide(visite, DROIT).manquants if m.fait == fait for e in m.effet)


def test_two_letters_whose_authors_may_be_the_medecin_traitant_are_told_once() -> None:
    lettres = tuple(
        Adressage(prescripteur=replace(SPECIALISTE, medecin=Medecin(rpps=rpps)), date=JOUR)
        for rpps in ("10100000003", "10100000004")
    )
    texte = _effets(replace(HORS, declarations=None, adressages=lettres), "patient.medecin-traitant")
    assert texte.count("le médecin qui adresse") == 1


def test_without_a_doctor_the_author_of_the_letter_is_still_a_possible_medecin_traitant() -> None:
    origine = Adressage(prescripteur=None, date=JOUR)
    lettre = Adressage(prescripteur=SPECIALISTE, date=JOUR, origines=(origine,))
    visite = replace(HORS, praticien=None, declarations=None, adressages=(lettre,))
    texte = _effets(visite, "patient.medecin-traitant")
    assert "le médecin qui adresse" in texte
    assert "le médecin consulté" not in texte


def test_a_letter_of_unknown_author_may_be_a_midwife_s_even_without_medecin_traitant() -> None:
    visite = replace(HORS, adressages=(Adressage(prescripteur=None, date=None),))
    texte = _effets(visite, "adressage.prescripteur")
    assert "une sage-femme : dans le parcours (M)" in texte
    assert "le médecin traitant" not in texte


def test_a_letter_of_unknown_author_names_no_possible_medecin_traitant() -> None:
    lettre = Adressage(prescripteur=None, date=JOUR)
    texte = _effets(replace(HORS, declarations=None, adressages=(lettre,)), "patient.medecin-traitant")
    assert "le médecin consulté" in texte
    assert "le médecin qui adresse" not in texte


def test_at_the_hospital_a_direct_access_specialty_may_be_exempt_of_the_hospital_extra() -> None:
    gynecologue = replace(SPECIALISTE, specialite=Specialite.GYNECOLOGIE)
    visite = replace(
        HORS,
        praticien=gynecologue,
        actes=frozenset({GroupeActe.AUTRE}),
        lieux=frozenset({NatureLieu.HOPITAL}),
    )
    assert "majoration-hospitaliere-a-verifier" in [a.code for a in decide(visite, DROIT).avertissements]
