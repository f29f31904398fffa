"""Launches under way, and sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

DIGEST = sa.String(64)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two tables more; nothing of what is there changes."""
    op.create_table(
        "lancement",
        sa.Column("nom", DIGEST, primary_key=True),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("expire", INSTANT, nullable=False),
        sa.Column("contenu", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_lancement_expire", "lancement", ["expire"])
    op.create_table(
        "session",
        sa.Column("nom", DIGEST, primary_key=True),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("reserve", INSTANT),
        sa.Column("debut", INSTANT, nullable=False),
        sa.Column("vu", INSTANT, nullable=False),
        sa.Column("contenu", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_session_vu", "session", ["vu"])
