"""The participation forfaitaire: due once per act of a doctor (CSS L160-13 II, L160-15, R160-19)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from parcours.domain.decision import Effet
from parcours.domain.facts import Couverture, Fait, Mode, NatureLieu, Profession
from parcours.domain.finding import Finding, known_or_missing, unknown
from parcours.domain.reimbursement import ZERO
from parcours.law.billed_acts import QUANTITE_ABSURDE
from parcours.law.cas import Cas
from parcours.law.parameter_files import Montant
from parcours.law.taux import EN_DOUTE, SANS_TAUX, URGENCES
from parcours.law.verdict import Verdict

DISPENSES = {
    Couverture.C2S: Montant(ZERO, ("CSS L160-15 : dispense (complémentaire santé solidaire)",)),
    Couverture.MATERNITE: Montant(ZERO, ("CSS L160-9 : dispense (maternité)",)),
    Couverture.AME: Montant(
        ZERO, ("aide médicale de l'État",), note="le texte de cette dispense n'a pas été lu"
    ),
}
"""Coverages under which no participation is due, whoever is seen."""

MINEUR = Montant(ZERO, ("CSS L160-15, R160-20 : dispense (mineur au 1er janvier)",))
SEJOUR = Montant(ZERO, ("CSS L160-13 II : aucune participation pendant une hospitalisation",))
AUTRE_PROFESSION = Montant(ZERO, ("CSS L160-13 II : seuls les actes de médecins y sont soumis",))
EN_SUSPENS = "la quantité d'un acte précédent n'est pas connue, et les maxima en dépendent"


class Participations:
    """What is withheld of one visit, act after act, within the year's and the day's maxima."""

    def __init__(self, cas: Cas, verdict: Verdict) -> None:
        self._regle = _regle(cas, verdict)
        parametres, retenues = cas.parametres, cas.visite.participations
        self._parametres = parametres
        maximum = parametres.amount("participation-maximum-annuel").valeur or ZERO
        self._reste_annee = max(maximum - (retenues.annee or ZERO), ZERO)
        self._reste_jour = max(parametres.integer("participation-maximum-jour") - (retenues.jour or 0), 0)
        self._en_suspens = False

    def due(self, nombre: int | None) -> Montant:
        """What is due for so many acts more, in euros, or why nobody knows."""
        unitaire = self._regle.valeur
        if not unitaire:
            return self._regle
        if nombre is None:
            return Montant(None, (), QUANTITE_ABSURDE)
        du_jour = unitaire * min(nombre, self._reste_jour)
        due = min(du_jour, self._reste_annee)
        if due and self._en_suspens:
            return Montant(None, (), EN_SUSPENS)
        bornes = self._cites("jour") if du_jour < unitaire * nombre else ()
        bornes += self._cites("annuel") if due < du_jour else ()
        return Montant(due.quantize(ZERO), (*self._regle.cites, *bornes), note=self._regle.note)

    def _cites(self, maximum: str) -> tuple[str, ...]:
        return self._parametres.amount(f"participation-maximum-{maximum}").cites

    def retenir(self, nombre: int | None, paye: Decimal | None) -> Decimal | None:
        """What is withheld for these acts: never more than is paid for them."""
        due = self.due(nombre).valeur
        if due is None:
            self._en_suspens = True
            return None
        retenue = due if paye is None else min(due, paye)
        self._reste_jour -= min(nombre or 0, self._reste_jour)
        self._reste_annee -= retenue
        return retenue


def _regle(cas: Cas, verdict: Verdict) -> Montant:
    """What one act owes, before any maximum: nothing, so much, or unknown."""
    if verdict.effet(Effet.PRISE_EN_CHARGE).holds is None:
        return Montant(None, (), EN_DOUTE)
    if any(couverture in cas.visite.couvertures for couverture, _ in SANS_TAUX):
        return Montant(None, (), "aucune participation n'est établie pour un patient de passage")
    return _dispense(cas) or _unitaire(cas)


def _dispense(cas: Cas) -> Montant | None:
    """Not during a hospital stay, nor for another profession, nor for a minor, nor for those exempt."""
    praticien = cas.visite.praticien
    if cas.visite.mode is Mode.HOSPITALISATION:
        return SEJOUR
    for couverture, dispense in DISPENSES.items():
        if couverture in cas.visite.couvertures:
            return dispense
    if praticien is not None and praticien.profession not in (None, Profession.MEDECIN):
        return AUTRE_PROFESSION
    return MINEUR if _majeur_au_premier_janvier(cas).holds is False else None


def _unitaire(cas: Cas) -> Montant:
    """What one act owes when nothing exempts from it."""
    praticien = cas.visite.praticien
    if cas.visite.mode is Mode.URGENCES and NatureLieu.HOPITAL in cas.visite.lieux:
        return Montant(None, (), URGENCES)
    if praticien is None or praticien.profession is None or _majeur_au_premier_janvier(cas).holds is None:
        return Montant(None, (), "on ne sait pas si la participation forfaitaire est due")
    due = cas.parametres.amount("participation-forfaitaire")
    if Couverture.AT_MP not in cas.visite.couvertures:
        return due
    return Montant(due.valeur, (*due.cites, "CSS L432-1, dernier al."), note=due.note)


def _majeur_au_premier_janvier(cas: Cas) -> Finding:
    if cas.visite.naissance is None:
        return unknown(Fait.AGE)
    premier_janvier = dt.date(cas.jour.year, 1, 1)
    age = cas.parametres.integer("age-participation")
    return known_or_missing(cas.visite.naissance.age_atteint(age, premier_janvier), Fait.AGE)
