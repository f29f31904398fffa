"""The four legal effects, row by row. They are often confused: each is a finding of its own.

Sources: majoration L162-5-3, R160-6, D162-1-7, L160-9; dépassement autorisé L162-5 18° and convention;
majoration hospitalière L162-26; téléconsultation: convention of 2024.
"""

from __future__ import annotations

from collections.abc import Callable

from parcours.domain.decision import Effet, Position
from parcours.domain.facts import Circonstance, Couverture, Fait, Mode, NatureLieu, Secteur, Specialite
from parcours.domain.finding import NO, YES, Finding, all_of, any_of, known, unknown
from parcours.law.cas import Cas
from parcours.law.invoice_codes import CODAGES
from parcours.law.registry import Rang
from parcours.law.rules.css_d162_1_7 import exempte_par_le_decret

HORS = frozenset(rang for rang, (codage, _) in CODAGES.items() if codage.position is Position.HORS)
"""Rows in which the visit is outside the path."""

ORGANISEE = (Circonstance.ORGANISATION_TERRITORIALE, Circonstance.EHPAD, Circonstance.DETENU)
JAMAIS_DE_DEPASSEMENT = (
    Circonstance.ACTE_PREVU_PROTOCOLE_ALD,
    Circonstance.URGENCE,
    Circonstance.HORS_RESIDENCE,
    Circonstance.PRESCRIPTION_MILITAIRE,
)


def majoration(rang: Rang, cas: Cas) -> Finding:
    """Is the patient's share raised by forty points?"""
    if rang is Rang.URGENCE and cas.traitant_declare().holds is not True:
        return unknown() if cas.politique("urgence-sans-medecin-traitant", "controle") else NO
    if rang not in HORS or rang is Rang.TOLERANCE:
        return NO
    exempte = exempte_par_le_decret(cas) if rang is Rang.HORS_ACCES_DIRECT else NO
    return ~any_of(cas.couverture(Couverture.MATERNITE), exempte)


def depassement_autorise(rang: Rang, cas: Cas) -> Finding:
    """May a sector 1 specialist charge more, since the patient came outside the path?"""
    if rang not in HORS:
        return NO
    return all_of(
        ~cas.circonstance(*JAMAIS_DE_DEPASSEMENT),
        ~cas.couverture(Couverture.C2S, Couverture.MILITAIRE),
        _specialiste(cas),
        _secteur_1(cas),
    )


def majoration_hospitaliere(rang: Rang, cas: Cas) -> Finding:
    """May the public hospital keep a flat extra for an outpatient visit to a specialist?"""
    if rang not in HORS:
        return NO
    return all_of(
        known(NatureLieu.HOPITAL in cas.visite.lieux),
        known(cas.visite.mode is not Mode.HOSPITALISATION),
        ~cas.circonstance(Circonstance.ACTE_PREVU_PROTOCOLE_ALD, Circonstance.URGENCE),
        _specialiste(cas),
    )


def prise_en_charge(rang: Rang, cas: Cas) -> Finding:
    """Is the visit paid for at all? A téléconsultation outside its rules is not."""
    if rang is Rang.TELECONSULTATION:
        return YES if _teleconsultation_organisee(cas) else unknown()
    return known(cas.visite.mode is not Mode.TELECONSULTATION or rang not in HORS)


EFFETS: dict[Effet, Callable[[Rang, Cas], Finding]] = {
    Effet.MAJORATION: majoration,
    Effet.DEPASSEMENT_AUTORISE: depassement_autorise,
    Effet.MAJORATION_HOSPITALIERE: majoration_hospitaliere,
    Effet.PRISE_EN_CHARGE: prise_en_charge,
}


def _specialiste(cas: Cas) -> Finding:
    return all_of(cas.est_medecin(), ~cas.specialite(Specialite.GENERALISTE))


def _secteur_1(cas: Cas) -> Finding:
    praticien = cas.visite.praticien
    if praticien is None or praticien.secteur is None:
        return unknown(Fait.SECTEUR)
    return known(praticien.secteur is Secteur.SECTEUR_1)


def _teleconsultation_organisee(cas: Cas) -> bool:
    praticien = cas.visite.praticien
    en_zone = praticien is not None and (praticien.zone_depuis or praticien.lieu_zone_depuis) is not None
    return en_zone or cas.circonstance(*ORGANISEE).holds is True
