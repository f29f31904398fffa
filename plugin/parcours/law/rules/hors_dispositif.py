"""Régimes et pratiques sans article du dispositif du parcours : livre IV, Mayotte, pratique des caisses."""

from __future__ import annotations

import datetime as dt

from parcours.domain.facts import Circonstance, Couverture
from parcours.domain.finding import Finding
from parcours.law.cas import Cas
from parcours.law.registry import Rang, rule

MAYOTTE_DANS_LE_DISPOSITIF = dt.date(2019, 7, 26)


@rule("accident-du-travail", Rang.HORS_CHAMP, "at-mp")
def accident_du_travail(cas: Cas) -> Finding:
    """Soins en rapport avec un accident du travail ou une maladie professionnelle."""
    return cas.couverture(Couverture.AT_MP)


@rule("etranger-de-passage", Rang.HORS_CHAMP, "pratique")
def etranger_de_passage(cas: Cas) -> Finding:
    """Étranger de passage : pas tenu de déclarer un médecin traitant."""
    return cas.couverture(Couverture.ETRANGER_DE_PASSAGE)


@rule("mayotte", Rang.MAYOTTE, "mayotte", since=MAYOTTE_DANS_LE_DISPOSITIF)
def mayotte(cas: Cas) -> Finding:
    """Affilié au régime de Mayotte : le parcours s'y applique sans majoration."""
    return cas.couverture(Couverture.MAYOTTE)


@rule("tolerance-caisse", Rang.TOLERANCE, "SNDS", "code 21")
def tolerance_caisse(cas: Cas) -> Finding:
    """Tolérance enregistrée par la caisse : hors parcours, sans majoration."""
    return cas.circonstance(Circonstance.TOLERANCE_CAISSE)
