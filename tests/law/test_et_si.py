"""What if: examples under every supposition that their pages offer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from parcours.domain.decision import Decision, Position
from parcours.domain.facts import Circonstance, Fait, Medecin, Praticien, Visite
from parcours.engine import decide
from parcours.fhir.reading import read_request
from parcours.law import droit
from parcours.law.et_si import TOUJOURS, EtSi, Suppositions
from parcours.law.policies import Politiques

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("[0-9][0-9]-*"))
S2 = next(folder for folder in EXAMPLES if folder.name.startswith("24-"))
ET_SI = EtSi(droit(), Politiques())


def visite_de(folder: Path) -> Visite:
    return read_request((folder / "bundle.json").read_bytes()).visite


def sous(visite: Visite, *motifs: str, **valeurs: str) -> Decision:
    nommees = {f"{nom.replace('__', '.').replace('_', '-')}": texte for nom, texte in valeurs.items()}
    return decide(ET_SI.supposer(visite, Suppositions(valeurs=nommees, motifs=motifs)).visite, droit())


@pytest.mark.parametrize(
    ("motifs", "valeurs", "position", "situation"),
    [
        (["urgence"], {}, Position.DANS, "U"),
        (["adressage par le médecin traitant"], {}, Position.DANS, "O"),
        ([], {"patient__age": "moins de 16 ans"}, Position.DANS, "X"),
        ([], {"patient__medecin_traitant": "le médecin consulté"}, Position.DANS, "T"),
        ([], {"patient__medecin_traitant": "aucun médecin traitant"}, Position.HORS, "S2"),
        (["urgence"], {"patient__medecin_traitant": "aucun médecin traitant"}, Position.DANS, "U"),
        (["remplacement du médecin traitant"], {}, Position.DANS, "R"),
        ([], {"medecin__specialite": "ophtalmologie", "visite__acte": "acte de la liste d'accès direct"},
         Position.DANS, "D"),
    ],
)  # fmt: skip
def test_another_generaliste_without_referral_were_it_otherwise(
    motifs: list[str], valeurs: dict[str, str], position: Position, situation: str
) -> None:
    decision = sous(visite_de(S2), *motifs, **valeurs)
    assert (decision.position, decision.situation) == (position, situation)


@pytest.mark.parametrize("folder", EXAMPLES[::6], ids=lambda folder: folder.name)
def test_every_supposition_offered_is_retained_and_says_that_it_is_one(folder: Path) -> None:
    visite = visite_de(folder)
    offered = [Suppositions(valeurs={fait: t}) for fait in TOUJOURS for t in ET_SI.valeurs(visite, fait)]
    offered += [Suppositions(motifs=(texte,)) for texte in ET_SI.motifs(visite)]
    known = {(f.fait, f.valeur) for f in decide(visite, droit()).faits}
    for supposition in offered:
        supposee = ET_SI.supposer(visite, supposition)
        assert supposee.retenues == (*supposition.valeurs.values(), *supposition.motifs)
        faits = decide(supposee.visite, droit()).faits
        of_one_value = supposition.valeurs.keys() - {Fait.ACTE}
        new = [f for f in faits if (f.fait, f.valeur) not in known or f.fait in of_one_value]
        assert {f.origine for f in new} <= {"suppose"}, supposition


def test_nothing_supposed_is_the_visit_itself() -> None:
    visite = visite_de(S2)
    nothing = Suppositions()
    assert not nothing
    assert ET_SI.supposer(visite, nothing).visite is visite


def test_a_phrase_that_is_none_of_ours_is_left_aside() -> None:
    visite = visite_de(S2)
    supposee = ET_SI.supposer(
        visite, Suppositions(valeurs={Fait.AGE: "cent ans", "zz": "zz", Fait.DATE: "hier"}, motifs=("zz",))
    )
    assert (supposee.visite, supposee.retenues) == (visite, ())


def test_what_another_supposition_makes_pointless_is_left_aside() -> None:
    nobody = {Fait.MEDECIN_TRAITANT: "aucun médecin traitant"}
    supposee = ET_SI.supposer(
        visite_de(S2), Suppositions(valeurs=nobody, motifs=("remplacement du médecin traitant",))
    )
    assert supposee.retenues == ("aucun médecin traitant",)


def test_what_was_stated_is_not_offered_again() -> None:
    visite = Visite(date=dt.date(2026, 3, 10), circonstances=frozenset({Circonstance.URGENCE}))
    assert "urgence" not in ET_SI.motifs(visite)


def test_without_a_professional_his_specialty_and_sector_cannot_be_supposed_otherwise() -> None:
    visite = Visite(date=dt.date(2026, 3, 10))
    for fait in (Fait.SPECIALITE, Fait.SECTEUR):
        supposee = ET_SI.supposer(visite, Suppositions(valeurs={fait: "secteur 1"}))
        assert decide(supposee.visite, droit()).faits == decide(visite, droit()).faits


def test_a_centre_in_a_zone_may_be_a_new_one_as_long_as_nobody_says_since_when() -> None:
    in_a_zone = Praticien(medecin=Medecin(), lieu_zone_depuis=dt.date(2025, 1, 1))
    offered = "centre de santé agréé depuis moins de cinq ans en zone sous-dense"
    for agreed, is_offered in ((None, True), (dt.date(2025, 6, 1), False)):
        praticien = dataclasses.replace(in_a_zone, agrement_centre=agreed)
        visite = Visite(date=dt.date(2026, 3, 10), praticien=praticien)
        assert (offered in ET_SI.motifs(visite)) is is_offered
