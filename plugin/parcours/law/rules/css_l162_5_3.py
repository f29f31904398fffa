"""Code de la sécurité sociale, article L162-5-3 : le médecin traitant et la majoration.

Non encodé : l'« infirmier référent » (L162-12-2-1), qui ne remplace pas le médecin traitant ; l'« équipe de
soins traitante » et le 6° « aucun médecin n'accepte », qui ne sont pas votés.
"""

from __future__ import annotations

import datetime as dt

from parcours.domain.calendar import within_years
from parcours.domain.facts import Circonstance, Mode, MotifFin, NatureLieu, Profession
from parcours.domain.finding import NO, Finding, all_of, any_of, known
from parcours.law.cas import DESIGNATION_CONJOINTE, Cas
from parcours.law.orientation import adresse_par_profession, atteste, ecrit_par_traitant
from parcours.law.registry import Paragraph, Rang, rule
from parcours.law.traitant import MT_INCONNU

# The same law added a paragraph before the one that begins « Sauf pour les patients ».
SAUF_POUR_LES_PATIENTS = (Paragraph("al. 5"), Paragraph("al. 6", since=DESIGNATION_CONJOINTE))
DEPART = frozenset({MotifFin.RETRAITE, MotifFin.CHANGEMENT_DEPARTEMENT})


@rule("moins-de-seize-ans", Rang.MOINS_DE_SEIZE_ANS, "L162-5-3", *SAUF_POUR_LES_PATIENTS)
def moins_de_seize_ans(cas: Cas) -> Finding:
    """Patient de moins de seize ans."""
    return ~cas.age_atteint(cas.parametres.integer("age-seuil"))


@rule("nouveau-medecin-traitant", Rang.NOUVEAU_TRAITANT, "L162-5-3", "al. 1")
def nouveau_medecin_traitant(cas: Cas) -> Finding:
    """Nouveau médecin traitant : déclaration signée le jour de la consultation."""
    attestee = cas.circonstance(Circonstance.NOUVEAU_TRAITANT)
    return any_of(attestee, all_of(cas.consulte_est_traitant(), _declare_ce_jour(cas)))


@rule("medecin-traitant", Rang.TRAITANT, "L162-5-3", "al. 1")
def medecin_traitant(cas: Cas) -> Finding:
    """Consultation du médecin traitant déclaré."""
    if len(cas.traitant.medecins) > 1 and cas.jour >= DESIGNATION_CONJOINTE:
        return NO
    return all_of(cas.consulte_est_traitant(), ~_declare_ce_jour(cas))


@rule(
    "medecins-traitants-conjoints",
    Rang.TRAITANT,
    "L162-5-3",
    "al. 3",
    since=DESIGNATION_CONJOINTE,
)
def medecins_traitants_conjoints(cas: Cas) -> Finding:
    """Consultation d'un des médecins désignés conjointement comme médecins traitants."""
    if len(cas.traitant.medecins) < 2:
        return NO
    return all_of(cas.consulte_est_traitant(), ~_declare_ce_jour(cas))


@rule("adressage-medecin-traitant", Rang.ORIENTE, "L162-5-3", *SAUF_POUR_LES_PATIENTS)
def adressage_medecin_traitant(cas: Cas) -> Finding:
    """Patient adressé par son médecin traitant."""
    lettres = (ecrit_par_traitant(cas, adressage) for adressage in cas.visite.adressages)
    return any_of(atteste(cas, Circonstance.ADRESSE_PAR_TRAITANT), *lettres)


@rule("urgence", Rang.URGENCE, "L162-5-3", "1°")
def urgence(cas: Cas) -> Finding:
    """Urgence médicalement constatée."""
    return any_of(cas.circonstance(Circonstance.URGENCE), known(cas.visite.mode is Mode.URGENCES))


@rule("hors-residence", Rang.HORS_RESIDENCE, "L162-5-3", "2°")
def hors_residence(cas: Cas) -> Finding:
    """Patient éloigné de son lieu de résidence habituelle."""
    return any_of(cas.circonstance(Circonstance.HORS_RESIDENCE), known(_eloigne_par_departement(cas)))


@rule("adressage-sage-femme", Rang.AUTRE_ADRESSEUR, "L162-5-3", "4°", since=dt.date(2021, 4, 28))
def adressage_sage_femme(cas: Cas) -> Finding:
    """Patiente adressée par une sage-femme."""
    return any_of(
        cas.circonstance(Circonstance.ADRESSE_PAR_SAGE_FEMME),
        *(adresse_par_profession(cas, a, Profession.SAGE_FEMME) for a in cas.visite.adressages),
    )


@rule("medecine-humanitaire", Rang.STRUCTURE, "L162-5-3", *SAUF_POUR_LES_PATIENTS)
def medecine_humanitaire(cas: Cas) -> Finding:
    """Consultation dans une structure de médecine humanitaire."""
    return any_of(
        cas.circonstance(Circonstance.MEDECINE_HUMANITAIRE), known(NatureLieu.HUMANITAIRE in cas.visite.lieux)
    )


@rule("sante-sexuelle", Rang.STRUCTURE, "L162-5-3", *SAUF_POUR_LES_PATIENTS)
def sante_sexuelle(cas: Cas) -> Finding:
    """Consultation dans un centre de planification, d'éducation familiale ou de santé sexuelle."""
    return any_of(
        cas.circonstance(Circonstance.SANTE_SEXUELLE), known(NatureLieu.SANTE_SEXUELLE in cas.visite.lieux)
    )


@rule("medecin-traitant-parti", Rang.TRAITANT_PARTI, "L162-5-3", "5°", since=dt.date(2023, 12, 29))
def medecin_traitant_parti(cas: Cas) -> Finding:
    """Médecin traitant parti à la retraite ou dans un autre département depuis moins d'un an."""
    parti = cas.traitant.parti
    if parti is None or parti.fin is None or parti.motif_fin not in DEPART:
        return NO if cas.traitant.declare.holds is not None else cas.traitant.declare
    return known(within_years(parti.fin, cas.parametres.integer("duree-depart"), cas.jour))


@rule("sans-medecin-traitant", Rang.NON_ORIENTE, "L162-5-3", *SAUF_POUR_LES_PATIENTS)
def sans_medecin_traitant(cas: Cas) -> Finding:
    """Aucun médecin traitant déclaré, et aucune situation qui en dispense."""
    return all_of(~cas.traitant_declare(), _hors_acces_direct(cas))


@rule("sans-adressage", Rang.NON_ORIENTE, "L162-5-3", *SAUF_POUR_LES_PATIENTS)
def sans_adressage(cas: Cas) -> Finding:
    """Médecin autre que le médecin traitant, consulté sans adressage ni situation qui en dispense."""
    return all_of(cas.traitant_declare(), ~cas.consulte_est_traitant(), _hors_acces_direct(cas))


def _declare_ce_jour(cas: Cas) -> Finding:
    active = cas.traitant.active
    return MT_INCONNU if active is None else known(active.debut == cas.jour)


def _hors_acces_direct(cas: Cas) -> Finding:
    return ~cas.specialite(*cas.parametres.codes("specialites-convention"))


def _eloigne_par_departement(cas: Cas) -> bool:
    """Only when the policy says that another département is far enough: no text fixes a distance."""
    residence, lieu = cas.visite.departement_residence, cas.visite.departement_lieu
    ailleurs = None not in (residence, lieu) and residence != lieu
    return ailleurs and cas.politique("eloignement", "departement")
