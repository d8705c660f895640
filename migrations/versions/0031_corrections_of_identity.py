"""Corrections of recorded facts of identity keep what stood there, and why it was wrong."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.append_only import make_append_only

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the append-only table of corrections."""
    op.create_table(
        "identity_corrections",
        sa.Column("concerns", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.Uuid(), nullable=False),
        sa.Column(
            "corrected_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrected_by"], ["people.id"], name=op.f("fk_identity_corrections_corrected_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_corrections")),
    )
    op.create_index("ix_identity_corrections_subject_id", "identity_corrections", ["subject_id", "id"])
    op.create_index(
        "ix_identity_corrections_concerns", "identity_corrections", ["concerns"], postgresql_using="gin"
    )
    make_append_only("identity_corrections")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("identity_corrections")
