"""Declarations, their transitions, used tokens, feedback, and the journal of what was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

DIGEST = sa.String(64)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """From nothing."""
    _declarations()
    _transitions()
    _others()


def _declarations() -> None:
    op.create_table(
        "declaration",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("cle", DIGEST, nullable=False),
        sa.Column("empreinte_requete", DIGEST, nullable=False),
        sa.Column("sujet", DIGEST, nullable=False),
        sa.Column("patient", sa.Text, nullable=False),
        sa.Column("jour", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("etat", sa.String(16), nullable=False),
        sa.Column("modifie", INSTANT, nullable=False),
        sa.Column("empreinte", DIGEST, nullable=False),
        sa.Column("contenu", sa.LargeBinary, nullable=False),
        sa.Column("pdf", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("tenant", "cle", name="une_par_cle"),
    )
    prepared = sa.text("etat = 'preparee'")
    op.create_index(
        "une_preparee_par_sujet",
        "declaration",
        ["tenant", "sujet"],
        unique=True,
        sqlite_where=prepared,
        postgresql_where=prepared,
    )
    op.create_index("par_patient", "declaration", ["tenant", "patient"])
    op.create_index("par_date", "declaration", ["tenant", "modifie"])


def _transitions() -> None:
    op.create_table(
        "transition",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("etat", sa.String(16), nullable=False),
        sa.Column("quand", INSTANT, nullable=False),
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
    op.create_index("par_recu", "transition", ["tenant", "recu"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER rien_ne_se_recrit BEFORE UPDATE ON transition "
        "BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION rien_ne_se_recrit() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'transitions are append-only'; END$$",
        "CREATE TRIGGER rien_ne_se_recrit BEFORE UPDATE ON transition "
        "FOR EACH ROW EXECUTE FUNCTION rien_ne_se_recrit()",
    ),
}
"""A step that was taken is never rewritten; it goes with its declaration, when that is purged or erased."""


def _others() -> None:
    op.create_table(
        "jeton",
        sa.Column("empreinte", DIGEST, primary_key=True),
        sa.Column("expire", INSTANT, nullable=False),
    )
    op.create_index("ix_jeton_expire", "jeton", ["expire"])
    op.create_table(
        "retour",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("card", sa.String(128), primary_key=True),
        sa.Column("outcome", sa.String(16), primary_key=True),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("raison", sa.String(128)),
        sa.Column("suggestions", sa.JSON, nullable=False),
        sa.Column("commente", sa.Boolean, nullable=False),
        sa.Column("quand", INSTANT, nullable=False),
    )
    op.create_table(
        "journal",
        sa.Column("numero", sa.Integer, primary_key=True),
        sa.Column("quand", INSTANT, nullable=False),
        sa.Column("commande", sa.String(16), nullable=False),
        sa.Column("objet", sa.String(32), nullable=False),
        sa.Column("nombre", sa.Integer, nullable=False),
    )
