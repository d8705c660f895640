"""A resolution of unmatched money that was wrong is taken back, once."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import make_append_only

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the append-only table of such reversals."""
    op.create_table(
        "resolution_reversals",
        sa.Column("confirmation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["confirmation_resolutions.confirmation_id"],
            name=op.f("fk_resolution_reversals_confirmation_id"),
        ),
        sa.PrimaryKeyConstraint("confirmation_id", name=op.f("pk_resolution_reversals")),
    )
    make_append_only("resolution_reversals")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("resolution_reversals")
