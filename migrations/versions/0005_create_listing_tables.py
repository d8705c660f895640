"""Listings, their sealed versions and questions."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import make_append_only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "listings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("pricing_mode", sa.Text(), nullable=False),
        sa.Column("allocation", sa.Text(), nullable=True),
        sa.Column("transfer_mode", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=False),
        sa.Column("asking_price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("suspended_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("technical_field", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.CheckConstraint("asking_price > 0", name=op.f("ck_listings_asking_price")),
        sa.ForeignKeyConstraint(["agency_id"], ["organisations.id"], name=op.f("fk_listings_agency_id")),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_listings_result_id")),
        sa.ForeignKeyConstraint(["seller_id"], ["organisations.id"], name=op.f("fk_listings_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("number", name=op.f("uq_listings_number")),
    )
    op.create_index("ix_listings_result_id", "listings", ["result_id"], unique=False)
    op.create_index("ix_listings_seller_id", "listings", ["seller_id", "id"], unique=False)
    op.create_index(
        "ix_listings_status_asking_price",
        "listings",
        ["status", "asking_price"],
        unique=False,
        postgresql_where=sa.text("version > 0"),
    )
    op.create_index(
        "ix_listings_status_published_at",
        "listings",
        ["status", "published_at", "id"],
        unique=False,
        postgresql_where=sa.text("version > 0"),
    )
    op.create_index(
        "ix_listings_technical_field",
        "listings",
        ["technical_field", "status", "published_at", "id"],
        unique=False,
        postgresql_where=sa.text("version > 0"),
    )
    op.create_index(
        "uq_listings_live_result",
        "listings",
        ["result_id"],
        unique=True,
        postgresql_where=sa.text(
            "status IN ('published', 'suspended', 'reserved') AND transfer_mode <> 'ordinary_licence'"
        ),
    )
    op.create_table(
        "listing_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asker_id"], ["organisations.id"], name=op.f("fk_listing_questions_asker_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_listing_questions_listing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_questions")),
    )
    op.create_index("ix_listing_questions_listing_id", "listing_questions", ["listing_id", "id"], unique=False)
    op.create_table(
        "listing_versions",
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_listing_versions_listing_id")),
        sa.PrimaryKeyConstraint("listing_id", "version", name=op.f("pk_listing_versions")),
    )
    make_append_only("listing_versions")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("listing_versions")
    op.drop_index("ix_listing_questions_listing_id", table_name="listing_questions")
    op.drop_table("listing_questions")
    op.drop_index(
        "uq_listings_live_result",
        table_name="listings",
        postgresql_where=sa.text(
            "status IN ('published', 'suspended', 'reserved') AND transfer_mode <> 'ordinary_licence'"
        ),
    )
    op.drop_index("ix_listings_technical_field", table_name="listings", postgresql_where=sa.text("version > 0"))
    op.drop_index("ix_listings_status_published_at", table_name="listings", postgresql_where=sa.text("version > 0"))
    op.drop_index("ix_listings_status_asking_price", table_name="listings", postgresql_where=sa.text("version > 0"))
    op.drop_index("ix_listings_seller_id", table_name="listings")
    op.drop_index("ix_listings_result_id", table_name="listings")
    op.drop_table("listings")
