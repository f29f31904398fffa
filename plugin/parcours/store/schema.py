"""Which tables a database has: made, or brought up to date, in one transaction that one process runs."""

from __future__ import annotations

import threading

import sqlalchemy as sa

from parcours.errors import StoreUnusable
from parcours.store.postgres import take_turns
from parcours.store.scope import EVERYBODY, speak_for
from parcours.store.start_checks import FOREIGN
from parcours.store.tables import SCHEMA

_VERSION = "alembic_version"
_ALEMBIC = threading.Lock()
"""Alembic keeps what it works on in variables of its modules."""


def current(connection: sa.Connection) -> str | None:
    """The revision of this database; ``None`` when it has no table. ``StoreUnusable`` for somebody else's."""
    tables = sa.inspect(connection).get_table_names()
    if not tables:
        return None
    if _VERSION not in tables:
        raise StoreUnusable(FOREIGN)
    revision = sa.select(sa.column("version_num", sa.String)).select_from(sa.table(_VERSION))
    return str(connection.execute(revision).scalar_one())


def migrate(connection: sa.Connection) -> None:
    """Bring the tables to ``SCHEMA`` inside the transaction of ``connection``: all of it, or nothing.

    Raises ``StoreUnusable`` when the database knows a revision that this program does not.
    """
    # Alembic serves only here, and the processes that answer never come here.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    take_turns(connection, "parcours", "schema")
    before = current(connection)
    if before == SCHEMA:
        return
    config = Config()
    config.set_main_option("script_location", "parcours.store:migrations")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before is not None and before not in known:
        raise StoreUnusable(TOO_NEW)
    config.attributes["connection"] = connection
    speak_for(connection, EVERYBODY)
    with _ALEMBIC:
        command.upgrade(config, SCHEMA)


TOO_NEW = (
    "La base a été mise à jour par une version plus récente du programme : installer cette version, "
    "ou restaurer une sauvegarde plus ancienne."
)


def assert_current(connection: sa.Connection) -> None:
    """``StoreUnusable`` unless the tables are exactly those of this program."""
    found = current(connection)
    if found != SCHEMA:
        raise StoreUnusable(
            "Le schéma de la base n’est pas celui de ce programme : s’il est plus ancien, `parcours serve` "
            "le met à jour au démarrage."
        )
