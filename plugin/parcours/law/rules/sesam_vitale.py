"""Spécifications SESAM-Vitale : ce que la facturation exclut du parcours, ou y admet."""

from __future__ import annotations

from parcours.domain.facts import (
    Adressage,
    Circonstance,
    Couverture,
    Fait,
    Mode,
    Praticien,
    Profession,
    Specialite,
)
from parcours.domain.finding import Finding, all_of, any_of, known
from parcours.law.cas import Cas, profession_est, specialite_parmi
from parcours.law.orientation import autre_que_le_consulte, valable
from parcours.law.registry import Rang, rule


@rule("medecin-biologiste", Rang.HORS_CHAMP, "CF640")
def medecin_biologiste(cas: Cas) -> Finding:
    """Médecin biologiste : exclu du parcours."""
    praticien = cas.visite.praticien
    return known(praticien is not None and praticien.specialite is Specialite.BIOLOGIE)


@rule("aide-medicale-etat", Rang.HORS_CHAMP, "CF640")
def aide_medicale_etat(cas: Cas) -> Finding:
    """Bénéficiaire de l'aide médicale de l'État : pas de médecin traitant, hors du dispositif."""
    return cas.couverture(Couverture.AME)


@rule("rss-de-passage", Rang.HORS_CHAMP, "CF640")
def rss_de_passage(cas: Cas) -> Finding:
    """Ressortissant d'un régime étranger de sécurité sociale, de passage."""
    return cas.couverture(Couverture.RSS_DE_PASSAGE)


@rule(
    "teleconsultation-sans-medecin-traitant-disponible",
    Rang.TELECONSULTATION,
    "CF640",
)
def teleconsultation_sans_traitant(cas: Cas) -> Finding:
    """Téléconsultation d'un patient sans médecin traitant, ou dont il n'est pas disponible à temps."""
    indisponible = cas.circonstance(Circonstance.TRAITANT_INDISPONIBLE)
    return all_of(
        known(cas.visite.mode is Mode.TELECONSULTATION), any_of(~cas.traitant_declare(), indisponible)
    )


@rule("adressage-medecin-acces-direct", Rang.AUTRE_ADRESSEUR, "CF641")
def adressage_medecin_acces_direct(cas: Cas) -> Finding:
    """Patient qui a un médecin traitant, adressé par un médecin consulté en accès direct."""
    lettres = (adresse_par_acces_direct(cas, a) for a in cas.visite.adressages)
    return all_of(
        any_of(cas.circonstance(Circonstance.ADRESSE_PAR_ACCES_DIRECT), *lettres), cas.traitant_declare()
    )


def adresse_par_acces_direct(cas: Cas, adressage: Adressage) -> Finding:
    """Was the patient sent by a doctor of a specialty of direct access?"""
    prescripteur = autre_que_le_consulte(cas, adressage)
    if not isinstance(prescripteur, Praticien):
        return prescripteur
    return all_of(
        profession_est(prescripteur, Profession.MEDECIN, Fait.PRESCRIPTEUR_PROFESSION),
        specialite_parmi(
            prescripteur, cas.parametres.codes("specialites-convention"), Fait.PRESCRIPTEUR_SPECIALITE
        ),
        valable(cas, adressage),
    )
