"""The base on which an act is reimbursed: the one the caller knows, else the published tariff of that day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from parcours.domain.facts import ActeFacture, Couverture, Praticien, Profession, Secteur, Specialite
from parcours.law.billed_acts import QUANTITE_ABSURDE, Groupe, nombre_de_fois
from parcours.law.cas import Cas
from parcours.law.cotations import SPECIALITE_INCONNUE, refus, supplement_ferme
from parcours.law.parameter_files import Montant
from parcours.law.tarifs_propres import PROPRES, prix_propre
from parcours.law.verdict import Verdict

CODES = {"GS": "G", "CNP": "CNPSY"}
"""NGAP codes that share the tariff of another. ``C`` follows the specialty."""

SECTEURS_OPPOSABLES = (Secteur.SECTEUR_1, Secteur.SECTEUR_1_DEPASSEMENT)
AU_TARIF_OPPOSABLE = frozenset({Couverture.C2S, Couverture.AT_MP})
"""Patients to whom every contracted doctor charges the opposable tariff."""

A_COMMUNIQUER = "aucun tarif n'est encodé pour cet acte : la base est à communiquer"
CONSULTATIONS = frozenset({"G", "GS", "C", "CS", "CNPSY", "CNP"})
PARCOURS: dict[Specialite | None, str] = {
    Specialite.PSYCHIATRIE: "psychiatre",
    Specialite.NEUROLOGIE: "psychiatre",
    **PROPRES,
}
"""Specialties whose coordinated consultation has a price of its own."""


@dataclass(frozen=True, slots=True)
class Tarifs:
    """The tariffs of one act and of what goes with it, for this doctor, this patient and this day."""

    groupe: Groupe
    cas: Cas
    verdict: Verdict

    def base(self, acte: ActeFacture) -> Montant:
        """The base of one line, in euros, or why there is none."""
        return self._base(acte, opposable=self._tarif_opposable())

    def du_parcours(self, acte: ActeFacture, nombre: int) -> Montant:
        """The coordinated price of one act that day, to which the dépassement autorisé is added."""
        if acte.code in CONSULTATIONS:
            specialite = self.cas.visite.praticien.specialite if self.cas.visite.praticien else None
            return self.cas.parametres.amount(f"tarif-coordonne-{PARCOURS.get(specialite, 'specialiste')}")
        tarif = self.base(acte)
        return tarif if tarif.valeur is None else Montant(tarif.valeur / Decimal(nombre), tarif.cites)

    def _base(self, acte: ActeFacture, *, opposable: bool) -> Montant:
        ferme = supplement_ferme(acte, self.cas, self.verdict)
        if ferme is not None:
            return ferme
        if acte.base is not None:
            return Montant(acte.base, ("base de remboursement communiquée par l'appelant",))
        if acte.coefficient != 1:
            return _inconnue("le coefficient facturé n'est pas 1 : la base de la ligne est à communiquer")
        fois = nombre_de_fois(acte)
        if fois is None:
            return _inconnue(QUANTITE_ABSURDE)
        tarif = self._tarif(acte, opposable=opposable)
        return tarif if tarif.valeur is None else Montant(tarif.valeur * fois, tarif.cites, note=tarif.note)

    def _tarif_opposable(self) -> bool:
        """Is the opposable tariff charged for these lines, whatever the doctor's sector?

        Out of the OPTAM, coordination supplements are billed only with it (1 April 2018).
        """
        if not AU_TARIF_OPPOSABLE.isdisjoint(self.cas.visite.couvertures):
            return True
        codes = self.cas.parametres.codes("supplements-au-tarif-opposable")
        if all(ligne.code not in codes for ligne in self.groupe.lignes):
            return False
        return all(self._sans_depassement(ligne) for ligne in self.groupe.lignes)

    def _sans_depassement(self, acte: ActeFacture) -> bool:
        tarif = self._base(acte, opposable=True).valeur
        return tarif is not None and acte.facture is not None and acte.facture <= tarif

    def _tarif(self, acte: ActeFacture, *, opposable: bool) -> Montant:
        if acte.code is None or acte.nomenclature != "ngap":
            return _inconnue(A_COMMUNIQUER)
        if _outre_mer(self.cas):
            return _inconnue("les tarifs d'outre-mer ne sont pas encodés : la base est à communiquer")
        if acte.code not in CONSULTATIONS and not self.cas.parametres.has(f"tarif-{acte.code}"):
            return _inconnue(A_COMMUNIQUER)
        return self._du_professionnel(acte.code, opposable=opposable)

    def _du_professionnel(self, code: str, *, opposable: bool) -> Montant:
        praticien = self.cas.visite.praticien
        if praticien is None:
            return _inconnue("le professionnel consulté n'est pas connu, et la base en dépend")
        if praticien.profession is None:
            return _inconnue("la profession n'est pas connue, et la base en dépend")
        if praticien.profession is not Profession.MEDECIN:
            return _inconnue(A_COMMUNIQUER)
        if praticien.secteur is None:
            return _inconnue("le secteur du médecin n'est pas connu, et la base en dépend")
        if code in CONSULTATIONS and praticien.specialite is None:
            return _inconnue(SPECIALITE_INCONNUE)
        return self._du_secteur(code, praticien, opposable=opposable)

    def _du_secteur(self, code: str, praticien: Praticien, *, opposable: bool) -> Montant:
        if praticien.secteur is Secteur.NON_CONVENTIONNE:
            return _tarif_d_autorite(code, praticien.specialite, self.cas)
        raison = refus(code, praticien.specialite, self.cas)
        if raison:
            return _inconnue(raison)
        tarif = self._opposable(code, praticien.specialite)
        if opposable or praticien.secteur in SECTEURS_OPPOSABLES or praticien.optam:
            return tarif
        hors_optam = _publie("tarif-hors-optam", code, praticien.specialite, self.cas)
        if praticien.optam is False or hors_optam.valeur == tarif.valeur:
            return hors_optam
        return _inconnue("l'adhésion à l'OPTAM n'est pas connue, et la base en dépend")

    def _opposable(self, code: str, specialite: Specialite | None) -> Montant:
        """The tariff of sector 1: that of the specialty where it has one of its own."""
        propre = PROPRES.get(specialite)
        if propre and code in ("C", "CS"):
            return prix_propre(propre, self.groupe, self.cas, self.verdict)
        return _publie("tarif", code, specialite, self.cas)


def _publie(grille: str, code: str, specialite: Specialite | None, cas: Cas) -> Montant:
    tarif = _tarif_de_la_specialite(specialite)
    code = tarif if code == "C" else CODES.get(code, code)
    nom = f"{grille}-{code}"
    d_une_autre = code in CONSULTATIONS and code != tarif
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


def _outre_mer(cas: Cas) -> bool:
    departement = cas.visite.departement_lieu or ""
    couverts = not cas.visite.couvertures.isdisjoint({Couverture.OUTRE_MER, Couverture.MAYOTTE})
    return couverts or departement.startswith(("97", "98"))


def _inconnue(raison: str) -> Montant:
    return Montant(None, (), raison)
