"""Who the médecin traitant is on one day, from the history of declarations (CSS L162-5-3).

What the payer answered (IMTi, ADRi, carte Vitale) on a known day outranks what the chart says, unless
the chart holds a declaration signed since.

SESAM-Vitale RG_CF614: before the first day of the only known declaration nobody can say whether
there was a médecin traitant, so the answer is unknown and a person decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parcours.domain.facts import Declaration, Fait, Medecin, MotifFin, SourceTraitant, StatutTraitant
from parcours.domain.finding import NO, YES, Finding, unknown

MT_INCONNU = unknown(Fait.MEDECIN_TRAITANT)
PAYEUR = frozenset({SourceTraitant.IMTI, SourceTraitant.ADRI, SourceTraitant.CARTE_VITALE})
"""Sources by which the payer speaks."""


@dataclass(frozen=True, slots=True)
class Traitant:
    """The médecin traitant of one day.

    ``active`` is the declaration in force, ``parti`` the last one that ended when none is in force,
    ``selon`` the entry that settles it, ``conflit`` that entries in force contradict each other.
    """

    declare: Finding
    active: Declaration | None = None
    selon: Declaration | None = None
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
    declarations = _sans_les_dementies(declarations, jour)
    en_vigueur = [d for d in declarations if d.en_vigueur(jour)]
    declarees = _non_annulees(_de_statut(StatutTraitant.DECLARE, en_vigueur), declarations, jour)
    aucun = _de_statut(StatutTraitant.AUCUN, en_vigueur)
    if declarees and aucun:
        return Traitant(MT_INCONNU, conflit=True)
    if declarees:
        return _la_plus_recente(declarees)
    parti = _derniere_terminee(declarations, jour)
    if aucun:
        return Traitant(NO, selon=max(aucun, key=_releve), parti=parti)
    if _de_statut(StatutTraitant.INCONNU, en_vigueur) or _a_venir(declarations, jour):
        return INCONNU
    if parti is None or parti.motif_fin is MotifFin.NOUVELLE_DECLARATION:
        return INCONNU
    return Traitant(NO, selon=parti, parti=parti)


def _sans_les_dementies(declarations: Sequence[Declaration], jour: dt.date) -> Sequence[Declaration]:
    """The history without the entries of that day that the last dated answer of the payer denies."""
    releves = [d for d in declarations if d.source in PAYEUR and d.releve and _parle(d, jour)]
    if not releves:
        return declarations
    dernier = max(releves, key=lambda d: (_releve(d), bool(d.medecins)))
    return [d for d in declarations if not (_parle(d, jour) and _dementie(d, dernier))]


def _parle(declaration: Declaration, jour: dt.date) -> bool:
    return declaration.en_vigueur(jour) and declaration.statut is not StatutTraitant.INCONNU


def _dementie(declaration: Declaration, releve: Declaration) -> bool:
    """Was it said before the payer answered otherwise? Of the chart, only a later signature counts."""
    dite_le = _releve(declaration) if declaration.source in PAYEUR else _debut(declaration)
    contraire = declaration.statut is not releve.statut or not _compatibles(declaration, releve)
    payeur_le = _releve(releve)
    return contraire and (dite_le < payeur_le or (dite_le == payeur_le and declaration.source not in PAYEUR))


def _compatibles(a: Declaration, b: Declaration) -> bool:
    """Could both name the same doctors? Who names nobody denies nobody."""
    return not a.medecins or not b.medecins or _memes_medecins(a.medecins, b.medecins)


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
    candidates = [d for d in candidates if d.medecins] or candidates  # who names nobody denies nobody
    derniere = max(candidates, key=_releve)
    if all(_memes_medecins(derniere.medecins, d.medecins) for d in candidates):
        return Traitant(YES, active=derniere, selon=derniere)
    sans_nom = Declaration(statut=StatutTraitant.DECLARE, source=derniere.source)
    return Traitant(YES, active=sans_nom, selon=derniere, conflit=True)


def _derniere_terminee(declarations: Iterable[Declaration], jour: dt.date) -> Declaration | None:
    terminees = [d for d in _de_statut(StatutTraitant.DECLARE, declarations) if d.fin and d.fin < jour]
    return max(terminees, key=_fin, default=None)


def _a_venir(declarations: Iterable[Declaration], jour: dt.date) -> bool:
    return any(d.debut is not None and d.debut > jour for d in declarations)


def _memes_medecins(a: tuple[Medecin, ...], b: tuple[Medecin, ...]) -> bool:
    return len(a) == len(b) and all(any(x.meme_que(y) for y in b) for x in a)


def _debut(declaration: Declaration) -> dt.date:
    return declaration.debut or dt.date.min


def _releve(declaration: Declaration) -> dt.date:
    return declaration.releve or dt.date.min


def _fin(declaration: Declaration) -> dt.date:
    return declaration.fin or dt.date.max
