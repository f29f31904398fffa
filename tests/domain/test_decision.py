"""The words of the answer are those of the published contract."""

from __future__ import annotations

from dataclasses import fields

from parcours.domain.decision import Decision, Effet, Facturation, Position, Reponse


def test_the_fields_of_a_decision_in_the_order_of_the_contract() -> None:
    published = (
        "id date_des_soins position situation situations_possibles ips qtp qcp_attendu facturation motifs "
        "effets faits manquants alternatives avertissements remboursement politiques version_droit "
        "version_logiciel"
    )
    assert [f.name for f in fields(Decision)] == published.split()


def test_the_fields_of_the_billing_screen() -> None:
    published = "indicateur declaration_mt top_mt medecin date_installation date_installation_zone"
    assert [f.name for f in fields(Facturation)] == published.split()


def test_positions_effects_and_findings_are_the_published_codes() -> None:
    assert {str(p) for p in Position} == {"dans-parcours", "hors-parcours", "non-concerne", "indetermine"}
    assert {str(r) for r in Reponse} == {"oui", "non", "inconnu"}
    assert [str(e) for e in Effet] == [
        "majoration",
        "depassement-autorise",
        "majoration-hospitaliere",
        "prise-en-charge",
    ]
