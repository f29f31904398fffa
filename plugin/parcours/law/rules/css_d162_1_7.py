"""Code de la sécurité sociale, article D162-1-7, et convention : l'accès direct spécifique.

Le décret nomme des spécialités, sans acte ni âge ; la convention nomme des actes et un âge, et ajoute la
stomatologie. La facturation suit la convention, la majoration suit le décret (voir ``parcours.law.effets``).
"""

from __future__ import annotations

from parcours.domain.facts import Specialite
from parcours.domain.finding import YES, Finding, all_of, any_of
from parcours.law.cas import Cas
from parcours.law.registry import Rang, rule


@rule("acces-direct-gynecologie", Rang.ACCES_DIRECT, "D162-1-7")
def acces_direct_gynecologie(cas: Cas) -> Finding:
    """Accès direct au gynécologue pour un acte de la liste, médecin traitant déclaré."""
    return all_of(acte_liste(cas, Specialite.GYNECOLOGIE), _traitant_exige(cas))


@rule("acces-direct-ophtalmologie", Rang.ACCES_DIRECT, "D162-1-7")
def acces_direct_ophtalmologie(cas: Cas) -> Finding:
    """Accès direct à l'ophtalmologue pour un acte de la liste, médecin traitant déclaré."""
    return all_of(acte_liste(cas, Specialite.OPHTALMOLOGIE), _traitant_exige(cas))


@rule("acces-direct-psychiatrie", Rang.ACCES_DIRECT, "D162-1-7")
def acces_direct_psychiatrie(cas: Cas) -> Finding:
    """Accès direct au psychiatre ou au neuropsychiatre de 16 à 25 ans, médecin traitant déclaré."""
    return all_of(age_ouvert(cas), _traitant_exige(cas))


@rule("acces-direct-stomatologie", Rang.ACCES_DIRECT, "convention")
def acces_direct_stomatologie(cas: Cas) -> Finding:
    """Accès direct au stomatologue pour des soins bucco-dentaires, médecin traitant déclaré."""
    return all_of(acte_liste(cas, Specialite.STOMATOLOGIE), cas.traitant_declare())


@rule("acces-direct-sans-medecin-traitant", Rang.ACCES_DIRECT_SANS_TRAITANT, "convention")
def acces_direct_sans_medecin_traitant(cas: Cas) -> Finding:
    """Accès direct spécifique, mais aucun médecin traitant n'est déclaré."""
    return all_of(ouvert(cas), ~cas.traitant_declare())


@rule("hors-acces-direct-specifique", Rang.HORS_ACCES_DIRECT, "convention")
def hors_acces_direct_specifique(cas: Cas) -> Finding:
    """Spécialité d'accès direct, pour un acte ou un âge hors de la liste conventionnelle."""
    return all_of(cas.specialite(*cas.parametres.codes("specialites-convention")), ~ouvert(cas))


@rule("sans-majoration-specialite-du-decret", Rang.HORS_ACCES_DIRECT, "D162-1-7")
def sans_majoration_specialite_du_decret(cas: Cas) -> Finding:
    """Spécialité que le décret exempte de majoration, médecin traitant déclaré."""
    return all_of(exempte_par_le_decret(cas), ~ouvert(cas))


def exempte_par_le_decret(cas: Cas) -> Finding:
    """Does the decree exempt this specialty, whatever the act? A médecin traitant must be declared.

    The decree sets no age for psychiatry; practice does, unless the policy follows the decree.
    """
    exemptees = cas.parametres.codes("specialites-decret")
    sans_age = cas.specialite(Specialite.PSYCHIATRIE).holds is not False
    if sans_age and cas.politique("psychiatre-plus-de-25-ans", "convention"):
        exemptees = exemptees - {Specialite.PSYCHIATRIE}
    return all_of(cas.traitant_declare(), cas.specialite(*exemptees))


def ouvert(cas: Cas) -> Finding:
    """Is this an act, or an age, of the list of specific direct access?"""
    return any_of(
        acte_liste(cas, Specialite.GYNECOLOGIE),
        acte_liste(cas, Specialite.OPHTALMOLOGIE),
        acte_liste(cas, Specialite.STOMATOLOGIE),
        age_ouvert(cas),
    )


def acte_liste(cas: Cas, specialite: Specialite) -> Finding:
    """Is the doctor of this specialty, and the act in its list?"""
    return all_of(cas.specialite(specialite), cas.acte(*cas.parametres.codes(f"actes-{specialite}")))


def age_ouvert(cas: Cas) -> Finding:
    """Is the doctor a psychiatrist and the patient young enough?"""
    jeune = ~cas.age_atteint(cas.parametres.integer("age-limite-psychiatrie"))
    return all_of(cas.specialite(Specialite.PSYCHIATRIE), jeune)


def _traitant_exige(cas: Cas) -> Finding:
    """Practice reserves direct access to who has declared a médecin traitant; the decree does not."""
    declare = cas.traitant_declare()
    if declare.holds is True or cas.politique("acces-direct-sans-medecin-traitant", "pratique"):
        return declare
    return YES
