"""The sums of one act with what goes with it: rounded once, to the cent, then shared among its lines.

paid = base × rate − majoration (R160-5, R160-6). The ticket modérateur is what the rate leaves, in the path
or out of it; the majoration is what being out of it takes. So base = paid + ticket + majoration, always.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parcours.domain.reimbursement import ZERO, euros, partage

ARRONDI = "arrondi au centime le plus proche, une fois pour l'acte et ce qui l'accompagne"


@dataclass(frozen=True, slots=True)
class Sommes:
    """What becomes of a base, in euros: of a whole act, or of one of its lines."""

    base: Decimal | None
    ticket: Decimal | None
    majoration: Decimal | None
    avant: Decimal | None
    exact: bool = True
    """Are these the sums to the last decimal, with nothing rounded?"""


def sommes(base: Decimal | None, ticket: Decimal | None, majoration: Decimal | None) -> Sommes:
    """Round the exact ticket and majoration of a base so that they and what is paid add up to it."""
    if base is None or ticket is None:
        return Sommes(base, None, None if majoration is None else euros(majoration), None)
    sans_majoration = euros(base - ticket)
    if majoration is None:
        return Sommes(base, base - sans_majoration, None, None)
    exact = base - ticket - majoration
    avant = euros(exact)
    return Sommes(base, base - sans_majoration, sans_majoration - avant, avant, avant == exact)


def parts(total: Sommes, bases: Sequence[Decimal | None]) -> list[Sommes]:
    """The sums of each line, which add up to those of the whole act."""
    connues = [base for base in bases if base is not None]
    if len(connues) < len(bases):
        majoration = ZERO if total.majoration == ZERO else None
        return [Sommes(base, None, majoration, None) for base in bases]
    avant = _repartie(total.avant, connues)
    restes = [base - (paye or ZERO) for base, paye in zip(connues, avant, strict=True)]
    majorations = _repartie(total.majoration, restes)
    tickets = _repartie(total.ticket, connues)
    if total.avant is not None:
        tickets = [reste - (m or ZERO) for reste, m in zip(restes, majorations, strict=True)]
    exacts = [_exacte(total, base, paye) for base, paye in zip(connues, avant, strict=True)]
    return [Sommes(*ligne) for ligne in zip(connues, tickets, majorations, avant, exacts, strict=True)]


def retenues(due: Decimal | None, payes: Sequence[Decimal | None], principal: int) -> list[Decimal | None]:
    """The participation of an act among its lines: the act's own first, then those that go with it."""
    if due is None:
        return [None] * len(payes)
    du: list[Decimal | None] = [ZERO] * len(payes)
    for rang in sorted(range(len(payes)), key=lambda rang: rang != principal):
        paye = payes[rang]
        du[rang] = due if paye is None else min(due, paye)
        due -= du[rang] or ZERO
    return du


def _exacte(total: Sommes, base: Decimal, paye: Decimal | None) -> bool:
    return paye is None or total.avant is None or paye * (total.base or ZERO) == base * total.avant


def _repartie(total: Decimal | None, poids: Sequence[Decimal]) -> list[Decimal | None]:
    return [None] * len(poids) if total is None else list(partage(total, poids))
