"""Deals and their parties."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "deals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("listing_version", sa.Integer(), nullable=True),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("pricing_mode", sa.Text(), nullable=False),
        sa.Column("transfer_mode", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contract_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("related_party", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_deals_price")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_deals_listing_id")),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_deals_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
        sa.UniqueConstraint("number", name=op.f("uq_deals_number")),
    )
    op.create_index(
        "uq_deals_live_listing",
        "deals",
        ["listing_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('agreed', 'contracted')"),
    )
    op.create_table(
        "deal_parties",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("share", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_deal_parties_share")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_parties_deal_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_deal_parties_organisation_id")
        ),
        sa.PrimaryKeyConstraint("deal_id", "role", "organisation_id", name=op.f("pk_deal_parties")),
    )
    op.create_index("ix_deal_parties_organisation_id", "deal_parties", ["organisation_id", "deal_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("ix_deal_parties_organisation_id", table_name="deal_parties")
    op.drop_table("deal_parties")
    op.drop_index(
        "uq_deals_live_listing", table_name="deals", postgresql_where=sa.text("status IN ('agreed', 'contracted')")
    )
    op.drop_table("deals")
