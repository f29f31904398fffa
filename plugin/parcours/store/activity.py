"""How many answers were given: by practice, month, position, situation and door. Nothing of any visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa

from parcours.store.database import Database
from parcours.store.postgres import take_turns
from parcours.store.scope import speak_for
from parcours.store.tables import METADATA

ACTIVITE = sa.Table(
    "activite",
    METADATA,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("mois", sa.String(7), primary_key=True),
    sa.Column("position", sa.String(16), primary_key=True),
    sa.Column("situation", sa.String(2), primary_key=True),
    sa.Column("origine", sa.String(16), primary_key=True),
    sa.Column("nombre", sa.Integer, nullable=False),
)
"""``situation`` is empty when no code was given; ``mois`` is that of the answer: ``2026-03``."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """What is counted together: one cell of the table."""

    tenant: str
    mois: str
    position: str
    situation: str
    origine: str


class Activite:
    """The counts. Every method raises ``StoreUnavailable``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, counts: Mapping[Cell, int]) -> None:
        """Add to the counts, all of it or nothing.

        A connection that breaks in the middle of the commit may add twice: these are statistics.
        """

        def work(connection: sa.Connection) -> None:
            take_turns(connection, "parcours", "activite")
            for tenant, cells in groupby(sorted(counts), attrgetter("tenant")):
                speak_for(connection, tenant)
                for cell in cells:
                    _add(connection, cell, counts[cell])

        self._database.write(work)

    def of(self, tenant: str) -> tuple[tuple[Cell, int], ...]:
        """All that was counted for a practice, the oldest month first."""
        query = sa.select(ACTIVITE).where(ACTIVITE.c.tenant == tenant).order_by(*ACTIVITE.primary_key)
        with self._database.reading(tenant) as connection:
            return tuple((Cell(*row[:-1]), row.nombre) for row in connection.execute(query))


def _add(connection: sa.Connection, cell: Cell, number: int) -> None:
    key = asdict(cell)
    same = (ACTIVITE.c[name] == value for name, value in key.items())
    more = ACTIVITE.update().where(*same).values(nombre=ACTIVITE.c.nombre + number)
    if connection.execute(more).rowcount == 0:
        connection.execute(ACTIVITE.insert().values(**key, nombre=number))
