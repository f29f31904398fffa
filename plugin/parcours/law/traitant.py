"""Who the médecin traitant is on one day, from the history of declarations (CSS L162-5-3).

SESAM-Vitale RG_CF614: before the first day of the only known declaration nobody can say whether
there was a médecin traitant, so the answer is unknown and a person decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parcours.domain.facts import Declaration, Fait, Medecin, MotifFin, StatutTraitant
from parcours.domain.finding import NO, YES, Finding, unknown

MT_INCONNU = unknown(Fait.MEDECIN_TRAITANT)


@dataclass(frozen=True, slots=True)
class Traitant:
    """The médecin traitant of one day.

    ``active`` is the declaration in force, ``parti`` the last one that ended when none is in force,
    ``conflit`` that entries in force contradict each other.
    """

    declare: Finding
    active: Declaration | None = None
    parti: Declaration | None = None
    conflit: bool = False

    @property
    def medecins(self) -> tuple[Medecin, ...]:
        """Who is declared; empty when nobody is or nobody said who."""
        return self.active.medecins if self.active else ()

    def est(self, medecin: Medecin | None, fait: str = Fait.MEDECIN) -> Finding:
        """Is this professional the médecin traitant, or one of those jointly designated?

        ``fait`` names who he is: what is missing when he cannot be identified.
        """
        if self.declare.holds is not True:
            return self.declare
        if not self.medecins:
            return MT_INCONNU
        if medecin is None:
            return unknown(fait)
        same = [designe.meme_que(medecin) for designe in self.medecins]
        if True in same:
            return YES
        if None in same:
            return unknown(Fait.MEDECIN_TRAITANT if medecin.rpps else fait)
        return NO


INCONNU = Traitant(MT_INCONNU)


def traitant_du_jour(declarations: Sequence[Declaration] | None, jour: dt.date) -> Traitant:
    """Resolve the history on one day: the declaration in force, its known absence, or nobody can say."""
    if not declarations:
        return INCONNU
    en_vigueur = [d for d in declarations if d.en_vigueur(jour)]
    declarees = _non_annulees(_de_statut(StatutTraitant.DECLARE, en_vigueur), declarations, jour)
    aucun = _de_statut(StatutTraitant.AUCUN, en_vigueur)
    if declarees and aucun:
        return Traitant(MT_INCONNU, conflit=True)
    if declarees:
        return _la_plus_recente(declarees)
    parti = _derniere_terminee(declarations, jour)
    if aucun:
        return Traitant(NO, parti=parti)
    if _de_statut(StatutTraitant.INCONNU, en_vigueur) or _a_venir(declarations, jour):
        return INCONNU
    if parti is None or parti.motif_fin is MotifFin.NOUVELLE_DECLARATION:
        return INCONNU
    return Traitant(NO, parti=parti)


def _de_statut(statut: StatutTraitant, declarations: Iterable[Declaration]) -> list[Declaration]:
    return [d for d in declarations if d.statut is statut]


def _non_annulees(
    en_vigueur: list[Declaration], toutes: Iterable[Declaration], jour: dt.date
) -> list[Declaration]:
    """A declaration cancels those made before it, for good: its own end does not bring them back.

    One without ``debut`` cannot be placed among the others, and stands.
    """
    debuts = [d.debut for d in _de_statut(StatutTraitant.DECLARE, toutes) if d.debut and d.debut <= jour]
    dernier = max(debuts, default=None)
    return [d for d in en_vigueur if d.debut is None or d.debut == dernier]


def _la_plus_recente(declarees: list[Declaration]) -> Traitant:
    """A new declaration cancels the old; two of the same day that differ leave the doctor unknown."""
    dernier_debut = max(_debut(d) for d in declarees)
    candidates = [d for d in declarees if _debut(d) == dernier_debut]
    if all(_memes_medecins(candidates[0].medecins, d.medecins) for d in candidates[1:]):
        return Traitant(YES, active=candidates[0])
    sans_nom = Declaration(statut=StatutTraitant.DECLARE, source=candidates[0].source)
    return Traitant(YES, active=sans_nom, conflit=True)


def _derniere_terminee(declarations: Iterable[Declaration], jour: dt.date) -> Declaration | None:
    terminees = [d for d in _de_statut(StatutTraitant.DECLARE, declarations) if d.fin and d.fin < jour]
    return max(terminees, key=_fin, default=None)


def _a_venir(declarations: Iterable[Declaration], jour: dt.date) -> bool:
    return any(d.debut is not None and d.debut > jour for d in declarations)


def _memes_medecins(a: tuple[Medecin, ...], b: tuple[Medecin, ...]) -> bool:
    return len(a) == len(b) and all(any(x.meme_que(y) for y in b) for x in a)


def _debut(declaration: Declaration) -> dt.date:
    return declaration.debut or dt.date.min


def _fin(declaration: Declaration) -> dt.date:
    return declaration.fin or dt.date.max
