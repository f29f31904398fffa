"""Consultations with a price of their own: of gynaecologists, geriatricians, paediatricians, cardiologists.

In the path, a consultation with which no coordination supplement is billed is read as the coordinated one.
Out of it, or with the supplement apart, only the price of gynaecologists is published.
"""

from __future__ import annotations

from parcours.domain.decision import Effet, Position
from parcours.domain.facts import Specialite
from parcours.law.billed_acts import Groupe
from parcours.law.cas import Cas
from parcours.law.cotations import AGE_INCONNU
from parcours.law.parameter_files import Montant
from parcours.law.verdict import Verdict

PROPRES: dict[Specialite | None, str] = {
    Specialite.GYNECOLOGIE: "gynecologue",
    Specialite.GERIATRIE: "geriatre",
    Specialite.PEDIATRIE: "pediatre",
    Specialite.CARDIOLOGIE: "cardiologue",
}
"""Specialties whose consultation is no ``CS`` of the common tariff, and their name in the parameters."""

COORDONNEE = (
    "lue comme la consultation coordonnée : aucune majoration de coordination n'est facturée avec elle"
)
NON_COORDONNEE = "lue comme la consultation sans coordination"
A_TRANSMETTRE = "le tarif sans coordination de cette spécialité n'est pas établi : transmettre la base"
EN_DOUTE = "on ne sait pas si la visite est dans le parcours, et le tarif de cette spécialité en dépend"
DECOMPOSEE = "le prix de cette spécialité est facturé en plusieurs lignes : transmettre la base de chacune"

_TRANCHES = ((2, "pediatre-moins-de-2"), (6, "pediatre-2-a-5"), (16, "pediatre-6-a-15"))
"""The paediatrician's prices, each for who has not reached an age."""


def prix_propre(nom: str, groupe: Groupe, cas: Cas, verdict: Verdict) -> Montant:
    """The price of one consultation of such a specialty, in euros, or why nobody knows it."""
    codes = {ligne.code for ligne in groupe.lignes}
    if codes & cas.parametres.codes("supplements-du-prix-propre"):
        return Montant(None, (), DECOMPOSEE)
    a_part = bool(codes & cas.parametres.codes("supplements-de-coordination"))
    if not a_part and _coordonnee(verdict):
        prix, lecture = _prix_coordonne(nom, cas), COORDONNEE
    elif nom == "gynecologue" and (a_part or verdict.position is Position.HORS):
        prix, lecture = cas.parametres.amount("tarif-sans-coordination-gynecologue"), NON_COORDONNEE
    else:
        indecis = verdict.position is Position.INDETERMINE and not a_part
        return Montant(None, (), EN_DOUTE if indecis else A_TRANSMETTRE)
    return _sans_mpc(prix, lecture, cas) if "MPC" in codes else _lue(prix, lecture)


def _coordonnee(verdict: Verdict) -> bool:
    return verdict.position is Position.DANS and verdict.effet(Effet.MAJORATION).holds is False


def _prix_coordonne(nom: str, cas: Cas) -> Montant:
    if nom != "pediatre":
        return cas.parametres.amount(f"tarif-coordonne-{nom}")
    for age, tranche in _TRANCHES:
        atteint = cas.age_atteint(age).holds
        if atteint is None:
            return Montant(None, (), AGE_INCONNU)
        if not atteint:
            return cas.parametres.amount(f"tarif-coordonne-{tranche}")
    return cas.parametres.amount("tarif-coordonne-pediatre")


def _sans_mpc(prix: Montant, lecture: str, cas: Cas) -> Montant:
    """The price less the MPC it holds, which is billed on a line of its own."""
    mpc = cas.parametres.amount("tarif-MPC")
    if prix.valeur is None or mpc.valeur is None:
        return mpc if mpc.valeur is None else prix
    return Montant(prix.valeur - mpc.valeur, prix.cites, note=f"{lecture} ; moins la MPC, facturée à part")


def _lue(prix: Montant, lecture: str) -> Montant:
    return prix if prix.valeur is None else Montant(prix.valeur, prix.cites, note=lecture)
