"""PostgreSQL by URL: the same promises, asked of a server."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from parcours.errors import StoreUnusable
from parcours.store.database import CONNECTIONS

CONNECT_S = 3
PATIENCE = "-c lock_timeout=5000 -c statement_timeout=10000 -c idle_in_transaction_session_timeout=10000"

WIRE = {
    "connect_timeout": CONNECT_S,
    "tcp_user_timeout": CONNECT_S * 1000,  # milliseconds
    "keepalives_idle": CONNECT_S,
    "keepalives_interval": 1,
}
"""How long a server that vanished without a word is waited for: by itself, the system waits a quarter of an
hour until what it sent is acknowledged, and two hours for an answer."""

MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")
"""What a server switches off to go faster, and to lose what it has confirmed."""


def server_engine(url: str) -> sa.Engine:
    """An engine over a ``postgresql://`` URL. ``StoreUnusable`` for a bad one, or without the driver."""
    try:
        parsed = sa.make_url(url).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(
            parsed,
            connect_args={**WIRE, "options": PATIENCE},
            isolation_level="READ COMMITTED",
            hide_parameters=True,
            pool_pre_ping=True,
            max_overflow=CONNECTIONS - 5,  # over the five that stay open
            pool_timeout=CONNECT_S,
        )
    except (ArgumentError, NoSuchModuleError, ValueError):
        problem = "PARCOURS_DATABASE : cette adresse postgresql:// ne se lit pas."
    except ImportError:
        problem = "PostgreSQL demande son pilote : pip install 'parcours-soins[postgres]'."
    else:
        return engine
    raise StoreUnusable(problem)


def assert_durable(connection: sa.Connection) -> None:
    """``StoreUnusable`` when this server confirms what it could still lose."""
    for name in MUST_BE_ON:
        if connection.exec_driver_sql(f"SHOW {name}").scalar_one() == "off":
            raise StoreUnusable(
                f"PostgreSQL est réglé avec {name}=off : une coupure lui ferait perdre ce qu’il a confirmé. "
                f"Remettre {name}=on."
            )


OUTRANKS = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


def assert_bound(connection: sa.Connection) -> None:
    """``StoreUnusable`` when row security does not bind this role: it would be no barrier."""
    if connection.exec_driver_sql(OUTRANKS).scalar_one():
        raise StoreUnusable(
            "Le rôle PostgreSQL du service est superutilisateur ou BYPASSRLS : rien ne l’empêcherait de lire "
            "les données d’un autre cabinet. Lui donner un rôle ordinaire, propriétaire de la base."
        )


def take_turns(connection: sa.Connection, *about: str) -> None:
    """Wait for whoever writes about the same thing; until the transaction ends, the others wait for us.

    SQLite has one writer at a time and needs nothing of the kind.
    """
    if connection.dialect.name == "postgresql":
        key = sa.func.hashtextextended("\x1f".join(about), 0)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
