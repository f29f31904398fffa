"""Visits with a bill, from one row: who was seen, in which path, for how much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from parcours.domain.calendar import Naissance
from parcours.domain.facts import (
    ActeFacture,
    Circonstance,
    Couverture,
    Declaration,
    GroupeActe,
    Medecin,
    Praticien,
    Profession,
    Secteur,
    Specialite,
    StatutTraitant,
    Visite,
)
from parcours.domain.reimbursement import Remboursement
from parcours.engine import decide
from parcours.law import droit
from parcours.law.policies import Politiques

DROIT = droit()
CONSULTE, TRAITANT = Medecin(rpps="10100000002"), Medecin(rpps="10100000001")


def visite(cas: Mapping[str, str], code: str = "CS") -> Visite:
    """A visit from one row: who was seen, in which path, for how much."""
    ne = dt.date.fromisoformat(cas["naissance"])
    parcours = cas["parcours"]
    circonstances = {
        "adresse": {Circonstance.ADRESSE_PAR_TRAITANT},
        "urgence": {Circonstance.URGENCE},
        "eloigne": {Circonstance.HORS_RESIDENCE},
    }.get(parcours, set())
    couvertures = {Couverture(c) for c in [cas.get("couverture", "")] if c}
    if Couverture.ALD in couvertures:
        circonstances = circonstances | {Circonstance.SOIN_EN_RAPPORT_ALD}
    traitant = CONSULTE if parcours == "traitant" else TRAITANT
    return Visite(
        date=dt.date.fromisoformat(cas["date"]),
        naissance=Naissance(ne, ne),
        praticien=Praticien(
            medecin=CONSULTE,
            profession=Profession.MEDECIN,
            specialite=Specialite(cas.get("specialite", "medecine-generale")),
            secteur=Secteur(cas["secteur"]),
        ),
        declarations=(Declaration(statut=StatutTraitant.DECLARE, medecins=(traitant,)),),
        actes=frozenset({GroupeActe.CONTRACEPTION}) if parcours == "direct" else None,
        circonstances=frozenset(circonstances),
        couvertures=frozenset(couvertures),
        actes_factures=(acte(1, code, cas["base"], cas["facture"]),),
    )


def acte(sequence: int, code: str | None, base: str | None, facture: str | None) -> ActeFacture:
    return ActeFacture(
        sequence=sequence,
        code=code,
        nomenclature="ngap",
        base=Decimal(base) if base else None,
        facture=Decimal(facture) if facture else None,
    )


def paye(visite: Visite, **politiques: str) -> Remboursement:
    choix = Politiques.from_mapping({nom.replace("_", "-"): valeur for nom, valeur in politiques.items()})
    remboursement = decide(visite, DROIT, choix).remboursement
    assert remboursement is not None
    return remboursement


STANDARD = {
    "date": "2025-03-03",
    "parcours": "traitant",
    "naissance": "1970-01-01",
    "secteur": "secteur-1",
    "base": "30.00",
    "facture": "30.00",
}
HORS = STANDARD | {"parcours": "hors"}
