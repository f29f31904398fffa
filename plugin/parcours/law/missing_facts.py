"""What each missing fact would change, in the answer and in the money: found by judging again.

A fact is missing only if one of its values would change something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from parcours.domain.decision import Effet, Position
from parcours.domain.facts import Fait, Praticien, Profession, Secteur, Specialite, Visite
from parcours.domain.reimbursement import LigneRemboursement, Remboursement
from parcours.law.cas import Cas
from parcours.law.hypotheses import suppose
from parcours.law.missing_values import valeurs
from parcours.law.terms import en_euros
from parcours.law.verdict import Verdict, reponse

ENSEMBLE = "les montants en dépendent, avec d'autres faits qui manquent"

_LIBELLES = {
    Position.DANS: "dans le parcours",
    Position.HORS: "hors parcours",
    Position.NON_CONCERNE: "non concerné",
    Position.INDETERMINE: "indéterminé",
}
_LIBELLES_EFFETS = {
    Effet.MAJORATION: "majoration",
    Effet.DEPASSEMENT_AUTORISE: "dépassement autorisé",
    Effet.MAJORATION_HOSPITALIERE: "majoration hospitalière",
    Effet.PRISE_EN_CHARGE: "prise en charge",
}
_MONTANTS = {
    "base": "base",
    "participation_forfaitaire": "participation forfaitaire",
    "amo": "remboursé",
}
"""Amounts by which a change of money is told; the others follow from them."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What a visit leads to: the verdict, and its amounts when they were asked for."""

    verdict: Verdict
    paye: Remboursement | None


class Essai(Protocol):
    """Judges a visit again; its amounts too, when they are asked for."""

    def __call__(self, visite: Visite, *, argent: bool) -> Issue:
        """What the visit leads to."""


def effets_des_manquants(
    cas: Cas, absents: Iterable[str], actuel: Issue, essayer: Essai
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The missing facts that matter, and what each of their values would lead to."""
    argent = _incomplet(actuel.paye)
    d_argent = frozenset(_faits_d_argent(cas.visite)) if argent else frozenset()
    for fait in {*absents, *d_argent}:
        essais = [(texte, essayer(visite, argent=argent)) for texte, visite in valeurs(fait, cas)]
        effets = _effets(essais, actuel, argent=argent)
        if effets:
            yield fait, effets
        elif fait in d_argent and len(d_argent) > 1 and _compte_avec_d_autres(fait, cas, essayer):
            yield fait, (ENSEMBLE,)


def _faits_d_argent(visite: Visite) -> Iterator[str]:
    """Facts that are not known and on which amounts may depend."""
    praticien = visite.praticien
    if visite.naissance is None or visite.naissance.au_plus_tot != visite.naissance.au_plus_tard:
        yield Fait.AGE
    if praticien is None:
        yield Fait.MEDECIN
    elif praticien.profession in (None, Profession.MEDECIN):
        yield from _faits_du_medecin(praticien)


def _faits_du_medecin(praticien: Praticien) -> Iterator[str]:
    connus = {
        Fait.PROFESSION: praticien.profession,
        Fait.SPECIALITE: praticien.specialite,
        Fait.SECTEUR: praticien.secteur,
    }
    yield from (fait for fait, connu in connus.items() if connu is None)
    if praticien.optam is None and praticien.secteur in (None, Secteur.SECTEUR_2):
        yield Fait.OPTAM


def _incomplet(paye: Remboursement | None) -> bool:
    """Is one of the amounts of the bill unknown?"""
    return paye is not None and any(None in _montants(ligne) for ligne in paye.lignes)


def _montants(compte: Remboursement | LigneRemboursement) -> tuple[object, ...]:
    return tuple(getattr(compte, cle) for cle in _MONTANTS)


def _par_ligne(paye: Remboursement | None) -> tuple[object, ...] | None:
    return None if paye is None else tuple(map(_montants, paye.lignes))


def _compte_avec_d_autres(fait: str, cas: Cas, essayer: Essai) -> bool:
    """Would its value matter, were the other missing facts known? Tried with a doctor of each kind."""
    secteur = Secteur.SECTEUR_2 if fait == Fait.OPTAM else Secteur.SECTEUR_1
    for specialite in (Specialite.GENERALISTE, Specialite.AUTRE):
        connu = replace(cas, visite=_suppose(cas.visite, specialite, secteur))
        payes = (_par_ligne(essayer(visite, argent=True).paye) for _, visite in valeurs(fait, connu))
        premier = next(payes, None)
        if any(autre != premier for autre in payes):
            return True
    return False


def _suppose(visite: Visite, specialite: Specialite, secteur: Secteur) -> Visite:
    """The visit, with values for what is missing of the professional consulted."""
    praticien = visite.praticien
    if praticien is None:
        return visite
    connu = suppose(
        praticien,
        profession=praticien.profession or Profession.MEDECIN,
        specialite=praticien.specialite or specialite,
        secteur=praticien.secteur or secteur,
        optam=praticien.optam is not False,
    )
    return suppose(visite, praticien=connu)


# ---------------------------------------------------------------- in words


def _effets(essais: list[tuple[str, Issue]], actuel: Issue, *, argent: bool) -> tuple[str, ...]:
    """What each value would lead to; nothing when none changes anything."""
    obtenu = actuel.verdict.reponse()
    changes = [
        (issue.verdict.reponse() != obtenu, list(_argent(issue.paye, actuel.paye)) if argent else [])
        for _, issue in essais
    ]
    if not any(change or euros for change, euros in changes):
        return ()
    par_suite: dict[str, list[str]] = {}
    for (texte, issue), (change, euros) in zip(essais, changes, strict=True):
        # The verdict when it moves, then the money when it does.
        suite = [_verdict(issue.verdict, actuel.verdict)] if change or not euros else []
        textes = par_suite.setdefault(", ".join([*suite, *euros]), [])
        if texte not in textes:
            textes.append(texte)
    return tuple(f"{' ou '.join(textes)} : {suite}" for suite, textes in par_suite.items())


def _verdict(essai: Verdict, actuel: Verdict) -> str:
    """A verdict in a few words; an effect is named when nothing else moves."""
    codes = essai.situation or " ou ".join(essai.situations_possibles)
    suite = f"{_LIBELLES[essai.position]} ({codes})" if codes else _LIBELLES[essai.position]
    if (essai.position, essai.situation) != (actuel.position, actuel.situation):
        return suite
    changes = [
        f"{_LIBELLES_EFFETS[effet]} : {reponse(finding)}"
        for effet, finding in essai.effets.items()
        if finding.holds != actuel.effet(effet).holds
    ]
    return ", ".join([suite, *changes])


def _argent(essai: Remboursement | None, actuel: Remboursement | None) -> Iterator[str]:
    """The amounts that move; those of the lines when no total does."""
    if essai is None or actuel is None:
        return
    totaux = list(_montants_changes(essai, actuel))
    yield from totaux
    if not totaux:
        for ligne, avant in zip(essai.lignes, actuel.lignes, strict=True):
            changes = ", ".join(_montants_changes(ligne, avant))
            if changes:
                yield f"ligne {ligne.sequence} : {changes}"


def _montants_changes(
    essai: Remboursement | LigneRemboursement, actuel: Remboursement | LigneRemboursement
) -> Iterator[str]:
    for cle, libelle in _MONTANTS.items():
        montant = getattr(essai, cle)
        if montant != getattr(actuel, cle):
            yield f"{libelle} {en_euros(montant) or 'inconnu'}"
