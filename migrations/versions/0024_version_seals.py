"""Seals of a new form cover the transaction id of their event; each seal says of which form it is."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the version: 1 for the seals that there are, and for those that the previous release makes meanwhile."""
    op.add_column("audit_seals", sa.Column("version", sa.SmallInteger(), server_default=sa.text("1"), nullable=False))


def downgrade() -> None:
    """Drop it. Seals of version 2 then no longer verify: they are not what the release before makes."""
    op.drop_column("audit_seals", "version")
