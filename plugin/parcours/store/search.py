"""Criteria as conditions of a query. A criterion that nothing can fit finds nothing, never everything."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from parcours.store.records import Criteria
from parcours.store.tables import DECLARATION, TRANSITION

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    name: getattr(operator, name) for name in ("eq", "ge", "gt", "le", "lt")
}


def found(tenant: str, criteria: Criteria) -> tuple[sa.ColumnElement[bool], ...]:
    """What a declaration of this tenant must fulfil."""
    wanted = {
        DECLARATION.c.id: criteria.ids,
        DECLARATION.c.patient: criteria.patients,
        DECLARATION.c.etat: criteria.etats,
    }
    conditions: list[sa.ColumnElement[bool]] = [
        column.in_(sorted(values)) for column, values in wanted.items() if values is not None
    ]
    if criteria.recus is not None:
        conditions.append(_has_receipt(criteria.recus))
    bounds = [_COMPARE[name](DECLARATION.c.modifie, bound) for name, bound in criteria.modifie]
    return (DECLARATION.c.tenant == tenant, *conditions, *bounds)


def _has_receipt(recus: frozenset[str]) -> sa.ColumnElement[bool]:
    given = sa.select(TRANSITION.c.id).where(
        TRANSITION.c.tenant == DECLARATION.c.tenant,
        TRANSITION.c.id == DECLARATION.c.id,
        TRANSITION.c.recu.in_(sorted(recus)),
    )
    return given.exists()
