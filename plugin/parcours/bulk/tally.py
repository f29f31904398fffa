"""What many answers say together, counted one line at a time: nobody is in it, only numbers and codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from parcours.bulk.columns import Answered, Missing, Refused, believable
from parcours.domain.decision import Position
from parcours.domain.facts import Circonstance
from parcours.law.unclaimed_grounds import CIRCONSTANCES_A_INVOQUER

T = TypeVar("T")

MOST_KEYS = 500
"""Different things counted in one table; a file that was tampered with must not fill the memory."""
OTHERS = "(autres)"
FIRST_BAD = 20

DECLARATION = frozenset({Circonstance.NOUVEAU_TRAITANT})
ADRESSAGE = frozenset(
    {
        Circonstance.ADRESSE_PAR_TRAITANT,
        Circonstance.ADRESSE_PAR_SAGE_FEMME,
        Circonstance.ADRESSE_PAR_IPA,
        Circonstance.ADRESSE_PAR_GENERALISTE_RECENT,
        Circonstance.ADRESSE_PAR_ACCES_DIRECT,
    }
)
_SETTLED = re.compile(r" : (dans le parcours|hors parcours|non concerné)\b")
"""What a value of a missing fact leads to, in the words of the engine, when it leads somewhere."""


def said_of(circonstances: frozenset[Circonstance]) -> frozenset[str]:
    """How an answer names these circumstances among its alternatives."""
    return frozenset(text for text, stated in CIRCONSTANCES_A_INVOQUER if stated & circonstances)


_BY_DECLARATION, _BY_REFERRAL = said_of(DECLARATION), said_of(ADRESSAGE)


class Count(Counter[str]):
    """How many of each; beyond so many different things, the rest is counted together."""

    def note(self, key: str, number: int = 1) -> None:
        """Count one more."""
        self[key if key in self or len(self) < MOST_KEYS else OTHERS] += number


@dataclass(slots=True)
class Avoidable:
    """Visits whose majoration something would have avoided, and how much it was."""

    visits: int = 0
    euros: Decimal = Decimal("0.00")

    def note(self, euros: Decimal) -> None:
        """One more visit."""
        self.visits += 1
        self.euros += euros


@dataclass(slots=True)
class Wanted:
    """How often a fact is missing, and what knowing it would do."""

    settles: int = 0
    """Undetermined visits whose position would be known, whatever the fact turned out to be."""
    may_settle: int = 0
    """Undetermined visits whose position some of its values would settle."""
    elsewhere: int = 0
    """Other visits: knowing it alone settles no position, but a code, an effect or an amount may follow."""


@dataclass(slots=True)
class Tally:
    """The numbers of a report."""

    lines: int = 0
    decisions: int = 0
    refused: int = 0
    blank: int = 0
    first_bad: list[int] = field(default_factory=list)
    first_day: str = ""
    last_day: str = ""
    positions: Count = field(default_factory=Count)
    situations: Count = field(default_factory=Count)
    deciding: Count = field(default_factory=Count)
    cited: Count = field(default_factory=Count)
    titles: dict[str, str] = field(default_factory=dict)
    months: dict[str, Count] = field(default_factory=dict)
    wanted: dict[str, Wanted] = field(default_factory=dict)
    majoration: Avoidable = field(default_factory=Avoidable)
    by_declaration: Avoidable = field(default_factory=Avoidable)
    by_referral: Avoidable = field(default_factory=Avoidable)
    by_either: Avoidable = field(default_factory=Avoidable)
    alternatives: dict[str, Avoidable] = field(default_factory=dict)
    warnings: Count = field(default_factory=Count)
    policies: Count = field(default_factory=Count)
    versions: Count = field(default_factory=Count)
    reasons: Count = field(default_factory=Count)

    def add(self, said: Answered | Refused) -> None:
        """Count one line."""
        self.lines += 1
        if isinstance(said, Answered):
            self._decided(said)
        elif said.blank:
            self.blank += 1
        else:
            self._refused(said)

    def _refused(self, said: Refused) -> None:
        self.refused += 1
        if len(self.first_bad) < FIRST_BAD:
            self.first_bad.append(self.lines)
        for reason in said.reasons:
            self.reasons.note(reason)

    def _decided(self, said: Answered) -> None:
        self.decisions += 1
        day = said.date_des_soins.isoformat()
        self.first_day = min(self.first_day or day, day)
        self.last_day = max(self.last_day, day)
        self.positions.note(said.position)
        self.situations.note(said.situation or "")
        _in(self.months, day[:7], Count).note(said.position)
        self._grounds(said)
        for missing in said.manquants:
            self._missing(missing, said.position)
        self._money(said)
        _note_all(self.warnings, (warned.code for warned in said.avertissements))
        _note_all(self.policies, (f"{read.politique} = {read.valeur}" for read in said.politiques))
        _note_all(self.versions, (f"droit {said.version_droit}", f"logiciel {said.version_logiciel}"))

    def _grounds(self, said: Answered) -> None:
        for rank, motif in enumerate(said.motifs):
            self.cited.note(motif.regle)
            if motif.regle in self.cited:
                self.titles.setdefault(motif.regle, motif.titre)
            if not rank:
                self.deciding.note(motif.regle)

    def _missing(self, missing: Missing, position: str) -> None:
        wanted = _in(self.wanted, missing.fait, Wanted)
        settled = [bool(_SETTLED.search(effet)) for effet in missing.effet]
        if position != Position.INDETERMINE:
            wanted.elsewhere += 1
        elif settled and all(settled):
            wanted.settles += 1
        elif any(settled):
            wanted.may_settle += 1
        else:
            wanted.elsewhere += 1

    def _money(self, said: Answered) -> None:
        euros = believable(said.remboursement.majoration) if said.remboursement else None
        if euros is None or euros <= 0:
            return
        self.majoration.note(euros)
        into = {other.si for other in said.alternatives if other.position == Position.DANS}
        for text in into:
            _in(self.alternatives, text, Avoidable).note(euros)
        declared, referred = not into.isdisjoint(_BY_DECLARATION), not into.isdisjoint(_BY_REFERRAL)
        kinds = ((declared, self.by_declaration), (referred, self.by_referral))
        for avoided, kind in (*kinds, (declared or referred, self.by_either)):
            if avoided:
                kind.note(euros)


def _note_all(count: Count, keys: Iterable[str]) -> None:
    for key in keys:
        count.note(key)


def _in(table: dict[str, T], key: str, new: type[T]) -> T:
    """What is counted under a key; beyond so many keys, under that of the others."""
    return table.setdefault(key if key in table or len(table) < MOST_KEYS else OTHERS, new())
