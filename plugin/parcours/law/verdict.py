"""The verdict on one visit: rules asked row by row, codes and effects drawn from their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import islice
from typing import NamedTuple, TypeVar

from parcours.domain.decision import Effet, Position, Reponse
from parcours.domain.finding import Finding, any_of, in_doubt
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

        The first row that holds decides: those below, and which rule of a row it was, matter only to tell
        every ground that holds (``jusqu_au_bout``), never to the verdict.
        """
        return cls.de_toutes(droit, cas) if jusqu_au_bout else cls((), _jusqu_au_premier(droit, cas))

    @classmethod
    def de_toutes(cls, droit: DroitDuJour, cas: Cas) -> Reponses:
        """Ask every rule."""
        findings = [regle.holds(cas) for regle in droit.regles]
        suite = iter(findings)
        rangs = {ligne.rang: any_of(*islice(suite, len(ligne.regles))) for ligne in droit.lignes}
        return cls(tuple(zip(droit.regles, findings, strict=True)), rangs)


def _jusqu_au_premier(droit: DroitDuJour, cas: Cas) -> dict[Rang, Finding]:
    """The rows down to the first that holds, less those that are known to be simply denied."""
    rangs: dict[Rang, Finding] = {}
    for ligne in cas.lignes(droit.lignes):
        finding = rangs[ligne.rang] = cas.trouver(ligne.rang, ligne.holds)
        if finding.holds:
            break
    return rangs


class Codes(NamedTuple):
    """Position and codes on which the rows that may decide agree."""

    position: Position
    situation: str | None
    situations_possibles: tuple[str, ...]
    ips: str | None
    qtp: str | None
    qcp: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer without its explanation.

    ``rangs`` are the rows that may still decide: those in doubt, then the first that holds.
    """

    cas: Cas = field(repr=False)
    rangs: tuple[Rang, ...]
    contredits: tuple[Rang, ...]
    position: Position
    situation: str | None
    situations_possibles: tuple[str, ...]
    ips: str | None
    qtp: str | None
    qcp: tuple[str, ...]
    _effets: dict[Effet, Finding] = field(default_factory=dict, repr=False)

    @property
    def effets(self) -> Mapping[Effet, Finding]:
        """The four effects."""
        return {effet: self.effet(effet) for effet in _EFFETS}

    def effet(self, effet: Effet) -> Finding:
        """One of the four effects, found when first asked for: most hypotheses need none."""
        found = self._effets.get(effet)
        if found is None:
            du_rang = _EFFETS[effet]
            found = _effet(*[self.cas.trouver(*du_rang[rang]) for rang in self.rangs])
            self._effets[effet] = found
        return found

    @property
    def credible(self) -> bool:
        """Does the answer rest on no ground that the facts deny?"""
        return set(self.contredits).isdisjoint(self.rangs)

    def reponse(self) -> tuple[object, ...]:
        """What the caller acts upon: two verdicts with the same one differ only in their reasons."""
        return self.position, self.situation, self.situations_possibles, self.ips, self.qtp, self._tenus()

    def compte(self) -> tuple[object, ...]:
        """All of it that the amounts depend on."""
        return self.position, self._tenus()

    def _tenus(self) -> tuple[bool | None, ...]:
        return tuple([self.effet(effet).holds for effet in _EFFETS])


def reponse(finding: Finding) -> Reponse:
    """A finding as it is published."""
    if finding.holds is None:
        return Reponse.INCONNU
    return Reponse.OUI if finding.holds else Reponse.NON


def juger(reponses: Reponses, cas: Cas) -> Verdict:
    """Draw the verdict from the answers of the rules."""
    rangs = _rangs_candidats(reponses.rangs)
    contredits = tuple(r for r, finding in reponses.rangs.items() if finding.contradicted)
    if contredits and HORS.issuperset(rangs):
        # A ground that was stated, and then denied, may still be the true one: nobody can say "hors".
        rangs = tuple(sorted({*contredits, *rangs}))
    possibles = [codage for rang in rangs for codage in cas.trouver(*_CODAGES[rang])]
    return Verdict(cas, rangs, contredits, *_codes(*possibles))


def _rangs_candidats(rangs: dict[Rang, Finding]) -> tuple[Rang, ...]:
    """Rows in doubt above the first that holds, then that one."""
    candidats = []
    for rang in sorted(rangs):
        if rangs[rang].holds is not False:
            candidats.append(rang)
        if rangs[rang].holds is True:
            break
    return tuple(candidats)


@lru_cache(maxsize=4096)
def _codes(*possibles: Codage) -> Codes:
    """The codes that all rows which may decide share."""
    return Codes(
        position=_commun([c.position for c in possibles]) or Position.INDETERMINE,
        situation=_commun([c.situation for c in possibles]),
        situations_possibles=() if _d_accord(possibles) else _situations(possibles),
        ips=_commun([c.ips for c in possibles]),
        qtp=_commun([c.qtp for c in possibles]),
        qcp=tuple(dict.fromkeys(qcp for c in possibles for qcp in c.qcp)),
    )


def _d_accord(possibles: Sequence[Codage]) -> bool:
    return len({c.situation for c in possibles}) == 1


def _situations(possibles: Iterable[Codage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.situation for c in possibles if c.situation is not None))


def _commun(valeurs: Sequence[T]) -> T | None:
    return valeurs[0] if len(set(valeurs)) == 1 else None


@lru_cache(maxsize=4096)
def _effet(*findings: Finding) -> Finding:
    """An effect on which all rows that may decide agree; else unknown for want of what they lack."""
    if len({f.holds for f in findings}) == 1 and findings[0].holds is not None:
        return findings[0]
    return in_doubt(frozenset().union(*(f.missing for f in findings)))


_CODAGES = {rang: (("codes", rang), partial(codages, rang)) for rang in Rang}
_EFFETS = {
    effet: {rang: ((effet, rang), partial(calcul, rang)) for rang in Rang} for effet, calcul in EFFETS.items()
}
"""What to ask of a case about one row, under the name by which the case may know it already."""
