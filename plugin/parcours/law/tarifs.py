"""The base on which an act is reimbursed: the one the caller knows, else the published tariff of that day."""

from __future__ import annotations

from parcours.domain.facts import ActeFacture, Couverture, Praticien, Profession, Secteur, Specialite
from parcours.law.cas import Cas
from parcours.law.parameter_files import Montant

CODES = {"G": "G", "GS": "G", "CS": "CS", "CNPSY": "CNPSY", "CNP": "CNPSY"}
"""NGAP codes of which a tariff is published, and the tariff they share. ``C`` follows the specialty."""

SECTEURS_OPPOSABLES = (Secteur.SECTEUR_1, Secteur.SECTEUR_1_DEPASSEMENT)
A_COMMUNIQUER = "aucun tarif n'est encodé pour cet acte : la base est à communiquer"
CONSULTATIONS = frozenset({"G", "GS", "C", "CS", "CNPSY", "CNP"})


def base_de(acte: ActeFacture, cas: Cas) -> Montant:
    """The base of one act, in euros, or why there is none."""
    if acte.base is not None:
        return Montant(acte.base, ("base de remboursement communiquée par l'appelant",))
    if acte.quantite != 1:
        return _inconnue("la quantité facturée n'est pas 1 : la base de la ligne est à communiquer")
    if acte.code is None or acte.nomenclature != "ngap":
        return _inconnue(A_COMMUNIQUER)
    if _outre_mer(cas):
        return _inconnue("les tarifs d'outre-mer ne sont pas encodés : la base est à communiquer")
    return _tarif(acte.code, cas)


def _tarif(code: str, cas: Cas) -> Montant:
    praticien = cas.visite.praticien
    if praticien is None or praticien.secteur is None:
        return _inconnue("le secteur du médecin n'est pas connu, et la base en dépend")
    if praticien.profession is not Profession.MEDECIN:
        return _inconnue(A_COMMUNIQUER)
    if code in CONSULTATIONS and praticien.specialite is None:
        return _inconnue("la spécialité n'est pas connue, et la base en dépend")
    return _selon_le_secteur(code, praticien, cas)


def _selon_le_secteur(code: str, praticien: Praticien, cas: Cas) -> Montant:
    if praticien.secteur is Secteur.NON_CONVENTIONNE:
        return _tarif_d_autorite(code, praticien.specialite, cas)
    if praticien.secteur in SECTEURS_OPPOSABLES or praticien.optam:
        return _publie("tarif", code, praticien.specialite, cas)
    if praticien.optam is None:
        return _inconnue("l'adhésion à l'OPTAM n'est pas connue, et la base en dépend")
    return _publie("tarif-hors-optam", code, praticien.specialite, cas)


def _publie(grille: str, code: str, specialite: Specialite | None, cas: Cas) -> Montant:
    tarif = _tarif_de_la_specialite(specialite)
    code = tarif if code == "C" else CODES.get(code, code)
    nom = f"{grille}-{code}"
    d_une_autre = code in CODES.values() and code != tarif
    if d_une_autre or not cas.parametres.has(nom):
        return _inconnue(A_COMMUNIQUER)
    return cas.parametres.amount(nom)


def _tarif_de_la_specialite(specialite: Specialite | None) -> str:
    """Whose consultation it is: nobody bills the tariff of another specialty."""
    if specialite is Specialite.GENERALISTE:
        return "G"
    return "CNPSY" if specialite in (Specialite.PSYCHIATRIE, Specialite.NEUROLOGIE) else "CS"


def _tarif_d_autorite(code: str, specialite: Specialite | None, cas: Cas) -> Montant:
    """Two amounts are published, and for consultations only."""
    if code not in CONSULTATIONS:
        return _inconnue(A_COMMUNIQUER)
    suffixe = "generaliste" if specialite is Specialite.GENERALISTE else "specialiste"
    return cas.parametres.amount(f"tarif-d-autorite-{suffixe}")


def tarif_du_parcours(acte: ActeFacture, cas: Cas) -> Montant:
    """The price to which the dépassement autorisé is added: the coordinated price of that day."""
    if acte.code not in CONSULTATIONS:
        return base_de(acte, cas)
    specialite = cas.visite.praticien.specialite if cas.visite.praticien else None
    if specialite in (Specialite.PSYCHIATRIE, Specialite.NEUROLOGIE):
        return cas.parametres.amount("tarif-coordonne-psychiatre")
    if specialite in TARIF_PROPRE:
        return _inconnue("le tarif du parcours de cette spécialité n'est pas encodé")
    return cas.parametres.amount("tarif-coordonne-specialiste")


TARIF_PROPRE = frozenset(
    {Specialite.GYNECOLOGIE, Specialite.CARDIOLOGIE, Specialite.GERIATRIE, Specialite.PEDIATRIE}
)
"""Specialties whose coordinated consultation has a price of its own."""


def _outre_mer(cas: Cas) -> bool:
    departement = cas.visite.departement_lieu or ""
    couverts = not cas.visite.couvertures.isdisjoint({Couverture.OUTRE_MER, Couverture.MAYOTTE})
    return couverts or departement.startswith(("97", "98"))


def _inconnue(raison: str) -> Montant:
    return Montant(None, (), raison)
