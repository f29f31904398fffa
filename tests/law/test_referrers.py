"""Whose name goes on the invoice, and what is still open to a patient whose data contradict each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from parcours.domain.calendar import Naissance
from parcours.domain.decision import Decision
from parcours.domain.facts import (
    Adressage,
    Circonstance,
    Declaration,
    Medecin,
    NaturePlan,
    Plan,
    Praticien,
    Profession,
    Specialite,
    StatutTraitant,
    Visite,
)
from parcours.engine import decide
from parcours.law import droit

DROIT = droit()
JOUR = dt.date(2026, 3, 10)
TRAITANT = Medecin(rpps="10100000001", nom="TEST-MT", prenom="Camille")
DECLARE = Declaration(statut=StatutTraitant.DECLARE, medecins=(TRAITANT,), debut=dt.date(2015, 1, 1))
AUCUN = Declaration(statut=StatutTraitant.AUCUN)


def praticien(rpps: str, profession: Profession = Profession.MEDECIN) -> Praticien:
    specialite = Specialite.AUTRE if profession is Profession.MEDECIN else None
    medecin = (
        TRAITANT if rpps == TRAITANT.rpps else Medecin(rpps=rpps, nom=f"TEST-{rpps[-1]}", prenom="Camille")
    )
    return Praticien(medecin=medecin, profession=profession, specialite=specialite)


def lettre(rpps: str, profession: Profession = Profession.MEDECIN) -> Adressage:
    return Adressage(prescripteur=praticien(rpps, profession), date=dt.date(2026, 2, 1))


RHUMATOLOGUE = lettre("10100000005")
SAGE_FEMME = lettre("10100000006", Profession.SAGE_FEMME)
DU_TRAITANT = lettre("10100000001")
VISITE = Visite(
    date=JOUR,
    naissance=Naissance(dt.date(1980, 1, 1), dt.date(1980, 1, 1)),
    praticien=praticien("10100000002"),
    declarations=(DECLARE,),
)


def juge(
    *adressages: Adressage, circonstance: Circonstance | None = None, mt: Declaration = DECLARE
) -> Decision:
    circonstances = frozenset({circonstance} if circonstance else ())
    return decide(
        replace(VISITE, adressages=adressages, circonstances=circonstances, declarations=(mt,)), DROIT
    )


CONJOINTS = replace(DECLARE, medecins=(TRAITANT, Medecin(rpps="10100000009")))


@pytest.mark.parametrize(
    ("decision", "situation", "nom"),
    [
        (juge(DU_TRAITANT), "O", "TEST-MT"),
        (juge(DU_TRAITANT, RHUMATOLOGUE), "O", "TEST-MT"),
        (juge(DU_TRAITANT, mt=CONJOINTS), "O", "TEST-MT"),
        (juge(RHUMATOLOGUE, circonstance=Circonstance.ADRESSE_PAR_TRAITANT), "O", "TEST-MT"),
        (juge(RHUMATOLOGUE, circonstance=Circonstance.ADRESSE_PAR_TRAITANT, mt=CONJOINTS), "O", None),
        (juge(RHUMATOLOGUE, circonstance=Circonstance.ACTE_PREVU_PROTOCOLE_ALD, mt=AUCUN), "O", None),
        (juge(SAGE_FEMME), "M", "TEST-6"),
        (juge(SAGE_FEMME, RHUMATOLOGUE), "M", "TEST-6"),
        (juge(SAGE_FEMME, lettre("10100000007", Profession.SAGE_FEMME)), "M", None),
        (juge(RHUMATOLOGUE, circonstance=Circonstance.ADRESSE_PAR_SAGE_FEMME), "M", None),
    ],
)
def test_only_who_made_the_ground_is_named(decision: Decision, situation: str, nom: str | None) -> None:
    medecin = decision.facturation.medecin
    assert decision.situation == situation
    assert medecin is not None
    assert medecin.nom == nom
    manque = [m.fait for m in decision.manquants if m.fait.startswith("facturation.")]
    assert bool(manque) is (nom is None)


SANS = replace(VISITE, declarations=(AUCUN,))


@pytest.mark.parametrize(
    "contredite",
    [
        replace(SANS, praticien=replace(praticien("10100000002"), remplace=TRAITANT)),
        replace(SANS, circonstances=frozenset({Circonstance.SOINS_ITERATIFS})),
        replace(SANS, plans=(Plan(nature=NaturePlan.PLAN_DE_SOINS, auteurs=(TRAITANT,)),)),
    ],
)
def test_a_contradiction_leaves_the_grounds_below_it_open(contredite: Visite) -> None:
    decision = decide(contredite, DROIT)
    textes = [alternative.si for alternative in decision.alternatives]
    assert (decision.position, decision.situation) == ("indetermine", None)
    for ground in ("urgence", "éloignement de la résidence habituelle", "adressage par une sage-femme"):
        assert ground in textes
    assert "adressage par le médecin traitant" not in textes


@pytest.mark.parametrize(
    "plan",
    [
        Plan(nature=NaturePlan.PROTOCOLE_ALD, auteurs=(TRAITANT,)),
        Plan(nature=NaturePlan.PLAN_DE_SOINS, auteurs=(TRAITANT,), destinataire_incertain="visite.plan"),
        Plan(nature=NaturePlan.SEQUENCE, auteurs=(TRAITANT,), destinataire_incertain="visite.plan"),
    ],
    ids=["a protocol is no plan of care", "perhaps for another", "a sequence, perhaps for another"],
)
def test_without_a_medecin_traitant_only_a_plan_of_care_for_the_doctor_consulted_is_a_contradiction(
    plan: Plan,
) -> None:
    decision = decide(replace(SANS, plans=(plan,)), DROIT)
    assert (decision.position, decision.situation) == ("hors-parcours", "S2")
    assert "contradiction" not in [a.code for a in decision.avertissements]


DOUTES = ["visite.medecin", "medecin.specialite", "visite.adressage", "visite.plan"]


@pytest.mark.parametrize("fait", DOUTES)
def test_a_letter_or_a_plan_that_may_be_for_another_leaves_the_answer_open(fait: str) -> None:
    lettre_incertaine = replace(DU_TRAITANT, destinataire_incertain=fait)
    plan = Plan(nature=NaturePlan.PLAN_DE_SOINS, auteurs=(TRAITANT,), destinataire_incertain=fait)
    for doute in (replace(VISITE, adressages=(lettre_incertaine,)), replace(VISITE, plans=(plan,))):
        decision = decide(doute, DROIT)
        assert decision.position == "indetermine"
        assert decision.situations_possibles == ("O", "S2")


def test_what_is_missing_is_who_they_are_not_who_was_consulted() -> None:
    anonyme = Medecin(ressource="Practitioner/anonyme")
    par_un_anonyme = Adressage(
        prescripteur=Praticien(medecin=anonyme, profession=Profession.MEDECIN, specialite=Specialite.AUTRE),
        date=dt.date(2026, 2, 1),
    )
    plan = Plan(nature=NaturePlan.SEQUENCE, auteurs=(anonyme,))
    indisponible = frozenset({Circonstance.TRAITANT_INDISPONIBLE})
    cas = {
        "adressage.prescripteur": replace(VISITE, adressages=(par_un_anonyme,)),
        "visite.plan": replace(VISITE, plans=(plan,)),
        "medecin.remplace": replace(VISITE, praticien=replace(praticien("10100000002"), remplace=anonyme)),
        "visite.memes-locaux": replace(VISITE, circonstances=indisponible, memes_locaux=(anonyme,)),
        "visite.adressage": replace(
            VISITE, adressages=(replace(DU_TRAITANT, destinataire_incertain="visite.adressage"),)
        ),
    }
    for fait, visite in cas.items():
        decision = decide(visite, DROIT)
        (manquant,) = (m for m in decision.manquants if m.fait != "medecin.secteur")
        assert manquant.fait == fait
        assert any("dans le parcours" in effet for effet in manquant.effet)
        assert any("hors parcours" in effet for effet in manquant.effet)


def test_a_plan_of_an_unknown_author_and_an_unknown_medecin_traitant_asks_for_the_latter_first() -> None:
    anonyme = Plan(nature=NaturePlan.SEQUENCE, auteurs=(Medecin(ressource="Practitioner/anonyme"),))
    inconnu = Declaration(statut=StatutTraitant.DECLARE)
    decision = decide(replace(VISITE, declarations=(inconnu,), plans=(anonyme,)), DROIT)
    assert "patient.medecin-traitant" in [m.fait for m in decision.manquants]
    doute = replace(anonyme, destinataire_incertain="visite.plan")
    encore = decide(replace(VISITE, declarations=(inconnu,), plans=(doute,)), DROIT)
    assert encore.position == "indetermine"
