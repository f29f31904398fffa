"""When an answer brings a declaration along, and when it never does."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from parcours.domain.calendar import Naissance
from parcours.domain.facts import (
    Circonstance,
    Couverture,
    Declaration,
    Medecin,
    Mode,
    MotifFin,
    NatureLieu,
    Praticien,
    Profession,
    Specialite,
    StatutTraitant,
    Visite,
)
from parcours.engine import decide
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.declaration_rules import merite_d_etre_proposee
from parcours.law.policies import Politiques

JOUR = dt.date(2026, 3, 10)
LUI, AUTRE = Medecin(rpps="10100000002"), Medecin(rpps="10100000001")
GENERALISTE = Praticien(medecin=LUI, profession=Profession.MEDECIN, specialite=Specialite.GENERALISTE)
AUCUN = (Declaration(statut=StatutTraitant.AUCUN),)
PARTI = (
    Declaration(
        statut=StatutTraitant.DECLARE,
        medecins=(AUTRE,),
        debut=dt.date(2015, 1, 1),
        fin=dt.date(2025, 12, 31),
        motif_fin=MotifFin.RETRAITE,
    ),
)
DECLARE = (Declaration(statut=StatutTraitant.DECLARE, medecins=(AUTRE,), debut=dt.date(2015, 1, 1)),)


def visite(**autres: Any) -> Visite:
    return Visite(
        **{
            "date": JOUR,
            "naissance": Naissance(dt.date(1980, 5, 6), dt.date(1980, 5, 6)),
            "praticien": GENERALISTE,
            "declarations": AUCUN,
            **autres,
        }
    )


def est_proposee(visite: Visite) -> bool:
    decision = decide(visite, droit())
    cas = Cas.de(visite, droit().du_jour(visite.date).parametres, Politiques())
    return merite_d_etre_proposee(visite, decision, cas.traitant)


def avec(**autres: Any) -> Praticien:
    return dataclasses.replace(GENERALISTE, **autres)


CASES: list[tuple[str, dict[str, Any], bool]] = [
    ("no médecin traitant", {}, True),
    ("a médecin traitant who retired", {"declarations": PARTI}, True),
    ("a specialist who can accept", {"praticien": avec(specialite=Specialite.CARDIOLOGIE)}, True),
    ("a child", {"naissance": Naissance(dt.date(2015, 1, 1), dt.date(2015, 1, 1))}, True),
    ("a médecin traitant is declared", {"declarations": DECLARE}, False),
    ("nobody knows whether one is declared", {"declarations": None}, False),
    ("nobody is consulted", {"praticien": None}, False),
    ("a midwife", {"praticien": avec(profession=Profession.SAGE_FEMME)}, False),
    ("nobody knows the profession", {"praticien": avec(profession=None, specialite=None)}, False),
    ("a biologist", {"praticien": avec(specialite=Specialite.BIOLOGIE)}, False),
    ("a locum", {"praticien": avec(remplacant=True)}, False),
    ("AME", {"couvertures": frozenset({Couverture.AME})}, False),
    ("RSS de passage", {"couvertures": frozenset({Couverture.RSS_DE_PASSAGE})}, False),
    ("étranger de passage", {"couvertures": frozenset({Couverture.ETRANGER_DE_PASSAGE})}, False),
    ("urgence", {"circonstances": frozenset({Circonstance.URGENCE})}, False),
    ("urgences", {"mode": Mode.URGENCES}, False),
    ("away from home", {"circonstances": frozenset({Circonstance.HORS_RESIDENCE})}, False),
    ("permanence des soins", {"circonstances": frozenset({Circonstance.PERMANENCE_DES_SOINS})}, False),
    ("maison médicale de garde", {"lieux": frozenset({NatureLieu.PERMANENCE_DES_SOINS})}, False),
]


@pytest.mark.parametrize(("_case", "given", "expected"), CASES, ids=[case[0] for case in CASES])
def test_is_a_declaration_worth_proposing(_case: str, given: dict[str, Any], expected: bool) -> None:
    assert est_proposee(visite(**given)) is expected
