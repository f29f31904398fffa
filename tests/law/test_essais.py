"""What was found of the visit as it is, and reused under a hypothesis, is what judging from scratch finds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from tests.law.tables import cas, visite_de

from parcours.domain.facts import ORDRE_DES_FAITS, ActeFacture, Circonstance, Visite
from parcours.domain.finding import Finding
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.essais import Essais
from parcours.law.missing_values import valeurs
from parcours.law.policies import POLITIQUES, Politiques
from parcours.law.registry import DroitDuJour
from parcours.law.reimbursement import remboursement
from parcours.law.unclaimed_grounds import motifs_non_invoques
from parcours.law.verdict import Reponses, juger

DEFAUT = Politiques()
FACTURE = (ActeFacture(sequence=1, code="C", nomenclature="ngap"),)


def issue(du_jour: DroitDuJour, case: Cas) -> tuple[object, ...]:
    """All that a case leads to, the amounts found as the engine finds them."""
    verdict = juger(Reponses.demander(du_jour, case, jusqu_au_bout=False), case)
    paye = case.trouver(verdict.compte(), lambda c: remboursement(c, verdict))
    return verdict.reponse(), verdict.rangs, verdict.contredits, verdict.qcp, dict(verdict.effets), paye


def hypotheses(case: Cas) -> Iterator[Visite]:
    """The visit under every hypothesis that the law makes, and with every circumstance taken back."""
    yield from (visite for _, visite in motifs_non_invoques(case))
    yield from (visite for fait in ORDRE_DES_FAITS for _, visite in valeurs(fait, case))
    yield dataclasses.replace(case.visite, circonstances=frozenset(), couvertures=frozenset())
    yield dataclasses.replace(case.visite, praticien=None)


@pytest.mark.parametrize("c", cas()[::3], ids=lambda c: f"{c['fichier']}: {c['nom']}")
def test_a_hypothesis_is_judged_as_if_it_were_the_visit(c: dict[str, Any]) -> None:
    told = dataclasses.replace(visite_de(c), actes_factures=FACTURE)
    du_jour = droit().du_jour(told.date)
    base = Cas.de(told, du_jour.parametres, DEFAUT)
    essais = Essais(base)
    for supposee in hypotheses(base):
        autrement = Cas.de(supposee, du_jour.parametres, DEFAUT)
        assert issue(du_jour, essais.cas(supposee)) == issue(du_jour, autrement)


@pytest.mark.parametrize("c", cas()[::5], ids=lambda c: f"{c['fichier']}: {c['nom']}")
def test_another_reading_is_applied_as_if_it_had_been_chosen(c: dict[str, Any]) -> None:
    told = dataclasses.replace(visite_de(c), actes_factures=FACTURE)
    du_jour = droit().du_jour(told.date)
    essais = Essais(Cas.de(told, du_jour.parametres, DEFAUT))
    for politique in POLITIQUES:
        for choix in politique.a_comparer:
            autres = DEFAUT.avec(politique.nom, choix)
            autrement = Cas.de(told, du_jour.parametres, autres)
            assert issue(du_jour, essais.sous(autres, politique.nom)) == issue(du_jour, autrement)


def test_only_what_reads_a_fact_that_changes_is_asked_again() -> None:
    asked: list[str] = []

    def urgence(case: Cas) -> Finding:
        asked.append("urgence")
        return case.circonstance(Circonstance.URGENCE)

    def age(case: Cas) -> Finding:
        asked.append("age")
        return case.age_atteint(16)

    told = visite_de(cas()[0])
    essais = Essais(Cas.de(told, droit().du_jour(told.date).parametres, DEFAUT))
    for supposee in (
        dataclasses.replace(told, circonstances=frozenset({Circonstance.URGENCE})),
        dataclasses.replace(told, naissance=None),
        dataclasses.replace(told, circonstances=frozenset({Circonstance.DETENU})),
    ):
        case = essais.cas(supposee)
        assert case.trouver("urgence", urgence).holds is (Circonstance.URGENCE in supposee.circonstances)
        assert (case.trouver("age", age).holds is None) is (supposee.naissance is None)
    assert sorted(asked) == ["age", "age", "urgence", "urgence"]
