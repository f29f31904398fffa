"""A finding has three values: yes, no, and unknown for want of named facts (Kleene's logic).

There is one object per finding, so that rules, which combine a few of them thousands of times, find again
what they combined before: none is made but here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NoReturn


@dataclass(frozen=True, slots=True, eq=False)
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
        return self if self.holds is None else known(not self.holds)

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


@lru_cache(maxsize=4096)
def unknown(*facts: str) -> Finding:
    """Not decidable for want of these facts, named as in ``pds-cs-fait``."""
    return in_doubt(frozenset(facts))


@cache  # there are as many as sets of names of facts
def in_doubt(missing: frozenset[str]) -> Finding:
    """Not decidable for want of these facts."""
    return Finding(None, missing)


def known_or_missing(holds: bool | None, fact: str) -> Finding:
    """A test on one fact whose answer may be ``None`` when the fact is too vague."""
    return unknown(fact) if holds is None else known(holds)


@lru_cache(maxsize=8192)
def any_of(*findings: Finding) -> Finding:
    """One "yes" settles a disjunction, whatever is still unknown."""
    return _settled_by(True, YES, NO, findings)


@lru_cache(maxsize=8192)
def all_of(*findings: Finding) -> Finding:
    """One "no" settles a conjunction, whatever is still unknown."""
    return _settled_by(False, NO, YES, findings)


def _settled_by(decisive: bool, settled: Finding, otherwise: Finding, findings: Sequence[Finding]) -> Finding:
    holds = {finding.holds for finding in findings}
    if decisive not in holds and None in holds:
        return in_doubt(frozenset().union(*(f.missing for f in findings if f.holds is None)))
    answer = settled if decisive in holds else otherwise
    contradicted = any(finding.contradicted for finding in findings)
    return CONTRADICTED if contradicted and answer is NO else answer
