"""Counts of answers, without anything of any visit."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One table more; nothing of what is there changes."""
    op.create_table(
        "activite",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("mois", sa.String(7), primary_key=True),
        sa.Column("position", sa.String(16), primary_key=True),
        sa.Column("situation", sa.String(2), primary_key=True),
        sa.Column("origine", sa.String(16), primary_key=True),
        sa.Column("nombre", sa.Integer, nullable=False),
    )
