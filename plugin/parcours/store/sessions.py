"""Launches under way and open sessions, shared by all processes: a digest, some dates, a sealed content.

What is sealed is opened by the browser's own secret, which is not here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from parcours.store.database import Database
from parcours.store.tables import DIGEST, METADATA, Instant

MOST_LAUNCHES = 1000
"""Launches that wait for an answer, for one client; beyond, the one that waits longest is given up."""
MOST_SESSIONS = 1000
"""Sessions and open visits of one client; beyond, the one not used for longest ends."""

LEASE = dt.timedelta(seconds=15)
"""How long a claim holds: longer than any call out may take."""

LANCEMENT = sa.Table(
    "lancement",
    METADATA,
    sa.Column("nom", DIGEST, primary_key=True),
    sa.Column("client", sa.String(64), nullable=False),
    sa.Column("expire", Instant, nullable=False, index=True),
    sa.Column("contenu", sa.LargeBinary, nullable=False),
)

SESSION = sa.Table(
    "session",
    METADATA,
    sa.Column("nom", DIGEST, primary_key=True),
    sa.Column("client", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("reserve", Instant),
    sa.Column("debut", Instant, nullable=False),
    sa.Column("vu", Instant, nullable=False, index=True),
    sa.Column("contenu", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: unused, and at all."""

    idle: dt.timedelta
    absolute: dt.timedelta

    @classmethod
    def of(cls, minutes: int, hours: int) -> Limits:
        """So many minutes unused, so many hours at all."""
        return cls(dt.timedelta(minutes=minutes), dt.timedelta(hours=hours))


LIMITS = Limits.of(minutes=30, hours=8)
"""Those of a session, and of each visit that was opened in it, unless settings say otherwise."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as it is stored. ``version`` moves each time its content changes."""

    client: str
    version: int
    contenu: bytes


class Lancements:
    """Launches under way. Every method raises ``StoreUnavailable``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, nom: str, client: str, contenu: bytes, expire: dt.datetime, now: dt.datetime) -> None:
        """Keep a launch until its answer comes, or ``expire``."""

        def work(connection: sa.Connection) -> None:
            connection.execute(
                LANCEMENT.delete().where(sa.or_(LANCEMENT.c.expire <= now, LANCEMENT.c.nom == nom))
            )
            _make_room(connection, LANCEMENT, client, LANCEMENT.c.expire, MOST_LAUNCHES)
            connection.execute(
                LANCEMENT.insert().values(nom=nom, client=client, expire=expire, contenu=contenu)
            )

        self._database.write(work)

    def take(self, nom: str, now: dt.datetime) -> bytes | None:
        """What was kept, to the first who asks in time; nobody gets it twice."""
        taken = (
            LANCEMENT.delete()
            .where(LANCEMENT.c.nom == nom)
            .returning(LANCEMENT.c.expire, LANCEMENT.c.contenu)
        )
        row = self._database.write(lambda connection: connection.execute(taken).first())
        return row.contenu if row is not None and now < row.expire else None


class Sessions:
    """Open sessions. Every method raises ``StoreUnavailable``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, nom: str, client: str, contenu: bytes, now: dt.datetime, limits: Limits) -> None:
        """Keep a new session; those that are over go."""

        def work(connection: sa.Connection) -> None:
            connection.execute(SESSION.delete().where(sa.or_(over(now, limits), SESSION.c.nom == nom)))
            _make_room(connection, SESSION, client, SESSION.c.vu, MOST_SESSIONS)
            connection.execute(
                SESSION.insert().values(nom=nom, client=client, version=1, debut=now, vu=now, contenu=contenu)
            )

        self._database.write(work)

    def use(self, nom: str, now: dt.datetime, limits: Limits) -> Kept | None:
        """A session that is not over; using it is what keeps it from being idle."""
        used = (
            SESSION.update()
            .where(SESSION.c.nom == nom, sa.not_(over(now, limits)))
            .values(vu=now)
            .returning(SESSION.c.client, SESSION.c.version, SESSION.c.contenu)
        )
        row = self._database.write(lambda connection: connection.execute(used).first())
        return Kept(row.client, row.version, row.contenu) if row is not None else None

    def claim(self, nom: str, version: int, now: dt.datetime) -> bool:
        """Whether it falls to the caller to change the content of this version: to one caller at a time.

        Who claims and never comes back holds it for ``LEASE``.
        """
        free = sa.or_(SESSION.c.reserve.is_(None), SESSION.c.reserve <= now - LEASE)
        return self._changed(nom, version, {"reserve": now}, free)

    def change(self, nom: str, version: int, contenu: bytes) -> bool:
        """Put a new content in place of that of this version; ``False`` when somebody else did before."""
        values = {"version": version + 1, "reserve": None, "contenu": contenu}
        return self._changed(nom, version, values, sa.true())

    def end(self, nom: str) -> None:
        """Forget a session; there may be none."""
        self._database.write(
            lambda connection: connection.execute(SESSION.delete().where(SESSION.c.nom == nom))
        )

    def _changed(
        self, nom: str, version: int, values: Mapping[str, object], condition: sa.ColumnElement[bool]
    ) -> bool:
        same = (SESSION.c.nom == nom, SESSION.c.version == version, condition)
        change = SESSION.update().where(*same).values(dict(values))
        return self._database.write(lambda connection: connection.execute(change).rowcount == 1)


def over(now: dt.datetime, limits: Limits) -> sa.ColumnElement[bool]:
    """The sessions that are over, whatever was not yet deleted."""
    return sa.or_(SESSION.c.vu <= now - limits.idle, SESSION.c.debut <= now - limits.absolute)


def _make_room(
    connection: sa.Connection, table: sa.Table, client: str, oldest: sa.Column[dt.datetime], most: int
) -> None:
    """Leave less than ``most`` rows of a client."""
    mine = sa.select(table.c.nom).where(table.c.client == client)
    doomed = mine.order_by(oldest.desc()).offset(most - 1)
    names = connection.scalars(doomed).all()
    if names:
        connection.execute(table.delete().where(table.c.nom.in_(names)))
