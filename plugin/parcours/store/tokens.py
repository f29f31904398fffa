"""Tokens: those that were used once and are not used twice, and those that were given. Of each, a digest.

In any process, after any restart.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from parcours.store.database import Database
from parcours.store.tables import JETON, JETON_ACCES
from parcours.store.together import Together

LINGER = dt.timedelta(days=1)
"""A clock that is set back must not make a used token new: it is remembered past its end."""
MARKED = dt.timedelta(minutes=1)
"""How long a mark of ours stays, by which a write is known again: far longer than it is tried."""
MOST_GIVEN = 1000
"""Accesses of one client at a time; one more ends that which would have ended first."""


@dataclass(frozen=True, slots=True)
class _Use:
    """A token that is shown: its digest, its end, and when that is."""

    empreinte: str
    expire: dt.datetime
    now: dt.datetime


class Jetons:
    """What is remembered of tokens that were used, until they are long over."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._together = Together(self._written)

    def use(self, issuer: str, jti: str, expires: dt.datetime, now: dt.datetime) -> bool:
        """``True`` the first time, ``False`` ever after. Raises ``StoreUnavailable``: nobody is let in."""
        return self._together.bring(_Use(_digest(f"{len(issuer)}:{issuer}{jti}"), expires, now))

    def _written(self, uses: Sequence[_Use]) -> Sequence[bool]:
        oldest = min(use.now for use in uses) - LINGER
        ours = _digest(secrets.token_urlsafe())
        first: list[bool] = []

        def work(connection: sa.Connection) -> Sequence[bool]:
            nonlocal first
            connection.execute(JETON.delete().where(JETON.c.expire < oldest))
            known = _known(connection, [ours, *(use.empreinte for use in uses)])
            if ours not in known:  # else an earlier run was committed, and the answer to that lost
                first = _first(uses, known)
                new = {use.empreinte: use.expire for use in uses if use.empreinte not in known}
                _keep(connection, {**new, ours: oldest + MARKED})
            return first

        return self._database.write(work)


def _known(connection: sa.Connection, digests: Sequence[str]) -> set[str]:
    return {*connection.scalars(sa.select(JETON.c.empreinte).where(JETON.c.empreinte.in_(digests)))}


def _first(uses: Sequence[_Use], known: set[str]) -> list[bool]:
    """Of each, whether it is neither known nor one that came before it."""
    seen, first = {*known}, []
    for use in uses:
        first.append(use.empreinte not in seen)
        seen.add(use.empreinte)
    return first


def _keep(connection: sa.Connection, rows: Mapping[str, dt.datetime]) -> None:
    """In one order everywhere: two processes that are shown the same tokens do not wait for each other."""
    kept = [{"empreinte": digest, "expire": expire} for digest, expire in sorted(rows.items())]
    connection.execute(JETON.insert(), kept)


@dataclass(frozen=True, slots=True)
class Given:
    """What a token that was given is worth: for which client and practice, which scopes."""

    client: str
    tenant: str
    portee: str


class JetonsAcces:
    """The tokens that were given and are not over. Every method raises ``StoreUnavailable``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, token: str, given: Given, expires: dt.datetime, now: dt.datetime) -> None:
        """Remember a new token; those that are over go."""
        values = {"client": given.client, "tenant": given.tenant, "portee": given.portee, "expire": expires}
        digest = _digest(token)

        def work(connection: sa.Connection) -> None:
            gone = sa.or_(JETON_ACCES.c.expire <= now, JETON_ACCES.c.empreinte == digest)
            connection.execute(JETON_ACCES.delete().where(gone))
            _make_room(connection, given.client)
            connection.execute(JETON_ACCES.insert().values(empreinte=digest, **values))

        self._database.write(work)

    def find(self, token: str, now: dt.datetime) -> Given | None:
        """What a token is worth; ``None`` when it was never given, is over, or was taken back."""
        mine = JETON_ACCES.c.empreinte == _digest(token)
        query = sa.select(JETON_ACCES).where(mine, JETON_ACCES.c.expire > now)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return Given(row.client, row.tenant, row.portee) if row is not None else None

    def take_back(self, token: str, client: str) -> None:
        """End a token of this client; there may be none."""
        mine = (JETON_ACCES.c.empreinte == _digest(token), JETON_ACCES.c.client == client)
        self._database.write(lambda connection: connection.execute(JETON_ACCES.delete().where(*mine)))


def _make_room(connection: sa.Connection, client: str) -> None:
    mine = sa.select(JETON_ACCES.c.empreinte).where(JETON_ACCES.c.client == client)
    doomed = connection.scalars(mine.order_by(JETON_ACCES.c.expire.desc()).offset(MOST_GIVEN - 1)).all()
    if doomed:
        connection.execute(JETON_ACCES.delete().where(JETON_ACCES.c.empreinte.in_(doomed)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
