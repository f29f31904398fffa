"""The picture of the path says what the verdict says: the same rows, the same grounds, in the same order."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.law.tables import cas, visite_de
from tests.law.visites import visite

from parcours.domain.chemin import Role
from parcours.domain.decision import Position, Reponse
from parcours.domain.facts import ORDRE_DES_FAITS, Fait, Medecin, Praticien, Visite
from parcours.engine import DEFAUT, decide
from parcours.errors import UnsupportedDate
from parcours.fhir.reading import read_request
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.chemin import explain
from parcours.law.questions import GROUPES, Question
from parcours.law.registry import Rang
from parcours.law.verdict import Reponses, Verdict, juger

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("[0-9][0-9]-*"))
QUESTIONS = [question for _, questions in GROUPES for question in questions]
JOUR = dt.date(2026, 3, 10)
DECISIFS = (Role.DECIDE, Role.PEUT_DECIDER)


@cache
def lue(folder: Path) -> Visite:
    return read_request((folder / "bundle.json").read_bytes()).visite


def visites() -> list[Any]:
    """Every example, and every case of the law."""
    examples = [pytest.param(lambda f=folder: lue(f), id=folder.name) for folder in EXAMPLES]
    return [
        *examples,
        *(pytest.param(lambda c=c: visite_de(c), id=f"{c['fichier']}: {c['nom']}") for c in cas()),
    ]


def verdict_de(told: Visite) -> tuple[Verdict, Reponses]:
    du_jour = droit().du_jour(told.date)
    case = Cas.de(told, du_jour.parametres, DEFAUT)
    reponses = Reponses.demander(du_jour, case, jusqu_au_bout=True)
    return juger(reponses, case), reponses


@pytest.mark.parametrize("raconter", visites())
def test_the_path_ends_where_the_verdict_does(raconter: Any) -> None:
    told = raconter()
    (verdict, _), chemin = verdict_de(told), explain(told, droit(), DEFAUT)
    decision = decide(told, droit())
    assert (chemin.position, chemin.situation) == (decision.position, decision.situation)
    assert tuple(e.rang for e in chemin.etapes if e.role in DECISIFS) == verdict.rangs
    if len(verdict.rangs) == 1:
        assert chemin.decisive is not None
        assert chemin.decisive.rang == verdict.rangs[0]
    else:
        assert chemin.decisive is None


@pytest.mark.parametrize("raconter", visites())
def test_every_ground_of_the_decision_is_on_the_path_with_its_text(raconter: Any) -> None:
    told = raconter()
    regles = [regle for e in explain(told, droit(), DEFAUT).etapes for regle in e.regles]
    retenus = [r.motif for r in regles if r.reponse is Reponse.OUI]
    assert set(decide(told, droit()).motifs) <= set(retenus)
    assert len({r.motif.regle for r in regles}) == len(regles)


@pytest.mark.parametrize("raconter", visites())
def test_no_question_below_the_one_that_holds_decides(raconter: Any) -> None:
    etapes = explain(raconter(), droit(), DEFAUT).etapes
    roles = [e.role for e in etapes]
    first = roles.index(Role.NON_ATTEINTE) if Role.NON_ATTEINTE in roles else len(roles)
    assert set(roles[first:]) <= {Role.NON_ATTEINTE}
    assert all(e.reponse is Reponse.NON for e in etapes if e.role is Role.ECARTEE)
    assert all(e.reponse is not Reponse.NON or e.contredite for e in etapes if e.role is Role.PEUT_DECIDER)
    assert [e.rang for e in etapes] == sorted({e.rang for e in etapes})


def test_what_is_missing_is_named_where_it_is_asked() -> None:
    chemin = explain(visite({"date": JOUR, "medecin": "autre", "profession": "medecin"}), droit(), DEFAUT)
    age = next(e for e in chemin.etapes if e.rang == Rang.MOINS_DE_SEIZE_ANS)
    assert (age.reponse, age.role, age.manquants) == (Reponse.INCONNU, Role.PEUT_DECIDER, (Fait.AGE,))
    assert chemin.position is Position.INDETERMINE
    assert chemin.decisive is None


def test_a_ground_that_is_denied_is_shown_as_such() -> None:
    faits = {"date": JOUR, "naissance": dt.date(1980, 5, 14), "medecin": "autre", "profession": "medecin"}
    told = visite(
        {**faits, "specialite": "cardiologie", "traitant": "aucun", "circonstances": ["soins-iteratifs"]}
    )
    oriente = next(e for e in explain(told, droit(), DEFAUT).etapes if e.rang == Rang.ORIENTE)
    assert (oriente.contredite, oriente.reponse, oriente.role) == (True, Reponse.NON, Role.PEUT_DECIDER)
    assert [(f.fait, f.valeur) for f in oriente.faits] == [
        (Fait.MEDECIN_TRAITANT, "aucun"),
        (Fait.CIRCONSTANCE, "soins-iteratifs"),
    ]


def test_a_question_that_no_rule_asks_that_day_is_left_out() -> None:
    def rangs(jour: dt.date) -> set[int]:
        return {e.rang for e in explain(visite({"date": jour}), droit(), DEFAUT).etapes}

    assert rangs(JOUR) == set(Rang)
    assert Rang.MAYOTTE not in rangs(dt.date(2010, 3, 10))


def test_a_visit_from_before_the_law_has_no_path() -> None:
    with pytest.raises(UnsupportedDate):
        explain(visite({"date": dt.date(2005, 12, 31)}), droit(), DEFAUT)


# ---------------------------------------------------------------- the table


def test_every_row_has_one_question_in_order() -> None:
    assert [question.rang for question in QUESTIONS] == list(Rang)
    assert len({question.texte for question in QUESTIONS}) == len(QUESTIONS)
    assert all(texte.endswith(" ?") for texte in (*(t for t, _ in GROUPES), *(q.texte for q in QUESTIONS)))
    assert all(fait.partition(":")[0] in ORDRE_DES_FAITS for q in QUESTIONS for fait in q.faits)


@pytest.mark.parametrize("raconter", visites())
def test_a_question_looks_at_no_fact_but_those_it_names(raconter: Any) -> None:
    """With every other fact hidden, each row answers the same."""
    told = raconter()
    _, reponses = verdict_de(told)
    for question in QUESTIONS:
        if question.rang in reponses.rangs:
            _, seules = verdict_de(sans_le_reste(told, question))
            assert seules.rangs[question.rang] == reponses.rangs[question.rang], question.texte


def sans_le_reste(told: Visite, question: Question) -> Visite:
    """The visit with the facts that a question names, and no other."""

    def vus(fait: str, valeurs: frozenset[Any]) -> frozenset[Any]:
        return frozenset(valeur for valeur in valeurs if question.regarde(fait, valeur))

    def vu(fait: str, champ: str) -> Any:
        return getattr(told if fait in question.faits else Visite(date=told.date), champ)

    return Visite(
        date=told.date,
        naissance=vu(Fait.AGE, "naissance"),
        praticien=told.praticien and _praticien(told.praticien, question),
        declarations=vu(Fait.MEDECIN_TRAITANT, "declarations"),
        actes=None if told.actes is None else vus(Fait.ACTE, told.actes),
        circonstances=vus(Fait.CIRCONSTANCE, told.circonstances),
        couvertures=vus(Fait.COUVERTURE, told.couvertures),
        adressages=vu(Fait.ADRESSAGE, "adressages"),
        plans=vu(Fait.PLAN, "plans"),
        mode=vu(Fait.MODE, "mode"),
        lieux=vus(Fait.LIEU, told.lieux),
        memes_locaux=vu(Fait.MEMES_LOCAUX, "memes_locaux"),
    )


def _praticien(praticien: Praticien, question: Question) -> Praticien:
    champs = {
        Fait.PROFESSION: ("profession",),
        Fait.SPECIALITE: ("specialite",),
        Fait.PREMIERE_INSTALLATION: ("premiere_installation",),
        Fait.ZONE: ("zone_depuis", "installation", "lieu_zone_depuis", "agrement_centre"),
        Fait.REMPLACE: ("remplacant", "remplace"),
    }
    vus = {champ: getattr(praticien, champ) for fait in question.faits for champ in champs.get(fait, ())}
    medecin = praticien.medecin if Fait.MEDECIN in question.faits else Medecin()
    return dataclasses.replace(Praticien(medecin=medecin), **vus)
