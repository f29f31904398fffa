"""Tokens that were used once, and are not used twice: in any process, after any restart."""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa

from parcours.store.database import Database
from parcours.store.tables import JETON

LINGER = dt.timedelta(days=1)
"""A clock that is set back must not make a used token new: it is remembered past its end."""


class Jetons:
    """What is remembered of tokens: a digest, until they are long over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def use(self, issuer: str, jti: str, expires: dt.datetime, now: dt.datetime) -> bool:
        """``True`` the first time, ``False`` ever after. Raises ``StoreUnavailable``: nobody is let in."""
        digest = hashlib.sha256(f"{len(issuer)}:{issuer}{jti}".encode()).hexdigest()

        def work(connection: sa.Connection) -> bool:
            connection.execute(JETON.delete().where(JETON.c.expire < now - LINGER))
            known = sa.select(JETON.c.empreinte).where(JETON.c.empreinte == digest)
            if connection.execute(known).first():
                return False
            connection.execute(JETON.insert().values(empreinte=digest, expire=expires))
            return True

        return self._database.write(work)
