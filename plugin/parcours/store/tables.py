"""The tables. Data of patients is in ``declaration.contenu`` and ``declaration.pdf``, and nowhere else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

SCHEMA = "0005"
"""The revision these tables are: the last file of ``migrations/versions``."""

DIGEST = sa.String(64)


class Instant(sa.types.TypeDecorator[dt.datetime]):
    """An aware instant, kept in UTC: a ``timestamptz``, or on SQLite a text that sorts as time does."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """To UTC; without its zone where the database would drop it anyway."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant has a zone")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> dt.datetime | None:
        """Back, aware and in UTC."""
        if value is None:
            return None
        read: dt.datetime = value
        return read.replace(tzinfo=dt.UTC) if dialect.name == "sqlite" else read.astimezone(dt.UTC)


METADATA = sa.MetaData()

DECLARATION = sa.Table(
    "declaration",
    METADATA,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("cle", DIGEST, nullable=False),
    sa.Column("empreinte_requete", DIGEST, nullable=False),
    sa.Column("sujet", DIGEST, nullable=False),
    sa.Column("patient", sa.Text, nullable=False),
    sa.Column("jour", sa.Date, nullable=False),
    # The last transition, once more: what locks, searches and retention ask for.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("etat", sa.String(16), nullable=False),
    sa.Column("modifie", Instant, nullable=False),
    sa.Column("empreinte", DIGEST, nullable=False),
    sa.Column("contenu", sa.LargeBinary, nullable=False),
    sa.Column("pdf", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("tenant", "cle", name="une_par_cle"),
)

TRANSITION = sa.Table(
    "transition",
    METADATA,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("etat", sa.String(16), nullable=False),
    sa.Column("quand", Instant, nullable=False),
    sa.Column("qui", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("recu", sa.Text),
    sa.Column("note", sa.Text),
    sa.ForeignKeyConstraint(
        ["tenant", "id"],
        ["declaration.tenant", "declaration.id"],
        name="de_sa_declaration",
        ondelete="CASCADE",
    ),
)

JETON = sa.Table(
    "jeton",
    METADATA,
    sa.Column("empreinte", DIGEST, primary_key=True),
    sa.Column("expire", Instant, nullable=False, index=True),
)
"""Tokens that were used: a digest of who issued them and of their identifier."""

JETON_ACCES = sa.Table(
    "jeton_acces",
    METADATA,
    sa.Column("empreinte", DIGEST, primary_key=True),
    sa.Column("client", sa.String(64), nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("portee", sa.Text, nullable=False),
    sa.Column("expire", Instant, nullable=False, index=True),
)
"""Access tokens that were given: a digest of each, for whom and for what. Never the token."""

RETOUR = sa.Table(
    "retour",
    METADATA,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("card", sa.String(128), primary_key=True),
    sa.Column("outcome", sa.String(16), primary_key=True),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("raison", sa.String(128)),
    sa.Column("suggestions", sa.JSON, nullable=False),
    sa.Column("commente", sa.Boolean, nullable=False),
    sa.Column("quand", Instant, nullable=False),
)
"""What became of the cards shown; of a comment only that there was one, for it may tell of a patient."""

JOURNAL = sa.Table(
    "journal",
    METADATA,
    sa.Column("numero", sa.Integer, primary_key=True),
    sa.Column("quand", Instant, nullable=False),
    sa.Column("commande", sa.String(16), nullable=False),
    sa.Column("objet", sa.String(32), nullable=False),
    sa.Column("nombre", sa.Integer, nullable=False),
)
"""The proof of what was erased: when, by which command, how many of which table. Nobody's name."""

TRACE = sa.Table(
    "trace",
    METADATA,
    sa.Column("numero", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("quand", Instant, nullable=False),
    sa.Column("tenant", sa.String(64)),
    sa.Column("contenu", sa.Text, nullable=False),
    sa.Column("empreinte", DIGEST, nullable=False),
)
"""The audit, which the database lets nobody rewrite; ``empreinte`` binds each record to the one before."""

TETE = sa.Table(
    "trace_tete",
    METADATA,
    sa.Column("seule", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("numero", sa.BigInteger, nullable=False),
    sa.Column("empreinte", DIGEST, nullable=False),
    sa.Column("cle", sa.String(16), nullable=False),
    sa.Column("signature", DIGEST, nullable=False),
)
"""One row: the last record of the audit, signed. Who writes the next one holds it."""

BORNE = sa.Table(
    "trace_borne",
    METADATA,
    sa.Column("numero", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("empreinte", DIGEST, nullable=False),
    sa.Column("quand", Instant, nullable=False),
    sa.Column("cle", sa.String(16), nullable=False),
    sa.Column("signature", DIGEST, nullable=False),
)
"""Signed marks: up to this record the audit was purged, and the chain goes on from its ``empreinte``."""

sa.Index("trace_par_date", TRACE.c.quand)
sa.Index(
    "une_preparee_par_sujet",
    DECLARATION.c.tenant,
    DECLARATION.c.sujet,
    unique=True,
    sqlite_where=DECLARATION.c.etat == "preparee",
    postgresql_where=DECLARATION.c.etat == "preparee",
)
sa.Index("par_patient", DECLARATION.c.tenant, DECLARATION.c.patient)
sa.Index("par_date", DECLARATION.c.tenant, DECLARATION.c.modifie)
sa.Index("par_recu", TRANSITION.c.tenant, TRANSITION.c.recu)
