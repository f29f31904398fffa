"""Who may bill a key letter of the NGAP, and what only the path opens: the coordination supplements.

Sources: convention of 2016 (APC, APY, MCS, MCG, MEG); SESAM-Vitale, RG_CF671 (supplements out of the path).
"""

from __future__ import annotations

from parcours.domain.decision import Position
from parcours.domain.facts import ActeFacture, Couverture, Specialite
from parcours.domain.reimbursement import ZERO
from parcours.law.cas import Cas
from parcours.law.parameter_files import Montant
from parcours.law.verdict import Verdict

CF671 = "SESAM-Vitale, spécifications fonctionnelles générales, règle RG_CF671"
HORS_PARCOURS = "une majoration de coordination ne se facture pas hors parcours : elle est un dépassement"
POSITION_INCONNUE = (
    "on ne sait pas si la visite est dans le parcours, et la majoration de coordination en dépend"
)
AGE_INCONNU = "l'âge n'est pas connu, et la base en dépend"
SPECIALITE_INCONNUE = "la spécialité n'est pas connue, et la base en dépend"

AGE_MEG = 6
"""The MEG is for children who have not reached this age."""

_PSYCHIATRES = frozenset({Specialite.PSYCHIATRIE, Specialite.NEUROLOGIE})
_GENERALISTES = frozenset({Specialite.GENERALISTE})

_RESERVES = {
    "APY": (_PSYCHIATRES, "l'APY est réservé aux psychiatres, neuropsychiatres et neurologues"),
    "MCG": (_GENERALISTES, "la MCG est réservée aux généralistes"),
    "MEG": (_GENERALISTES, "la MEG est réservée aux généralistes"),
}
_INTERDITS = {
    "APC": (_PSYCHIATRES, "l'avis ponctuel d'un psychiatre ou d'un neurologue est l'APY, et non l'APC"),
    "MCS": (_GENERALISTES, "la MCS est réservée aux spécialistes : celle du généraliste est la MCG"),
}


def refus(code: str, specialite: Specialite | None, cas: Cas) -> str | None:
    """Why this doctor cannot bill this letter, or why nobody knows; ``None`` when he can."""
    if code not in _RESERVES and code not in _INTERDITS:
        return None
    if specialite is None:
        return SPECIALITE_INCONNUE
    reserves, raison = _RESERVES.get(code, (frozenset({specialite}), ""))
    if specialite not in reserves:
        return raison
    interdits, raison = _INTERDITS.get(code, (frozenset(), ""))
    if specialite in interdits:
        return raison
    return _trop_grand(cas) if code == "MEG" else None


def supplement_ferme(acte: ActeFacture, cas: Cas, verdict: Verdict) -> Montant | None:
    """The base of a coordination supplement that the path does not open, whatever base is sent.

    ``None`` where it may be billed: in the path, for who is outside the mechanism, under 16 and under C2S.
    """
    if acte.code not in cas.parametres.codes("supplements-de-coordination"):
        return None
    if Couverture.C2S in cas.visite.couvertures:
        return None
    if verdict.position is Position.HORS:
        return Montant(ZERO, (CF671,), note=HORS_PARCOURS)
    return Montant(None, (CF671,), POSITION_INCONNUE) if verdict.position is Position.INDETERMINE else None


def _trop_grand(cas: Cas) -> str | None:
    trop_grand = cas.age_atteint(AGE_MEG).holds
    if trop_grand is None:
        return AGE_INCONNU
    return "la MEG est réservée aux enfants de moins de six ans" if trop_grand else None
