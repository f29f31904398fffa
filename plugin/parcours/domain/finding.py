"""A finding has three values: yes, no, and unknown for want of named facts (Kleene's logic)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Finding:
    """What a predicate found, and which facts it lacked when it could not say.

    ``contradicted`` marks a ground that somebody stated and that another stated fact denies: it
    does not hold, but the visit must not be called *hors parcours* on that denial alone.
    """

    holds: bool | None
    missing: frozenset[str] = frozenset()
    contradicted: bool = False

    def __bool__(self) -> NoReturn:
        raise TypeError("a Finding has three values: test .holds")

    def __invert__(self) -> Finding:
        return self if self.holds is None else Finding(not self.holds)

    def __and__(self, other: Finding) -> Finding:
        return all_of(self, other)

    def __or__(self, other: Finding) -> Finding:
        return any_of(self, other)


YES = Finding(True)
NO = Finding(False)
CONTRADICTED = Finding(False, contradicted=True)


def known(holds: bool) -> Finding:
    """A finding nobody doubts."""
    return YES if holds else NO


def unknown(*facts: str) -> Finding:
    """Not decidable for want of these facts, named as in ``pds-cs-fait``."""
    return Finding(None, frozenset(facts))


def known_or_missing(holds: bool | None, fact: str) -> Finding:
    """A test on one fact whose answer may be ``None`` when the fact is too vague."""
    return unknown(fact) if holds is None else known(holds)


def any_of(*findings: Finding) -> Finding:
    """One "yes" settles a disjunction, whatever is still unknown."""
    return _settled_by(True, YES, NO, findings)


def all_of(*findings: Finding) -> Finding:
    """One "no" settles a conjunction, whatever is still unknown."""
    return _settled_by(False, NO, YES, findings)


def _settled_by(decisive: bool, settled: Finding, otherwise: Finding, findings: Sequence[Finding]) -> Finding:
    # Rules call this thousands of times a visit: one pass, and nothing built while nothing is in doubt.
    in_doubt = contradicted = found = False
    for finding in findings:
        contradicted = contradicted or finding.contradicted
        if finding.holds is None:
            in_doubt = True
        elif finding.holds is decisive:
            found = True
    if not found and in_doubt:
        return Finding(None, _missing(findings))
    answer = settled if found else otherwise
    return CONTRADICTED if contradicted and answer is NO else answer


def _missing(findings: Sequence[Finding]) -> frozenset[str]:
    return frozenset().union(*(f.missing for f in findings if f.holds is None))
