"""What leaves the store: too old, or asked for by whom it tells of. A line proves how many, never who."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from parcours.domain.declaration_states import EtatDeclaration
from parcours.store.activity import ACTIVITE
from parcours.store.database import Database
from parcours.store.declarations import kept
from parcours.store.records import Copy, Retention, Selection
from parcours.store.scope import EVERYBODY
from parcours.store.sessions import LANCEMENT, SESSION, over
from parcours.store.tables import DECLARATION, JETON, JETON_ACCES, JOURNAL, RETOUR, TRANSITION
from parcours.store.tokens import LINGER

Condition = sa.ColumnElement[bool]


class Conservation:
    """Purge, export and erase, over all tenants unless one is named."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def purge(self, regles: Retention, maintenant: dt.datetime, *, dry_run: bool) -> dict[str, int]:
        """Delete what is past its retention; how many rows of each table. Raises ``StoreUnavailable``.

        ``dry_run``: only tell.
        """
        expired = _expired(regles, maintenant)
        if dry_run:
            with self._database.reading(EVERYBODY) as connection:
                return _counts(connection, expired)
        return self._delete("purge", expired, maintenant)

    def erase(self, selection: Selection, maintenant: dt.datetime) -> int:
        """Delete these declarations; how many there were. Raises ``StoreUnavailable``."""
        return self._delete("erase", {DECLARATION: _of(selection)}, maintenant)[DECLARATION.name]

    def count(self, selection: Selection) -> int:
        """How many such declarations are kept. Raises ``StoreUnavailable``."""
        with self._database.reading(EVERYBODY) as connection:
            return _counts(connection, {DECLARATION: _of(selection)})[DECLARATION.name]

    def export(self, selection: Selection) -> Iterator[Copy]:
        """All that is kept of these declarations, the oldest day first. Raises ``StoreUnavailable``."""
        query = sa.select(DECLARATION.c.tenant, DECLARATION.c.id).where(_of(selection))
        with self._database.reading(EVERYBODY) as connection:
            for row in connection.execute(query.order_by(DECLARATION.c.jour, DECLARATION.c.id)).all():
                yield kept(connection, row.tenant, row.id)

    def _delete(
        self, command: str, doomed: Mapping[sa.Table, Condition], maintenant: dt.datetime
    ) -> dict[str, int]:
        def work(connection: sa.Connection) -> dict[str, int]:
            counts = {
                table.name: connection.execute(table.delete().where(condition)).rowcount
                for table, condition in doomed.items()
            }
            for table, number in counts.items():
                note_in_journal(connection, maintenant, command, table, number)
            return counts

        counts = self._database.write(work, EVERYBODY)
        self._database.fold_journal()
        return counts


def note_in_journal(
    connection: sa.Connection, quand: dt.datetime, commande: str, objet: str, nombre: int
) -> None:
    """One line of proof: when, by which command, how many rows of what. Nobody's name."""
    connection.execute(JOURNAL.insert().values(quand=quand, commande=commande, objet=objet, nombre=nombre))


def _of(selection: Selection) -> Condition:
    chosen = sa.or_(DECLARATION.c.patient.in_(selection.references), DECLARATION.c.id == selection.id)
    return chosen if selection.tenant is None else sa.and_(chosen, DECLARATION.c.tenant == selection.tenant)


def _expired(regles: Retention, maintenant: dt.datetime) -> dict[sa.Table, Condition]:
    """What is too old, by table; transitions go with their declarations."""
    short, long = (maintenant - dt.timedelta(days=days) for days in (regles.preparees, regles.autres))
    never_signed = sa.and_(DECLARATION.c.modifie < short, ~_was_signed())
    return {
        DECLARATION: sa.or_(DECLARATION.c.modifie < long, never_signed),
        JETON: JETON.c.expire < maintenant - LINGER,
        JETON_ACCES: JETON_ACCES.c.expire <= maintenant,
        RETOUR: RETOUR.c.quand < long,
        LANCEMENT: LANCEMENT.c.expire <= maintenant,
        SESSION: over(maintenant, regles.sessions),
        ACTIVITE: ACTIVITE.c.mois < long.strftime("%Y-%m"),
    }


def _was_signed() -> Condition:
    signed = sa.select(TRANSITION.c.id).where(
        TRANSITION.c.tenant == DECLARATION.c.tenant,
        TRANSITION.c.id == DECLARATION.c.id,
        TRANSITION.c.etat == str(EtatDeclaration.SIGNEE),
    )
    return signed.exists()


def _counts(connection: sa.Connection, doomed: Mapping[sa.Table, Condition]) -> dict[str, int]:
    return {
        table.name: connection.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0
        for table, condition in doomed.items()
    }
