"""Appraisal reports and re-approvals."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import make_append_only

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "appraisal_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("appraiser_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("base_date", sa.Date(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("review_reason", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.CheckConstraint("(status = 'submitted') = (reviewed_at IS NULL)", name=op.f("ck_appraisal_reports_review")),
        sa.CheckConstraint("valid_until > base_date", name=op.f("ck_appraisal_reports_validity")),
        sa.CheckConstraint("value > 0", name=op.f("ck_appraisal_reports_value")),
        sa.ForeignKeyConstraint(
            ["appraiser_id"], ["organisations.id"], name=op.f("fk_appraisal_reports_appraiser_id")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_appraisal_reports_document_id")),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_appraisal_reports_result_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["organisations.id"], name=op.f("fk_appraisal_reports_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_reports")),
    )
    op.create_index("ix_appraisal_reports_appraiser_id", "appraisal_reports", ["appraiser_id", "id"], unique=False)
    op.create_index("ix_appraisal_reports_result_id", "appraisal_reports", ["result_id", "id"], unique=False)
    op.create_index(
        "uq_appraisal_reports_number",
        "appraisal_reports",
        ["appraiser_id", "number"],
        unique=True,
        postgresql_where=sa.text("status <> 'refused'"),
    )
    op.create_table(
        "appraisal_reapprovals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("lowest_price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.CheckConstraint("lowest_price > 0", name=op.f("ck_appraisal_reapprovals_lowest_price")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_appraisal_reapprovals_document_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["appraisal_reports.id"], name=op.f("fk_appraisal_reapprovals_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_reapprovals")),
    )
    op.create_index("ix_appraisal_reapprovals_report_id", "appraisal_reapprovals", ["report_id", "id"], unique=False)
    make_append_only("appraisal_reapprovals")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("ix_appraisal_reapprovals_report_id", table_name="appraisal_reapprovals")
    op.drop_table("appraisal_reapprovals")
    op.drop_index(
        "uq_appraisal_reports_number",
        table_name="appraisal_reports",
        postgresql_where=sa.text("status <> 'refused'"),
    )
    op.drop_index("ix_appraisal_reports_result_id", table_name="appraisal_reports")
    op.drop_index("ix_appraisal_reports_appraiser_id", table_name="appraisal_reports")
    op.drop_table("appraisal_reports")
