"""The verdict on one visit: rules asked row by row, codes and effects drawn from their answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from parcours.domain.decision import Effet, Position
from parcours.domain.finding import Finding, any_of
from parcours.law.cas import Cas
from parcours.law.effets import EFFETS, HORS
from parcours.law.invoice_codes import Codage, codages
from parcours.law.registry import DroitDuJour, Rang, Regle

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reponses:
    """What each rule that was asked answered, and each row of the code table."""

    regles: tuple[tuple[Regle, Finding], ...]
    rangs: dict[Rang, Finding]

    @classmethod
    def demander(cls, droit: DroitDuJour, cas: Cas, *, jusqu_au_bout: bool) -> Reponses:
        """Ask the rules about the visit, row by row.

        The first row that holds decides: those below matter only to tell every ground that holds
        (``jusqu_au_bout``), never to the verdict.
        """
        regles: list[tuple[Regle, Finding]] = []
        rangs: dict[Rang, Finding] = {}
        for rang, du_rang in droit.rangs:
            answered = [(regle, regle.holds(cas)) for regle in du_rang]
            regles += answered
            rangs[rang] = any_of(*(finding for _, finding in answered))
            if rangs[rang].holds and not jusqu_au_bout:
                break
        return cls(tuple(regles), rangs)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer without its explanation.

    ``rangs`` are the rows that may still decide: those in doubt, then the first that holds.
    """

    rangs: tuple[Rang, ...]
    contredits: tuple[Rang, ...]
    position: Position
    situation: str | None
    situations_possibles: tuple[str, ...]
    ips: str | None
    qtp: str | None
    qcp: tuple[str, ...]
    effets: tuple[tuple[Effet, Finding], ...]

    def effet(self, effet: Effet) -> Finding:
        """One of the four effects."""
        return dict(self.effets)[effet]

    @property
    def credible(self) -> bool:
        """Does the answer rest on no ground that the facts deny?"""
        return set(self.contredits).isdisjoint(self.rangs)

    def reponse(self) -> tuple[object, ...]:
        """What the caller acts upon: two verdicts with the same one differ only in their reasons."""
        holds = tuple(finding.holds for _, finding in self.effets)
        return self.position, self.situation, self.situations_possibles, self.ips, self.qtp, holds


def juger(reponses: Reponses, cas: Cas) -> Verdict:
    """Draw the verdict from the answers of the rules."""
    rangs = _rangs_candidats(reponses.rangs)
    contredits = tuple(r for r, finding in reponses.rangs.items() if finding.contradicted)
    if contredits and HORS.issuperset(rangs):
        # A ground that was stated, and then denied, may still be the true one: nobody can say "hors".
        rangs = tuple(sorted({*contredits, *rangs}))
    possibles = [codage for rang in rangs for codage in codages(rang, cas)]
    position = _commun([c.position for c in possibles])
    situation = _commun([c.situation for c in possibles])
    return Verdict(
        rangs=rangs,
        contredits=contredits,
        position=position or Position.INDETERMINE,
        situation=situation,
        situations_possibles=() if _d_accord(possibles) else _situations(possibles),
        ips=_commun([c.ips for c in possibles]),
        qtp=_commun([c.qtp for c in possibles]),
        qcp=tuple(dict.fromkeys(qcp for c in possibles for qcp in c.qcp)),
        effets=tuple((effet, _effet(effet, rangs, cas)) for effet in EFFETS),
    )


def _rangs_candidats(rangs: dict[Rang, Finding]) -> tuple[Rang, ...]:
    """Rows in doubt above the first that holds, then that one."""
    candidats = []
    for rang in sorted(rangs):
        if rangs[rang].holds is not False:
            candidats.append(rang)
        if rangs[rang].holds is True:
            break
    return tuple(candidats)


def _d_accord(possibles: Sequence[Codage]) -> bool:
    return len({c.situation for c in possibles}) == 1


def _situations(possibles: Iterable[Codage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.situation for c in possibles if c.situation is not None))


def _commun(valeurs: Sequence[T]) -> T | None:
    return valeurs[0] if len(set(valeurs)) == 1 else None


def _effet(effet: Effet, rangs: Sequence[Rang], cas: Cas) -> Finding:
    """An effect on which all rows that may decide agree; else unknown for want of what they lack."""
    findings = [EFFETS[effet](rang, cas) for rang in rangs]
    if len({f.holds for f in findings}) == 1 and findings[0].holds is not None:
        return findings[0]
    return Finding(None, frozenset().union(*(f.missing for f in findings)))
