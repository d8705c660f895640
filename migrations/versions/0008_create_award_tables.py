"""Award runs and statements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "award_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("facts_sha256", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("outcome_sha256", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_runs")),
        sa.UniqueConstraint("number", name=op.f("uq_award_runs_number")),
    )
    op.create_index(
        "uq_award_runs_published",
        "award_runs",
        ["programme_id", "year"],
        unique=True,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_table(
        "award_statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("content", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_award_statements_organisation_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["award_runs.id"], name=op.f("fk_award_statements_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_statements")),
        sa.UniqueConstraint(
            "run_id", "organisation_id", "role", name=op.f("uq_award_statements_run_id_organisation_id_role")
        ),
    )
    op.create_index("ix_award_statements_organisation_id", "award_statements", ["organisation_id", "id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("ix_award_statements_organisation_id", table_name="award_statements")
    op.drop_table("award_statements")
    op.drop_index("uq_award_runs_published", table_name="award_runs", postgresql_where=sa.text("status = 'published'"))
    op.drop_table("award_runs")
