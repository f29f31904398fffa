"""Named readings where texts and practice differ (contract, section 6), those about money excepted."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.law.jugements import verdict
from tests.law.tables import cas, visite_de

from parcours.domain.decision import Decision, Effet, Position, Reponse
from parcours.domain.facts import Visite
from parcours.engine import decide
from parcours.errors import SettingsError
from parcours.law import droit
from parcours.law.policies import POLITIQUES, Politiques
from parcours.law.verdict import Verdict

CONTRAT = {
    "psychiatre-plus-de-25-ans": ("convention", "decret"),
    "acces-direct-sans-medecin-traitant": ("pratique", "decret"),
    "eloignement": ("attestation", "departement"),
    "medecin-traitant-faible": ("accepter", "ignorer"),
    "urgence-sans-medecin-traitant": ("non-penalise", "controle"),
}
PAR_NOM = {c["nom"]: c for c in cas()}


def _sous(nom_du_cas: str, **choix: str) -> Decision:
    politiques = Politiques.from_mapping({k.replace("_", "-"): v for k, v in choix.items()})
    return decide(visite_de(PAR_NOM[nom_du_cas]), droit(), politiques)


def _applied(decision: Decision) -> dict[str, str]:
    return {p.politique: p.valeur for p in decision.politiques}


def test_the_policies_of_the_contract_are_there_with_their_defaults() -> None:
    trouvees = {p.nom: (p.defaut, *(c for c in p.choix if c != p.defaut)) for p in POLITIQUES}
    assert CONTRAT.items() <= trouvees.items()
    assert all(p.note.strip() for p in POLITIQUES)


def test_choosing_every_default_changes_nothing() -> None:
    assert Politiques.from_mapping({p.nom: p.defaut for p in POLITIQUES}) == Politiques()


@pytest.mark.parametrize("choix", [{"eloignement": "kilometres"}, {"distance": "10"}, {"eloignement": ""}])
def test_an_unknown_policy_or_choice_stops_the_start(choix: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        Politiques.from_mapping(choix)


def test_psychiatrist_over_25_follows_the_convention_unless_the_decree_is_chosen() -> None:
    nom = "psychiatre, vingt-six ans ce jour : convention contre décret"
    convention, decret = _sous(nom), _sous(nom, psychiatre_plus_de_25_ans="decret")
    assert convention.effets[Effet.MAJORATION] == Reponse.OUI
    assert decret.effets[Effet.MAJORATION] == Reponse.NON
    assert (decret.position, decret.situation) == (convention.position, convention.situation)
    assert (decret.position, decret.situation) == (Position.HORS, "S1")
    assert _applied(decret) == {"psychiatre-plus-de-25-ans": "decret"}
    assert _applied(convention) == {"psychiatre-plus-de-25-ans": "convention"}


def test_the_decree_needs_a_declared_doctor_for_the_psychiatrist_too() -> None:
    nom = "psychiatre, quarante-cinq ans, sans médecin traitant"
    assert _sous(nom, psychiatre_plus_de_25_ans="decret").effets[Effet.MAJORATION] == Reponse.OUI


@pytest.mark.parametrize(
    "nom",
    [
        "gynécologue, acte de la liste, sans médecin traitant",
        "ophtalmologue, glaucome, sans médecin traitant",
        "psychiatre, vingt ans, sans médecin traitant",
    ],
)
def test_direct_access_without_a_doctor_is_outside_in_practice_and_inside_by_the_decree(nom: str) -> None:
    pratique = _sous(nom)
    decret = _sous(nom, acces_direct_sans_medecin_traitant="decret")
    assert (pratique.position, pratique.effets[Effet.MAJORATION]) == (Position.HORS, Reponse.OUI)
    assert (decret.position, decret.effets[Effet.MAJORATION]) == (Position.DANS, Reponse.NON)
    for decision in (pratique, decret):
        codes = (decision.situation, decision.ips, decision.qtp, decision.qcp_attendu)
        assert codes == ("D", "S", "24", ("24",))
    assert _applied(pratique) == {"acces-direct-sans-medecin-traitant": "pratique"}
    assert _applied(decret) == {"acces-direct-sans-medecin-traitant": "decret"}


def test_the_decree_does_not_name_stomatology_so_the_policy_leaves_it_alone() -> None:
    nom = "stomatologue, soins bucco-dentaires, sans médecin traitant"
    decret = _sous(nom, acces_direct_sans_medecin_traitant="decret")
    assert (decret.position, decret.effets[Effet.MAJORATION]) == (Position.HORS, Reponse.OUI)
    assert _applied(decret) == {}


def test_distance_is_attested_unless_the_departement_is_chosen_as_the_sign() -> None:
    nom = "une adresse dans un autre département le suggère seulement"
    assert _sous(nom).situation == "S2"
    departement = _sous(nom, eloignement="departement")
    assert (departement.position, departement.situation) == (Position.DANS, "H")
    assert [m.regle for m in departement.motifs] == ["hors-residence"]
    assert _applied(departement) == {"eloignement": "departement"}
    assert _sous("même département : rien à suggérer", eloignement="departement").situation == "S2"


def test_a_weakly_known_doctor_is_believed_unless_ignored() -> None:
    nom = "le médecin traitant n'est connu que par generalPractitioner : cru, avec un avertissement"
    assert _sous(nom).situation == "T"
    ignore = _sous(nom, medecin_traitant_faible="ignorer")
    assert (ignore.position, ignore.situation) == (Position.INDETERMINE, None)
    assert "patient.medecin-traitant" in {m.fait for m in ignore.manquants}
    assert _applied(ignore) == {"medecin-traitant-faible": "ignorer"}
    les_deux = dataclasses.replace(
        visite_de(PAR_NOM[nom]),
        declarations=(
            *(visite_de(PAR_NOM["la consultation du médecin traitant"]).declarations or ()),
            *(visite_de(PAR_NOM[nom]).declarations or ()),
        ),
    )
    ignorer = Politiques.from_mapping({"medecin-traitant-faible": "ignorer"})
    assert decide(les_deux, droit(), ignorer).situation == "T"
    fort = "le médecin traitant est connu par le cercle de soins"
    assert _sous(fort, medecin_traitant_faible="ignorer").situation == "T"


def test_urgency_without_a_doctor_is_not_penalised_unless_a_check_is_asked_for() -> None:
    nom = "urgence, sans médecin traitant : le SNDS attend 25"
    libre, controle = _sous(nom), _sous(nom, urgence_sans_medecin_traitant="controle")
    assert (libre.position, libre.effets[Effet.MAJORATION]) == (Position.DANS, Reponse.NON)
    assert controle.position != Position.HORS
    assert controle.effets[Effet.MAJORATION] == Reponse.INCONNU
    assert _applied(controle) == {"urgence-sans-medecin-traitant": "controle"}
    avec = _sous("urgence attestée", urgence_sans_medecin_traitant="controle")
    assert (avec.position, avec.effets[Effet.MAJORATION]) == (Position.DANS, Reponse.NON)


@pytest.mark.parametrize("nom", sorted(CONTRAT))
def test_a_policy_shows_when_and_only_when_another_choice_gives_another_answer(nom: str) -> None:
    wrong = []
    for c in cas():
        visite = visite_de(c)
        shown = nom in _applied(decide(visite, droit()))
        if shown != _matters(nom, visite):
            wrong.append(c["nom"])
    assert wrong == []


@pytest.mark.parametrize("c", [c for c in cas() if "politiques" in c], ids=lambda c: c["nom"])
def test_the_policies_a_case_names_are_shown(c: dict[str, Any]) -> None:
    assert sorted(_applied(decide(visite_de(c), droit()))) == sorted(c["politiques"])


def _matters(nom: str, visite: Visite) -> bool:
    answers = [_answer(verdict(visite, Politiques.from_mapping({nom: choix}))) for choix in CONTRAT[nom]]
    return answers[0] != answers[1]


def _answer(v: Verdict) -> tuple[object, ...]:
    effets = tuple(f.holds for f in v.effets.values())
    return v.position, v.situation, v.situations_possibles, v.ips, v.qtp, v.qcp, effets
