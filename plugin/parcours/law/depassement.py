"""How much more may be charged outside the path: dépassement autorisé, majoration hospitalière.

Sources: CSS L162-5 18° and convention of 2016, art. 37.1; CSS L162-26 and arrêté of 28 July 2005, by which
the second is the first, rounded up to the euro, kept by the hospital and never refunded.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from parcours.domain.facts import ActeFacture
from parcours.domain.reimbursement import ZERO, somme
from parcours.law.billed_acts import QUANTITE_ABSURDE, accompagne
from parcours.law.parameter_files import Montant
from parcours.law.tarifs import Tarifs

UN_EURO = Decimal(1)
HOPITAL = ("CSS L162-26", "arrêté du 28 juillet 2005")
PERCUE = "perçue par l'hôpital, non remboursable, en plus des lignes facturées"
SANS_DEPASSEMENT = "aucun texte n'ouvre de dépassement sur une indemnité ou une majoration"


def prix_maximum(acte: ActeFacture, tarifs: Tarifs) -> Montant:
    """The highest total price of one line, in euros, or why nobody knows it."""
    cas, groupe = tarifs.cas, tarifs.groupe
    if acte.code in cas.parametres.codes("supplements-du-tarif-du-parcours"):
        return Montant(ZERO, ("compris dans le tarif du parcours de l'acte",))
    if accompagne(acte, cas):
        tarif = tarifs.base(acte)
        return Montant(tarif.valeur, tarif.cites, tarif.raison, SANS_DEPASSEMENT)
    if groupe.nombre is None:
        return Montant(None, (), QUANTITE_ABSURDE)
    tarif, part = (
        tarifs.du_parcours(acte, groupe.nombre),
        cas.parametres.amount("taux-depassement-autorise"),
    )
    if tarif.valeur is None or part.valeur is None:
        return tarif
    proche = cas.politique("arrondi-depassement-autorise", "proche")
    prix = _a_l_euro(tarif.valeur * (1 + part.valeur), ROUND_HALF_UP if proche else ROUND_CEILING)
    return Montant(prix * groupe.nombre, (*part.cites, *tarif.cites), note=part.note)


def majoration_hospitaliere(actes: Sequence[Tarifs]) -> Montant:
    """What a public hospital may keep for these acts, in euros, or why nobody knows."""
    if not actes:
        return Montant(None, HOPITAL, "aucun acte ne vient avec la visite")
    extras = [_extra(tarifs) for tarifs in actes]
    cites = dict.fromkeys((*HOPITAL, *(cite for extra in extras for cite in extra.cites)))
    raison = next((extra.raison for extra in extras if extra.raison), None)
    return Montant(somme([extra.valeur for extra in extras]), tuple(cites), raison, PERCUE)


def _extra(tarifs: Tarifs) -> Montant:
    groupe = tarifs.groupe
    if groupe.nombre is None:
        return Montant(None, (), QUANTITE_ABSURDE)
    tarif = tarifs.du_parcours(groupe.principal, groupe.nombre)
    part = tarifs.cas.parametres.amount("taux-depassement-autorise")
    if tarif.valeur is None or part.valeur is None:
        return tarif
    extra = _a_l_euro(tarif.valeur * part.valeur, ROUND_CEILING)
    return Montant(extra * groupe.nombre, (*part.cites, *tarif.cites))


def _a_l_euro(montant: Decimal, arrondi: str) -> Decimal:
    return montant.quantize(UN_EURO, rounding=arrondi).quantize(ZERO)
