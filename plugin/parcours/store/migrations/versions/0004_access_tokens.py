"""Access tokens that were given: a digest of each, for whom, for what, until when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One table more; nothing of what is there changes."""
    op.create_table(
        "jeton_acces",
        sa.Column("empreinte", sa.String(64), primary_key=True),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("portee", sa.Text, nullable=False),
        sa.Column("expire", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_jeton_acces_expire", "jeton_acces", ["expire"])
