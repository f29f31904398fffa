"""The reasons of an answer: the facts it rests on, where they came from, and what is missing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from tests.law.tables import cas, visite_de
from tests.law.visites import visite

from parcours.domain.facts import Avertissement, Fait, Medecin, Origine, Visite
from parcours.engine import decide
from parcours.law import droit

NOMS = {valeur for cle, valeur in vars(Fait).items() if cle.isupper()}
BASE: dict[str, Any] = {
    "date": dt.date(2026, 3, 10),
    "naissance": dt.date(1980, 5, 14),
    "medecin": "autre",
    "profession": "medecin",
    "specialite": "cardiologie",
    "secteur": "secteur-1",
    "traitant": "declare",
}


def _sans(*faits: str, **autres: Any) -> Visite:
    return visite({cle: v for cle, v in BASE.items() if cle not in faits} | autres)


@pytest.mark.parametrize(
    ("cle", "fait", "valeur"),
    [
        ("visite.date", "visite.date", "2026-03-10"),
        ("patient.age", "patient.age", "45"),
        ("patient.medecin-traitant", "patient.medecin-traitant", "declare"),
        ("visite.medecin", "visite.medecin", "10100000002"),
        ("medecin.profession", "medecin.profession", "medecin"),
        ("medecin.specialite", "medecin.specialite", "cardiologie"),
        ("medecin.secteur", "medecin.secteur", "secteur-1"),
        ("visite.circonstance:urgence", "visite.circonstance", "urgence"),
        ("patient.couverture:camieg", "patient.couverture", "camieg"),
        ("visite.lieu:hopital", "visite.lieu", "hopital"),
    ],
)
def test_a_fact_says_where_it_was_read_and_when(cle: str, fait: str, valeur: str) -> None:
    lue = Origine("Bundle.entry[3].resource", dt.date(2026, 1, 2))
    told = _sans(circonstances=["urgence", "ehpad"], couvertures=["camieg", "amo"], lieux=["hopital"])
    decision = decide(dataclasses.replace(told, origines={cle: lue}), droit())
    (found,) = [f for f in decision.faits if (f.fait, f.valeur) == (fait, valeur)]
    assert (found.origine, found.date) == (lue.chemin, lue.date)
    assert {f.origine for f in decision.faits if f is not found} == {"suppose"}


def test_a_fact_nobody_gave_is_not_told() -> None:
    told = {f.fait for f in decide(visite({"date": BASE["date"]}), droit()).faits}
    assert told == {"visite.date"}


def test_a_vague_birth_date_gives_both_ages() -> None:
    (age,) = [f for f in decide(_sans(naissance="2010"), droit()).faits if f.fait == "patient.age"]
    assert age.valeur == "15 à 16"


@pytest.mark.parametrize("c", cas()[::7], ids=lambda c: c["nom"])
def test_facts_and_missing_facts_have_published_names(c: dict[str, Any]) -> None:
    decision = decide(visite_de(c), droit())
    assert {f.fait for f in decision.faits} | {m.fait for m in decision.manquants} <= NOMS


@pytest.mark.parametrize("c", [c for c in cas() if c.get("manquants")], ids=lambda c: c["nom"])
def test_a_missing_fact_says_what_it_would_change(c: dict[str, Any]) -> None:
    for manquant in decide(visite_de(c), droit()).manquants:
        assert manquant.effet
        assert all(effet.strip() for effet in manquant.effet)


def test_a_missing_fact_says_where_it_would_be_read() -> None:
    chemin = "Bundle.entry[1].resource.birthDate"
    sans_age = dataclasses.replace(_sans("naissance"), chemins={Fait.AGE: chemin})
    (manquant,) = decide(sans_age, droit()).manquants
    assert (manquant.fait, manquant.chemin) == (Fait.AGE, chemin)
    assert len(manquant.effet) == 2
    assert any("16 ans" in effet and "(X)" in effet for effet in manquant.effet)
    assert any("(S2)" in effet for effet in manquant.effet)


def test_the_billing_screen_is_given_the_assurance_maladie_number_before_the_rpps_number() -> None:
    referred = _sans(circonstances=["adresse-par-medecin-traitant"])
    (declared,) = referred.declarations or ()
    named = Medecin(rpps="10100000001", numero_am="991234567", nom="TEST-TRAITANT", prenom="Camille")
    with_am = dataclasses.replace(referred, declarations=(dataclasses.replace(declared, medecins=(named,)),))
    medecin = decide(with_am, droit()).facturation.medecin
    assert medecin is not None
    assert (medecin.nom, medecin.identifiant) == ("TEST-TRAITANT", "991234567")


def test_warnings_of_the_reading_are_kept() -> None:
    from_reading = Avertissement("code-inconnu", "Un code n'a pas été reconnu.")
    told = dataclasses.replace(_sans(), avertissements=(from_reading,))
    assert from_reading in decide(told, droit()).avertissements
