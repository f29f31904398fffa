"""The share the Assurance Maladie pays, before any majoration (CSS R160-5, L160-9, L160-14, livre IV)."""

from __future__ import annotations

from decimal import Decimal

from parcours.domain.facts import Circonstance, Couverture, GroupeActe, Mode, NatureLieu, Profession
from parcours.domain.reimbursement import ZERO
from parcours.law.cas import Cas
from parcours.law.parameter_files import Montant
from parcours.law.rules.css_d162_1_6 import protocole_ald

INTEGRAL = Decimal(1)
URGENCES = "le forfait patient urgences (L160-13 I al. 4) n'est pas encodé"
EN_DOUTE = "on ne sait pas si la visite est prise en charge"
SANS_TAUX = (
    (Couverture.RSS_DE_PASSAGE, "aucun taux n'est établi pour un régime étranger de passage"),
    (Couverture.ETRANGER_DE_PASSAGE, "aucun taux n'est établi pour un étranger de passage"),
)
PRISES_EN_CHARGE_INTEGRALES = (
    (Couverture.AME, "aide médicale de l'État"),
    (Couverture.AT_MP, "CSS, livre IV (accident du travail, maladie professionnelle)"),
    (Couverture.MATERNITE, "CSS L160-9 (maternité)"),
)
PROFESSIONS = {
    Profession.MEDECIN: "ticket-moderateur",
    Profession.SAGE_FEMME: "ticket-moderateur",
    Profession.CHIRURGIEN_DENTISTE: "ticket-moderateur-dentaire",
}


def taux(cas: Cas) -> Montant:
    """The fraction of the base that is paid, or why it is unknown."""
    for couverture, raison in SANS_TAUX:
        if couverture in cas.visite.couvertures:
            return Montant(None, (), raison)
    for couverture, texte in PRISES_EN_CHARGE_INTEGRALES:
        if couverture in cas.visite.couvertures:
            return Montant(INTEGRAL, (texte,))
    return _selon_le_lieu(cas) or _exoneration(cas) or _selon_la_profession(cas)


def ald_exonerante(cas: Cas) -> bool:
    """Is the patient in ALD, and this care related to it or foreseen by its protocol?"""
    en_rapport = cas.circonstance(Circonstance.SOIN_EN_RAPPORT_ALD).holds or protocole_ald(cas).holds
    return Couverture.ALD in cas.visite.couvertures and en_rapport is True


def _selon_le_lieu(cas: Cas) -> Montant | None:
    if cas.visite.mode is Mode.HOSPITALISATION:
        return Montant(None, (), "les taux d'un séjour hospitalier ne sont pas encodés")
    if cas.visite.mode is Mode.URGENCES and NatureLieu.HOPITAL in cas.visite.lieux:
        return Montant(None, (), URGENCES)
    return None


def _exoneration(cas: Cas) -> Montant | None:
    if ald_exonerante(cas):
        return Montant(INTEGRAL, ("CSS L160-14 (affection de longue durée)",))
    if Couverture.INVALIDITE in cas.visite.couvertures:
        return Montant(INTEGRAL, ("CSS L160-14 (invalidité)",))
    return None


def _selon_la_profession(cas: Cas) -> Montant:
    profession = cas.visite.praticien.profession if cas.visite.praticien else None
    if profession is None:
        return Montant(None, (), "la profession de qui a été consulté n'est pas connue")
    if profession not in PROFESSIONS:
        return Montant(None, (), "le taux de cette profession n'est pas encodé")
    medecin = profession is Profession.MEDECIN
    bucco_dentaire = GroupeActe.BUCCO_DENTAIRE in (cas.visite.actes or ())
    nom = "ticket-moderateur-bucco-dentaire" if medecin and bucco_dentaire else PROFESSIONS[profession]
    laisse = cas.parametres.amount(nom)
    paye = INTEGRAL - (laisse.valeur or ZERO)
    if Couverture.ALSACE_MOSELLE not in cas.visite.couvertures:
        return Montant(paye, laisse.cites, note=laisse.note)
    honoraires = medecin and laisse.valeur == cas.parametres.amount("ticket-moderateur").valeur
    return _regime_local(cas, paye, laisse, honoraires=honoraires)


def _regime_local(cas: Cas, paye: Decimal, laisse: Montant, *, honoraires: bool) -> Montant:
    if not honoraires:
        return Montant(
            None,
            (),
            "le taux du régime local d'Alsace-Moselle n'est établi que pour les honoraires de médecins",
        )
    local = cas.parametres.amount("regime-local-alsace-moselle")
    return Montant(paye + (local.valeur or ZERO), (*laisse.cites, *local.cites))
