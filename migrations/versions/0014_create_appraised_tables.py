"""Purchase offers; the appraisal report that a listing names, and the one that carried the price of a deal."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import make_append_only

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and let listings name a report."""
    op.create_table(
        "purchase_offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("listing_version", sa.Integer(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("abroad", sa.Boolean(), nullable=False),
        sa.Column("revocable", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_person_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("price > 0", name=op.f("ck_purchase_offers_price")),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_purchase_offers_expiry")),
        sa.CheckConstraint("(status = 'closed') = (deal_id IS NOT NULL)", name=op.f("ck_purchase_offers_deal")),
        sa.CheckConstraint("accepted_at < expires_at", name=op.f("ck_purchase_offers_acceptance")),
        sa.ForeignKeyConstraint(["buyer_id"], ["organisations.id"], name=op.f("fk_purchase_offers_buyer_id")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_purchase_offers_deal_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_purchase_offers_listing_id")),
        sa.ForeignKeyConstraint(["seller_id"], ["organisations.id"], name=op.f("fk_purchase_offers_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_offers")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_offers_number")),
    )
    op.create_index("ix_purchase_offers_buyer_id", "purchase_offers", ["buyer_id", "id"], unique=False)
    op.create_index("ix_purchase_offers_seller_id", "purchase_offers", ["seller_id", "id"], unique=False)
    op.create_index(
        "uq_purchase_offers_accepted",
        "purchase_offers",
        ["listing_id"],
        unique=True,
        postgresql_where=sa.text("status = 'accepted'"),
    )
    op.create_index(
        "uq_purchase_offers_live_buyer",
        "purchase_offers",
        ["listing_id", "buyer_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('open', 'accepted')"),
    )
    op.create_table(
        "deal_appraisals",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("base_date", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("floor_share", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.Column("floor", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reapproval_id", sa.Uuid(), nullable=True),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_appraisals_deal_id")),
        sa.ForeignKeyConstraint(
            ["reapproval_id"], ["appraisal_reapprovals.id"], name=op.f("fk_deal_appraisals_reapproval_id")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["appraisal_reports.id"], name=op.f("fk_deal_appraisals_report_id")),
        sa.PrimaryKeyConstraint("deal_id", name=op.f("pk_deal_appraisals")),
    )
    op.add_column("listings", sa.Column("appraisal_report_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_listings_appraisal_report_id"), "listings", "appraisal_reports", ["appraisal_report_id"], ["id"]
    )
    make_append_only("deal_appraisals")


def downgrade() -> None:
    """Drop the tables and the column."""
    op.drop_constraint(op.f("fk_listings_appraisal_report_id"), "listings", type_="foreignkey")
    op.drop_column("listings", "appraisal_report_id")
    op.drop_table("deal_appraisals")
    op.drop_index(
        "uq_purchase_offers_live_buyer",
        table_name="purchase_offers",
        postgresql_where=sa.text("status IN ('open', 'accepted')"),
    )
    op.drop_index(
        "uq_purchase_offers_accepted", table_name="purchase_offers", postgresql_where=sa.text("status = 'accepted'")
    )
    op.drop_index("ix_purchase_offers_seller_id", table_name="purchase_offers")
    op.drop_index("ix_purchase_offers_buyer_id", table_name="purchase_offers")
    op.drop_table("purchase_offers")
