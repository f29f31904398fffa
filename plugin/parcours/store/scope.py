"""Whose rows a transaction may see and write: PostgreSQL keeps to it where a query forgets its tenant."""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeAlias

import sqlalchemy as sa


class Everybody(Enum):
    """What stands in place of a tenant for what serves them all: purge, export, erasure, audit."""

    EVERYBODY = "everybody"


EVERYBODY: Final = Everybody.EVERYBODY
Scope: TypeAlias = str | Everybody | None
"""A tenant, all of them, or nobody: then tables that are kept by tenant look empty."""

_SAY = sa.text(
    "SELECT set_config('parcours.tenant', :tenant, true), set_config('parcours.tous', :tous, true)"
)


def speak_for(connection: sa.Connection, scope: Scope) -> None:
    """Until this transaction ends, or speaks for somebody else, only the rows of ``scope`` are there.

    SQLite has nothing of the kind: there the tenant in each query is the only barrier.
    """
    if connection.dialect.name == "postgresql":
        everybody = scope is EVERYBODY
        said = {"tenant": scope if isinstance(scope, str) else "", "tous": "oui" if everybody else ""}
        connection.execute(_SAY, said)
