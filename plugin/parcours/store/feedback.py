"""What users did with the cards shown to them. Never their comment: it may tell of a patient."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from parcours.store.database import Database
from parcours.store.records import Tally
from parcours.store.tables import RETOUR


class Retours:
    """What is kept of the feedback of CDS services."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self,
        tenant: str,
        service: str,
        card: str,
        outcome: str,
        reason: str | None,
        suggestions: Sequence[str],
        quand: dt.datetime,
        *,
        commente: bool = False,
    ) -> None:
        """Keep one outcome of one card; told again, it counts once. Raises ``StoreUnavailable``."""
        key = {"tenant": tenant, "card": card, "outcome": outcome}
        rest = {"service": service, "raison": reason, "suggestions": list(suggestions), "commente": commente}

        def work(connection: sa.Connection) -> None:
            known = sa.select(RETOUR.c.card).where(*(RETOUR.c[name] == value for name, value in key.items()))
            if not connection.execute(known).first():
                connection.execute(RETOUR.insert().values(**key, **rest, quand=quand))

        self._database.write(work, tenant)

    def count(self, tenant: str) -> tuple[Tally, ...]:
        """How often each service got each outcome, for each reason. Raises ``StoreUnavailable``."""
        by = (RETOUR.c.service, RETOUR.c.outcome, RETOUR.c.raison)
        query = sa.select(*by, sa.func.count()).where(RETOUR.c.tenant == tenant).group_by(*by).order_by(*by)
        with self._database.reading(tenant) as connection:
            return tuple(Tally(*row) for row in connection.execute(query))
