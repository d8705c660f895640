"""Competitive listed sales: conditions, the sale, registrants with decisions, revisions; who defaulted on a deal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.append_only import make_append_only

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; a listing may have no closing day of its own."""
    op.create_table(
        "deal_defaults",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("defaulted", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_defaults_deal_id")),
        sa.ForeignKeyConstraint(["found_by_person_id"], ["people.id"], name=op.f("fk_deal_defaults_found_by_person_id")),
        sa.PrimaryKeyConstraint("deal_id", name=op.f("pk_deal_defaults")),
    )
    op.create_table(
        "listed_conditions",
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("deposit", sa.Numeric(18, 2), nullable=False),
        sa.Column("notice_working_days", sa.Integer(), nullable=False),
        sa.Column("extension_working_days", sa.Integer(), nullable=True),
        sa.Column("extensions_max", sa.Integer(), nullable=False),
        sa.Column("qualification", sa.Text(), nullable=False),
        sa.Column("bidding", sa.Text(), nullable=False),
        sa.Column("rights_abroad", sa.Boolean(), nullable=False),
        sa.CheckConstraint("deposit > 0", name=op.f("ck_listed_conditions_deposit")),
        sa.CheckConstraint("notice_working_days > 0", name=op.f("ck_listed_conditions_notice_working_days")),
        sa.CheckConstraint(
            "(extension_working_days IS NULL) = (extensions_max = 0)", name=op.f("ck_listed_conditions_extensions")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_listed_conditions_listing_id")),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_listed_conditions")),
    )
    op.create_table(
        "listed_sales",
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("extensions_used", sa.Integer(), nullable=False),
        sa.Column("review_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contest_id", sa.Uuid(), nullable=True),
        sa.Column("winner_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_listed_sales_deal_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_listed_sales_listing_id")),
        sa.ForeignKeyConstraint(["winner_id"], ["organisations.id"], name=op.f("fk_listed_sales_winner_id")),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_listed_sales")),
    )
    op.create_table(
        "listed_registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("listing_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("buyer_abroad", sa.Boolean(), nullable=False),
        sa.Column("related_party", sa.Text(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_listed_registrations_listing_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_listed_registrations_organisation_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["organisations.id"], name=op.f("fk_listed_registrations_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_registrations")),
        sa.UniqueConstraint("number", name=op.f("uq_listed_registrations_number")),
    )
    op.create_index("ix_listed_registrations_listing_id", "listed_registrations", ["listing_id", "id"], unique=False)
    op.create_index(
        "ix_listed_registrations_organisation_id", "listed_registrations", ["organisation_id", "id"], unique=False
    )
    op.create_index(
        "uq_listed_registrations_live",
        "listed_registrations",
        ["listing_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("status = 'registered'"),
    )
    op.create_table(
        "listed_qualifications",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("listing_version", sa.Integer(), nullable=False),
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_person_id"], ["people.id"], name=op.f("fk_listed_qualifications_decided_by_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["listed_registrations.id"], name=op.f("fk_listed_qualifications_registration_id")
        ),
        sa.PrimaryKeyConstraint("registration_id", "listing_version", "judge", name=op.f("pk_listed_qualifications")),
    )
    op.create_table(
        "listed_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_person_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_listed_revisions_listing_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_person_id"], ["people.id"], name=op.f("fk_listed_revisions_proposed_by_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_revisions")),
    )
    op.create_index("ix_listed_revisions_listing_id", "listed_revisions", ["listing_id", "id"], unique=False)
    op.create_index(
        "uq_listed_revisions_proposed",
        "listed_revisions",
        ["listing_id"],
        unique=True,
        postgresql_where=sa.text("status = 'proposed'"),
    )
    op.alter_column("listings", "closes_on", existing_type=sa.Date(), nullable=True)
    make_append_only("deal_defaults")
    make_append_only("listed_qualifications")


def downgrade() -> None:
    """Drop the tables. Drafts without a closing day get the day they were made."""
    op.execute("UPDATE listings SET closes_on = created_at::date WHERE closes_on IS NULL")
    op.alter_column("listings", "closes_on", existing_type=sa.Date(), nullable=False)
    op.drop_table("listed_revisions")
    op.drop_table("listed_qualifications")
    op.drop_table("listed_registrations")
    op.drop_table("listed_sales")
    op.drop_table("listed_conditions")
    op.drop_table("deal_defaults")
