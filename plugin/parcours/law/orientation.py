"""Findings on referrals that several articles share."""

from __future__ import annotations

from parcours.domain.facts import Adressage, Circonstance, Fait, Praticien, Profession
from parcours.domain.finding import CONTRADICTED, NO, YES, Finding, all_of, known, unknown
from parcours.law.cas import Cas, profession_est


def atteste(cas: Cas, circonstance: Circonstance) -> Finding:
    """An attested ground that names the médecin traitant: it holds, unless the data say there is none."""
    if cas.circonstance(circonstance).holds is False:
        return NO
    return CONTRADICTED if cas.traitant_declare().holds is False else YES


def atteste_avec_traitant(cas: Cas, circonstance: Circonstance) -> Finding:
    """An attested ground that supposes a médecin traitant: in doubt when nobody knows of one."""
    return all_of(atteste(cas, circonstance), cas.traitant_declare())


def ecrit_par_traitant(cas: Cas, adressage: Adressage) -> Finding:
    """Was this referral written by the doctor who was the médecin traitant that day?"""
    prescripteur = adressage.prescripteur
    if cas.traitant.declare.holds is False and cas.traitant.parti is None:
        return NO
    if prescripteur is None:
        return unknown(Fait.PRESCRIPTEUR)
    if prescripteur.profession not in (None, Profession.MEDECIN):
        return NO
    if adressage.date is None:
        return valable(cas, adressage)
    return all_of(valable(cas, adressage), cas.etait_traitant(prescripteur.medecin, adressage.date))


def adresse_par_profession(cas: Cas, adressage: Adressage, profession: Profession) -> Finding:
    """Was the patient sent by somebody of this profession?"""
    prescripteur = autre_que_le_consulte(cas, adressage)
    if not isinstance(prescripteur, Praticien):
        return prescripteur
    return all_of(
        profession_est(prescripteur, profession, Fait.PRESCRIPTEUR_PROFESSION),
        valable(cas, adressage),
    )


def autre_que_le_consulte(cas: Cas, adressage: Adressage) -> Praticien | Finding:
    """Who sent the patient; a finding when nobody knows, or when the doctor consulted wrote it himself."""
    if adressage.prescripteur is None:
        return unknown(Fait.PRESCRIPTEUR)
    lui_meme = cas.consulte is not None and adressage.prescripteur.medecin.meme_que(cas.consulte)
    return NO if lui_meme else adressage.prescripteur


def valable(cas: Cas, adressage: Adressage) -> Finding:
    """Was the referral written by the day of the visit, and is it for the doctor consulted?"""
    incertain = adressage.destinataire_incertain
    return all_of(
        unknown(Fait.ADRESSAGE_DATE) if adressage.date is None else known(adressage.date <= cas.jour),
        YES if incertain is None else unknown(incertain),
    )
