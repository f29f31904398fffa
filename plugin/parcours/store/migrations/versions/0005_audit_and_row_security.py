"""The audit, which only grows; and, on PostgreSQL, rows that only their own practice sees."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

DIGEST = sa.String(64)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Three tables more; what is there stays, and is guarded."""
    op.create_table(
        "trace",
        sa.Column("numero", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("quand", INSTANT, nullable=False),
        sa.Column("tenant", sa.String(64)),
        sa.Column("contenu", sa.Text, nullable=False),
        sa.Column("empreinte", DIGEST, nullable=False),
    )
    op.create_index("trace_par_date", "trace", ["quand"])
    op.create_table(
        "trace_tete",
        sa.Column("seule", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("numero", sa.BigInteger, nullable=False),
        sa.Column("empreinte", DIGEST, nullable=False),
        sa.Column("cle", sa.String(16), nullable=False),
        sa.Column("signature", DIGEST, nullable=False),
    )
    op.create_table(
        "trace_borne",
        sa.Column("numero", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("empreinte", DIGEST, nullable=False),
        sa.Column("quand", INSTANT, nullable=False),
        sa.Column("cle", sa.String(16), nullable=False),
        sa.Column("signature", DIGEST, nullable=False),
    )
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


COVERED = "EXISTS (SELECT 1 FROM trace_borne WHERE trace_borne.numero >= OLD.numero)"
"""Whether a signed mark stands for a record: only then may it go."""
TAKEN = {
    "trace": "EXISTS (SELECT 1 FROM trace WHERE trace.numero = NEW.numero)",
    "trace_borne": "EXISTS (SELECT 1 FROM trace_borne WHERE trace_borne.numero = NEW.numero)",
}
"""Whether a number is there: SQLite's ``REPLACE`` takes a row away past the triggers of ``DELETE``."""
WORDS = "'the audit is append-only'"
OURS = (
    "tenant = nullif(current_setting('parcours.tenant', true), '') "
    "OR current_setting('parcours.tous', true) = 'oui'"
)
"""Said in each transaction; a connection that says nothing has no row, and writes none."""
BY_TENANT = ("declaration", "transition", "retour", "activite", "trace")

GUARDS = {
    "sqlite": (
        f"CREATE TRIGGER trace_ne_se_recrit BEFORE UPDATE ON trace BEGIN SELECT RAISE(ABORT, {WORDS}); END",
        f"CREATE TRIGGER trace_ne_s_ote BEFORE DELETE ON trace WHEN NOT {COVERED} "
        f"BEGIN SELECT RAISE(ABORT, {WORDS}); END",
        *(
            f"CREATE TRIGGER borne_{name} BEFORE {event} ON trace_borne "
            f"BEGIN SELECT RAISE(ABORT, {WORDS}); END"
            for name, event in (("ne_se_recrit", "UPDATE"), ("ne_s_ote", "DELETE"))
        ),
        f"CREATE TRIGGER tete_ne_s_ote BEFORE DELETE ON trace_tete BEGIN SELECT RAISE(ABORT, {WORDS}); END",
        *(
            f"CREATE TRIGGER {table}_ne_se_remplace BEFORE INSERT ON {table} WHEN {taken} "
            f"BEGIN SELECT RAISE(ABORT, {WORDS}); END"
            for table, taken in TAKEN.items()
        ),
    ),
    "postgresql": (
        "CREATE FUNCTION trace_reste() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN RAISE EXCEPTION {WORDS}; END$$",
        "CREATE FUNCTION trace_bornee() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN IF NOT {COVERED} THEN RAISE EXCEPTION {WORDS}; END IF; RETURN OLD; END$$",
        "CREATE TRIGGER trace_ne_se_recrit BEFORE UPDATE ON trace "
        "FOR EACH ROW EXECUTE FUNCTION trace_reste()",
        "CREATE TRIGGER trace_ne_s_ote BEFORE DELETE ON trace FOR EACH ROW EXECUTE FUNCTION trace_bornee()",
        "CREATE TRIGGER borne_reste BEFORE UPDATE OR DELETE ON trace_borne "
        "FOR EACH ROW EXECUTE FUNCTION trace_reste()",
        "CREATE TRIGGER tete_reste BEFORE DELETE ON trace_tete FOR EACH ROW EXECUTE FUNCTION trace_reste()",
        *(
            f"CREATE TRIGGER {table}_ne_se_vide BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION trace_reste()"
            for table in ("trace", "trace_borne", "trace_tete")
        ),
        *(
            statement
            for table in BY_TENANT
            for statement in (
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY cabinet ON {table} USING ({OURS}) WITH CHECK ({OURS})",
            )
        ),
    ),
}
