"""An organisation ends in another one on a day: the merger is a fact of its own, and nothing else is rewritten."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "organisation_mergers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("heir_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.CheckConstraint("merged_id <> successor_id", name=op.f("ck_organisation_mergers_two")),
        sa.CheckConstraint("confirmed_by <> asked_by", name=op.f("ck_organisation_mergers_two_people")),
        sa.CheckConstraint(
            "done_at IS NULL OR confirmed_by IS NOT NULL", name=op.f("ck_organisation_mergers_confirmed")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_organisation_mergers_{column}"))
            for column, table in (
                ("merged_id", "organisations"),
                ("successor_id", "organisations"),
                ("heir_id", "organisations"),
                ("asked_by", "people"),
                ("confirmed_by", "people"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_mergers")),
    )
    op.create_index(
        "uq_organisation_mergers_merged_id",
        "organisation_mergers",
        ["merged_id"],
        unique=True,
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    op.create_index("ix_organisation_mergers_heir_id", "organisation_mergers", ["heir_id"])


def downgrade() -> None:
    """Drop it; the keys that ended stay ended."""
    op.drop_table("organisation_mergers")
