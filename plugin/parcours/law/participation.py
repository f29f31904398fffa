"""The participation forfaitaire: due once per act of a doctor (CSS L160-13 II, L160-15, R160-19)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from parcours.domain.facts import Couverture, Fait, Mode, Profession
from parcours.domain.finding import NO, YES, Finding, all_of, known_or_missing, unknown
from parcours.domain.reimbursement import ZERO
from parcours.law.cas import Cas
from parcours.law.parameter_files import Montant

DISPENSES = frozenset({Couverture.C2S, Couverture.MATERNITE, Couverture.AME})


def participations(nombre: int, cas: Cas) -> list[Montant]:
    """What is due for each of so many acts of that day, within the yearly and daily maxima."""
    due = _due(cas)
    if due.holds is False:
        return [Montant(ZERO, ("CSS L160-15, R160-20 : dispense",))] * nombre
    if due.holds is None:
        return [Montant(None, (), "on ne sait pas si la participation forfaitaire est due")] * nombre
    return _dans_les_maxima(nombre, cas)


def _due(cas: Cas) -> Finding:
    """Not during a hospital stay, nor for a minor on 1 January, nor for those whom L160-15 exempts."""
    if cas.visite.mode is Mode.HOSPITALISATION or not DISPENSES.isdisjoint(cas.visite.couvertures):
        return NO
    praticien = cas.visite.praticien
    if praticien is None:
        return unknown(Fait.MEDECIN)
    if praticien.profession not in (None, Profession.MEDECIN):
        return NO
    medecin = YES if praticien.profession else unknown(Fait.PROFESSION)
    return all_of(medecin, _majeur_au_premier_janvier(cas))


def _majeur_au_premier_janvier(cas: Cas) -> Finding:
    if cas.visite.naissance is None:
        return unknown(Fait.AGE)
    premier_janvier = dt.date(cas.jour.year, 1, 1)
    age = cas.parametres.integer("age-participation")
    return known_or_missing(cas.visite.naissance.age_atteint(age, premier_janvier), Fait.AGE)


def _dans_les_maxima(nombre: int, cas: Cas) -> list[Montant]:
    unitaire = cas.parametres.amount("participation-forfaitaire")
    montant = unitaire.valeur or ZERO
    reste_annee = (cas.parametres.amount("participation-maximum-annuel").valeur or ZERO) - (
        cas.visite.participations.annee or ZERO
    )
    reste_jour = cas.parametres.integer("participation-maximum-jour") - (cas.visite.participations.jour or 0)
    dues = []
    for rang in range(nombre):
        due = min(montant, max(reste_annee, ZERO)) if rang < reste_jour else ZERO
        reste_annee -= due
        dues.append(Montant(Decimal(due).quantize(ZERO), unitaire.cites, note=unitaire.note))
    return dues
