"""The majoration in euros: points of the base, capped per act (CSS R160-6 al. 3, before 2016 R322-1-1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from parcours.domain.facts import Couverture
from parcours.domain.finding import Finding
from parcours.domain.reimbursement import ZERO
from parcours.law.cas import Cas
from parcours.law.parameter_files import Montant

CONVENTION_2024 = dt.date(2024, 12, 22)
AUCUNE = Montant(ZERO)


def points(due: Finding, part: Decimal | None, cas: Cas) -> Montant:
    """By how much the rate falls, as a fraction of the base."""
    if due.holds is None:
        return Montant(None, (), "on ne sait pas si la majoration est due")
    if due.holds is False:
        return AUCUNE
    if Couverture.ALSACE_MOSELLE in cas.visite.couvertures:
        return _points_du_regime_local(part, cas)
    return cas.parametres.amount("taux-majoration")


def montant(base: Decimal, nombre: int, baisse: Montant, cas: Cas) -> Montant:
    """The majoration of so many acts with their supplements, in euros, exact: who pays rounds once."""
    if baisse.valeur is None or baisse.valeur == 0:
        return baisse
    plafond = _plafond(cas)
    if plafond is None:
        return Montant(baisse.valeur * base, baisse.cites)
    if plafond.valeur is None:
        return plafond
    return Montant(min(baisse.valeur * base, plafond.valeur * nombre), (*baisse.cites, *plafond.cites))


def _plafond(cas: Cas) -> Montant | None:
    """The cap, ``None`` when the policy says that there is none."""
    if cas.jour < CONVENTION_2024:
        return cas.parametres.amount("plafond-majoration")
    choix = cas.choix("plafond-majoration-2024")
    if choix == "sans-plafond":
        return None
    return Montant(Decimal(choix), (f"CSS R160-6, al. 3 : plafond de {choix.replace('.', ',')} €",))


def _points_du_regime_local(part: Decimal | None, cas: Cas) -> Montant:
    choix = cas.choix("alsace-moselle-hors-parcours")
    if choix == "inconnu" or part is None:
        return Montant(
            None, (), "aucune source ne donne le taux du régime local d'Alsace-Moselle hors parcours"
        )
    baisse = max(part - Decimal(choix) / 100, ZERO)
    return Montant(baisse, ("taux hors parcours choisi par l'exploitant",))
