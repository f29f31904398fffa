"""Code de la sécurité sociale, article D162-1-6 : les soins qui ne sont pas majorés."""

from __future__ import annotations

import datetime as dt

from parcours.domain.facts import (
    Adressage,
    Circonstance,
    Couverture,
    Fait,
    NatureLieu,
    NaturePlan,
    Plan,
    Profession,
)
from parcours.domain.finding import CONTRADICTED, NO, YES, Finding, all_of, any_of, known, unknown
from parcours.law.cas import Cas, profession_est
from parcours.law.orientation import (
    adresse_par_profession,
    atteste,
    atteste_avec_traitant,
    ecrit_par_traitant,
    valable,
)
from parcours.law.registry import Rang, rule


@rule("soins-iteratifs", Rang.ORIENTE, "D162-1-6", "1°")
def soins_iteratifs(cas: Cas) -> Finding:
    """Soins itératifs prévus par un plan de soins établi avec le médecin traitant."""
    return any_of(
        atteste_avec_traitant(cas, Circonstance.SOINS_ITERATIFS), _concerte(cas, NaturePlan.PLAN_DE_SOINS)
    )


@rule("sequence-de-soins", Rang.ORIENTE, "D162-1-6", "2°")
def sequence_de_soins(cas: Cas) -> Finding:
    """Séquence de soins concertée avec le médecin traitant pour une même affection."""
    return any_of(
        atteste_avec_traitant(cas, Circonstance.SEQUENCE_DE_SOINS),
        _concerte(cas, NaturePlan.SEQUENCE),
        *(_remonte_au_traitant(cas, a) for a in cas.visite.adressages),
    )


@rule("protocole-ald", Rang.ORIENTE, "D162-1-6", "3°")
def protocole_ald(cas: Cas) -> Finding:
    """Acte prévu au protocole de soins d'une affection de longue durée."""
    return any_of(
        cas.circonstance(Circonstance.ACTE_PREVU_PROTOCOLE_ALD), _plan(cas, NaturePlan.PROTOCOLE_ALD)
    )


@rule("remplacant-du-medecin-traitant", Rang.REMPLACANT, "D162-1-6", "4°")
def remplacant_du_medecin_traitant(cas: Cas) -> Finding:
    """Consultation du médecin qui remplace le médecin traitant indisponible."""
    if cas.visite.praticien is None or cas.visite.praticien.remplace is None:
        return NO
    if cas.traitant.declare.holds is False:
        return CONTRADICTED
    return cas.traitant.est(cas.visite.praticien.remplace, Fait.REMPLACE)


@rule("confrere-meme-locaux", Rang.REMPLACANT, "D162-1-6", "4°")
def confrere_meme_locaux(cas: Cas) -> Finding:
    """Confrère du même centre ou des mêmes locaux, le médecin traitant étant indisponible."""
    voisins = (cas.traitant.est(medecin, Fait.MEMES_LOCAUX) for medecin in cas.visite.memes_locaux)
    return all_of(
        atteste(cas, Circonstance.TRAITANT_INDISPONIBLE),
        any_of(cas.circonstance(Circonstance.CONFRERE_MEME_LOCAUX), *voisins),
    )


@rule("permanence-des-soins", Rang.URGENCE, "D162-1-6", "5°")
def permanence_des_soins(cas: Cas) -> Finding:
    """Médecin intervenant au titre de la permanence des soins."""
    return any_of(
        cas.circonstance(Circonstance.PERMANENCE_DES_SOINS),
        known(NatureLieu.PERMANENCE_DES_SOINS in cas.visite.lieux),
    )


@rule("consultation-addictologie-hospitaliere", Rang.D162_1_6, "D162-1-6", "6°")
def consultation_addictologie(cas: Cas) -> Finding:
    """Consultation hospitalière de tabacologie, d'alcoologie ou de lutte contre les toxicomanies."""
    return cas.circonstance(Circonstance.ADDICTOLOGIE_HOSPITALIERE)


@rule("prescription-militaire", Rang.D162_1_6, "D162-1-6", "7°")
def prescription_militaire(cas: Cas) -> Finding:
    """Militaire adressé par un médecin du service de santé des armées."""
    militaire = cas.couverture(Couverture.MILITAIRE)
    lettres = any_of(NO, *(_adresse_par_armees(cas, a) for a in cas.visite.adressages))
    return any_of(cas.circonstance(Circonstance.PRESCRIPTION_MILITAIRE), all_of(militaire, lettres))


@rule(
    "consultation-genetique-familiale",
    Rang.D162_1_6,
    "D162-1-6",
    "8°",
    since=dt.date(2016, 2, 13),
)
def consultation_genetique(cas: Cas) -> Finding:
    """Consultation de génétique d'un parent informé d'une anomalie génétique dans sa famille."""
    return cas.circonstance(Circonstance.GENETIQUE_FAMILIALE)


@rule("service-sante-etudiante", Rang.D162_1_6, "D162-1-6", "9°", since=dt.date(2019, 3, 1))
def service_sante_etudiante(cas: Cas) -> Finding:
    """Consultation dans un service universitaire de santé étudiante."""
    return cas.circonstance(Circonstance.SANTE_ETUDIANTE)


@rule("examen-obligatoire-enfant", Rang.D162_1_6, "D162-1-6", "10°", since=dt.date(2019, 3, 1))
def examen_obligatoire_enfant(cas: Cas) -> Finding:
    """Examen obligatoire de santé de l'enfant."""
    return cas.circonstance(Circonstance.EXAMEN_OBLIGATOIRE_ENFANT)


@rule("adressage-ipa", Rang.AUTRE_ADRESSEUR, "D162-1-6", "11°", since=dt.date(2019, 8, 14))
def adressage_ipa(cas: Cas) -> Finding:
    """Patient adressé par un infirmier en pratique avancée."""
    return any_of(
        cas.circonstance(Circonstance.ADRESSE_PAR_IPA),
        *(
            adresse_par_profession(cas, a, Profession.INFIRMIER_PRATIQUE_AVANCEE)
            for a in cas.visite.adressages
        ),
    )


def _concerte(cas: Cas, nature: NaturePlan) -> Finding:
    """A plan agreed with the médecin traitant supposes one: where there is none, it is contradicted."""
    certains = (p for p in cas.visite.plans if p.destinataire_incertain is None)
    if cas.traitant_declare().holds is False and any(p.nature is nature for p in certains):
        return CONTRADICTED
    return _plan(cas, nature)


def _plan(cas: Cas, nature: NaturePlan) -> Finding:
    """Is there such a plan, written by the médecin traitant, that names the doctor consulted?"""
    return any_of(*(_etabli_par_traitant(cas, p) for p in cas.visite.plans if p.nature is nature))


def _etabli_par_traitant(cas: Cas, plan: Plan) -> Finding:
    incertain = plan.destinataire_incertain
    return all_of(
        any_of(*(cas.traitant.est(auteur, Fait.PLAN) for auteur in plan.auteurs)),
        YES if incertain is None else unknown(incertain),
    )


def _remonte_au_traitant(cas: Cas, adressage: Adressage) -> Finding:
    """A referral that goes back to one by the médecin traitant counts as a stated sequence."""
    ecrits = any_of(*(ecrit_par_traitant(cas, origine) for origine in adressage.origines))
    return all_of(ecrits, valable(cas, adressage))


def _adresse_par_armees(cas: Cas, adressage: Adressage) -> Finding:
    if adressage.prescripteur is None:
        return unknown(Fait.PRESCRIPTEUR)
    if not adressage.prescripteur.armees:
        return NO
    medecin = profession_est(adressage.prescripteur, Profession.MEDECIN, Fait.PRESCRIPTEUR_PROFESSION)
    return all_of(medecin, valable(cas, adressage))
