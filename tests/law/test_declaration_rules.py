"""Who may be declared, who chooses and signs, first or change, where it goes: one case per rule."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from tests.law.declarations import (
    beneficiaire,
    codes,
    identite,
    medecin,
    ne_le,
    numero,
    prepare,
    representant,
)

from parcours.domain import declaration_texts as textes
from parcours.domain.decision import Reponse
from parcours.domain.declaration import Etat, Id, Nature, Qui
from parcours.domain.declaration_facts import Assure, Exercice, Lien, Lu, Structure
from parcours.domain.facts import (
    Declaration,
    Medecin,
    MotifFin,
    Profession,
    Secteur,
    Specialite,
    StatutTraitant,
)

OUI, NON, INCONNU = Reponse.OUI, Reponse.NON, Reponse.INCONNU
SALARIE = Lu(True, "PractitionerRole.code")

# ---------------------------------------------------------------- who may be declared

DESIGNATIONS: list[tuple[str, dict[str, Any] | None, Reponse, set[str]]] = [
    ("a general practitioner", {}, OUI, set()),
    ("a specialist", {"praticien": {"specialite": Specialite.CARDIOLOGIE}}, OUI, set()),
    ("a sector 2 doctor", {"praticien": {"secteur": Secteur.SECTEUR_2}}, OUI, set()),
    ("a doctor without convention", {"praticien": {"secteur": Secteur.NON_CONVENTIONNE}}, OUI, set()),
    ("a doctor whose specialty nobody gave", {"praticien": {"specialite": None}}, OUI, set()),
    ("nobody", None, INCONNU, {"medecin-absent"}),
    ("a locum", {"praticien": {"remplacant": True}}, NON, {"remplacant"}),
    ("a midwife", {"praticien": {"profession": Profession.SAGE_FEMME}}, NON, {"non-medecin"}),
    (
        "a professional of unknown profession",
        {"praticien": {"profession": None}},
        INCONNU,
        {"profession-inconnue"},
    ),
    ("a hospital doctor", {"salarie": SALARIE, "structures": frozenset({Structure.HOPITAL})}, OUI, set()),
    (
        "a doctor of a centre de santé",
        {"salarie": SALARIE, "structures": frozenset({Structure.CENTRE_DE_SANTE})},
        OUI,
        set(),
    ),
    (
        "a doctor of an ESMS",
        {"salarie": SALARIE, "structures": frozenset({Structure.MEDICO_SOCIAL})},
        OUI,
        set(),
    ),
    (
        "a doctor of a maison de santé",
        {"salarie": SALARIE, "structures": frozenset({Structure.SISA})},
        OUI,
        set(),
    ),
    (
        "a doctor on a cabinet's payroll",
        {"salarie": SALARIE, "structures": frozenset({Structure.CABINET})},
        NON,
        {"salarie-hors-structure"},
    ),
    (
        "a doctor on an insurer's payroll",
        {"salarie": SALARIE, "structures": frozenset({Structure.AUTRE})},
        NON,
        {"salarie-hors-structure"},
    ),
    ("a salaried doctor, who knows where", {"salarie": SALARIE}, INCONNU, {"salarie-structure-inconnue"}),
    (
        "a doctor who is not salaried",
        {"salarie": Lu(False, "x"), "structures": frozenset({Structure.CABINET})},
        OUI,
        set(),
    ),
    *(
        (exercice.value, {"exercices": frozenset({exercice})}, INCONNU, {exercice.value})
        for exercice in Exercice
    ),
]


@pytest.mark.parametrize(
    ("_who", "given", "expected", "said"), DESIGNATIONS, ids=[d[0] for d in DESIGNATIONS]
)
def test_may_this_professional_be_declared(
    _who: str, given: dict[str, Any] | None, expected: Reponse, said: set[str]
) -> None:
    declaration = prepare(medecin=None if given is None else medecin(**given))
    assert declaration.acceptable is expected
    refused = {r.code for r in declaration.refus}
    known = (
        set(textes.REFUS)
        | {e.value for e in Exercice}
        | {"medecin-absent", "profession-inconnue", "salarie-structure-inconnue"}
    )
    assert refused | (codes(declaration) & known) == said
    assert bool(refused) is (expected is NON)


def test_nothing_is_prepared_in_the_name_of_who_cannot_be_declared() -> None:
    declaration = prepare(medecin=medecin(praticien={"remplacant": True}))
    fields = [c for c in declaration.champs if c.bloc == "medecin"]
    assert {(c.valeur, c.etat, c.pourquoi) for c in fields} == {(None, Etat.MANQUANT, textes.MEDECIN_REFUSE)}


# ---------------------------------------------------------------- who signs

ADULTE, DIX_SEPT, DOUZE = dt.date(1979, 3, 28), dt.date(2008, 6, 1), dt.date(2013, 6, 1)
SEIZE_CE_JOUR, QUINZE = dt.date(2010, 3, 10), dt.date(2010, 3, 11)
DIX_HUIT_CE_JOUR, DIX_SEPT_ENCORE = dt.date(2008, 3, 10), dt.date(2008, 3, 11)

SIGNATURES: list[tuple[str, dt.date | None, list[Lien], Qui, list[Qui], set[str], Etat]] = [
    ("an adult", ADULTE, [], Qui.BENEFICIAIRE, [Qui.BENEFICIAIRE], set(), Etat.CONNU),
    (
        "eighteen that day",
        DIX_HUIT_CE_JOUR,
        [Lien.PARENT],
        Qui.BENEFICIAIRE,
        [Qui.BENEFICIAIRE],
        set(),
        Etat.CONNU,
    ),
    ("curatelle", ADULTE, [Lien.CURATEUR], Qui.BENEFICIAIRE, [Qui.BENEFICIAIRE], set(), Etat.CONNU),
    (
        "tutelle",
        ADULTE,
        [Lien.TUTEUR],
        Qui.A_DETERMINER,
        [Qui.A_DETERMINER],
        {textes.DEMANDER_CAPABLE},
        Etat.DOUTEUX,
    ),
    (
        "habilitation",
        ADULTE,
        [Lien.HABILITATION],
        Qui.A_DETERMINER,
        [Qui.A_DETERMINER],
        {textes.DEMANDER_CAPABLE},
        Etat.DOUTEUX,
    ),
    (
        "a guardian of some kind",
        ADULTE,
        [Lien.GARDIEN],
        Qui.BENEFICIAIRE,
        [Qui.BENEFICIAIRE],
        {textes.DEMANDER_MESURE},
        Etat.DOUTEUX,
    ),
    (
        "seventeen",
        DIX_SEPT,
        [Lien.PARENT],
        Qui.BENEFICIAIRE,
        [Qui.BENEFICIAIRE, Qui.PARENT],
        {textes.DEMANDER_EMANCIPE},
        Etat.CONNU,
    ),
    (
        "the eve of eighteen",
        DIX_SEPT_ENCORE,
        [Lien.PARENT],
        Qui.BENEFICIAIRE,
        [Qui.BENEFICIAIRE, Qui.PARENT],
        {textes.DEMANDER_EMANCIPE},
        Etat.CONNU,
    ),
    (
        "sixteen that day",
        SEIZE_CE_JOUR,
        [],
        Qui.BENEFICIAIRE,
        [Qui.BENEFICIAIRE, Qui.PARENT],
        {textes.DEMANDER_EMANCIPE, textes.DEMANDER_PARENT},
        Etat.MANQUANT,
    ),
    (
        "seventeen, aide sociale",
        DIX_SEPT,
        [Lien.AIDE_SOCIALE_ENFANCE, Lien.AUTORITE_PARENTALE],
        Qui.BENEFICIAIRE,
        [Qui.BENEFICIAIRE, Qui.AUTORITE],
        {textes.DEMANDER_EMANCIPE},
        Etat.CONNU,
    ),
    ("the eve of sixteen", QUINZE, [Lien.PARENT], Qui.PARENT, [Qui.PARENT], set(), Etat.CONNU),
    ("a child, nobody named", DOUZE, [], Qui.PARENT, [Qui.PARENT], {textes.DEMANDER_PARENT}, Etat.MANQUANT),
    (
        "a child, two parents",
        DOUZE,
        [Lien.PARENT, Lien.PARENT],
        Qui.PARENT,
        [Qui.PARENT],
        set(),
        Etat.MANQUANT,
    ),
    (
        "a child, aide sociale",
        DOUZE,
        [Lien.AIDE_SOCIALE_ENFANCE],
        Qui.AUTORITE,
        [Qui.AUTORITE],
        set(),
        Etat.CONNU,
    ),
    (
        "nobody knows the age",
        None,
        [],
        Qui.A_DETERMINER,
        [Qui.A_DETERMINER],
        {textes.DEMANDER_AGE},
        Etat.CONNU,
    ),
]


@pytest.mark.parametrize(
    ("_who", "born", "liens", "chooses", "sign", "asked", "etat"), SIGNATURES, ids=[s[0] for s in SIGNATURES]
)
def test_who_chooses_and_signs(
    _who: str,
    born: dt.date | None,
    liens: list[Lien],
    chooses: Qui,
    sign: list[Qui],
    asked: set[str],
    etat: Etat,
) -> None:
    declaration = prepare(
        beneficiaire=beneficiaire(naissance=ne_le(born) if born else None),
        assure=Assure(lui_meme=False, identite=identite("Alex"), numeros=(numero(),)),
        representants=tuple(representant(lien, prenom=f"P{i}") for i, lien in enumerate(liens)),
    )
    assert declaration.choisit is chooses
    assert [s.qui for s in declaration.signatures] == [*sign, Qui.MEDECIN]
    assert set(declaration.a_demander) - {textes.DEMANDER_ACCORD, textes.DEMANDER_TRAITANT} == asked
    assert declaration.champ(Id.REPRESENTANT).etat is etat


def test_an_age_on_both_sides_of_sixteen_is_asked() -> None:
    vague = beneficiaire(naissance=ne_le(dt.date(2010, 1, 1), dt.date(2010, 12, 31)))
    declaration = prepare(beneficiaire=vague)
    assert declaration.choisit is Qui.A_DETERMINER
    assert declaration.champ(Id.BENEFICIAIRE_NAISSANCE).pourquoi == textes.NAISSANCE_PARTIELLE


def test_a_minor_insured_in_his_own_right_is_asked_about_and_not_blocked() -> None:
    declaration = prepare(beneficiaire=beneficiaire(naissance=ne_le(DIX_SEPT)))
    assert textes.DEMANDER_EMANCIPE in declaration.a_demander
    assert declaration.champ(Id.REPRESENTANT).etat is Etat.CONNU
    assert declaration.acceptable is OUI


def test_a_representative_without_a_name_is_to_be_completed() -> None:
    nobody = dataclasses.replace(representant(Lien.PARENT), nom=None, prenom=None)
    declaration = prepare(beneficiaire=beneficiaire(naissance=ne_le(DOUZE)), representants=(nobody,))
    assert declaration.champ(Id.REPRESENTANT).pourquoi == textes.REPRESENTANT_ABSENT


# ---------------------------------------------------------------- first, change, nothing to do

LUI, AUTRE = Medecin(rpps="01234567897"), Medecin(rpps="01234560801")
DECLARE, AUCUN = StatutTraitant.DECLARE, StatutTraitant.AUCUN
AVANT = dt.date(2020, 1, 1)

NATURES: list[tuple[str, tuple[Declaration, ...] | None, Nature, str | None]] = [
    ("nobody said", None, Nature.INCONNUE, "traitant-inconnu"),
    ("none", (Declaration(statut=AUCUN),), Nature.PREMIERE, None),
    (
        "another doctor",
        (Declaration(statut=DECLARE, medecins=(AUTRE,), debut=AVANT),),
        Nature.CHANGEMENT,
        "changement",
    ),
    (
        "this doctor",
        (Declaration(statut=DECLARE, medecins=(LUI,), debut=AVANT),),
        Nature.DEJA_DECLARE,
        "deja-declare",
    ),
    (
        "somebody, nobody said who",
        (Declaration(statut=DECLARE, debut=AVANT),),
        Nature.INCONNUE,
        "traitant-inconnu",
    ),
    (
        "a doctor who retired",
        (
            Declaration(
                statut=DECLARE,
                medecins=(AUTRE,),
                debut=AVANT,
                fin=dt.date(2025, 12, 31),
                motif_fin=MotifFin.RETRAITE,
            ),
        ),
        Nature.APRES_DEPART,
        "traitant-parti",
    ),
]


@pytest.mark.parametrize(("_case", "history", "expected", "said"), NATURES, ids=[n[0] for n in NATURES])
def test_first_declaration_change_or_nothing_to_do(
    _case: str, history: tuple[Declaration, ...] | None, expected: Nature, said: str | None
) -> None:
    declaration = prepare(declarations=history)
    assert declaration.nature is expected
    found = codes(declaration) & {"traitant-inconnu", "changement", "deja-declare", "traitant-parti"}
    assert found == ({said} if said else set())


def test_a_change_without_a_doctor_yet_is_a_change() -> None:
    history = (Declaration(statut=DECLARE, medecins=(AUTRE,), debut=AVANT),)
    assert prepare(medecin=None, declarations=history).nature is Nature.CHANGEMENT
