"""Negotiations with their offers, notices and objections; gates; what a deal says of its price."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.append_only import make_append_only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and extend deals."""
    op.create_table(
        "gates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("holder_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("holder_person_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_organisation_id"], ["organisations.id"], name=op.f("fk_gates_holder_organisation_id")
        ),
        sa.ForeignKeyConstraint(["holder_person_id"], ["people.id"], name=op.f("fk_gates_holder_person_id")),
        sa.ForeignKeyConstraint(["seller_id"], ["organisations.id"], name=op.f("fk_gates_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gates")),
        sa.UniqueConstraint(
            "subject_type", "subject_id", "kind", "key", name=op.f("uq_gates_subject_type_subject_id_kind_key")
        ),
    )
    op.create_index("ix_gates_holder_organisation_id", "gates", ["holder_organisation_id", "id"], unique=False)
    op.create_index("ix_gates_seller_id", "gates", ["seller_id", "id"], unique=False)
    op.create_table(
        "gate_closures",
        sa.Column("gate_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("closed_by_organisation_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_gate_closures_document_id")),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name=op.f("fk_gate_closures_gate_id")),
        sa.PrimaryKeyConstraint("gate_id", name=op.f("pk_gate_closures")),
    )
    op.create_table(
        "negotiations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("listing_version", sa.Integer(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_offer_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_negotiations_deal_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["organisations.id"], name=op.f("fk_negotiations_lead_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_negotiations_listing_id")),
        sa.ForeignKeyConstraint(["seller_id"], ["organisations.id"], name=op.f("fk_negotiations_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiations")),
        sa.UniqueConstraint("number", name=op.f("uq_negotiations_number")),
    )
    op.create_index("ix_negotiations_seller_id", "negotiations", ["seller_id", "id"], unique=False)
    op.create_index(
        "uq_negotiations_agreed",
        "negotiations",
        ["listing_id"],
        unique=True,
        postgresql_where=sa.text("status = 'agreed'"),
    )
    op.create_index(
        "uq_negotiations_live_lead",
        "negotiations",
        ["listing_id", "lead_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('open', 'agreed')"),
    )
    op.create_table(
        "negotiation_buyers",
        sa.Column("negotiation_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("share", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_negotiation_buyers_share")),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiations.id"], name=op.f("fk_negotiation_buyers_negotiation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_negotiation_buyers_organisation_id")
        ),
        sa.PrimaryKeyConstraint("negotiation_id", "organisation_id", name=op.f("pk_negotiation_buyers")),
    )
    op.create_index(
        "ix_negotiation_buyers_organisation_id",
        "negotiation_buyers",
        ["organisation_id", "negotiation_id"],
        unique=False,
    )
    op.create_table(
        "negotiation_offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("negotiation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("terms_sha256", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("price_basis", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_negotiation_offers_expiry")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_negotiation_offers_price")),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiations.id"], name=op.f("fk_negotiation_offers_negotiation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiation_offers")),
        sa.UniqueConstraint("negotiation_id", "number", name=op.f("uq_negotiation_offers_negotiation_id_number")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("negotiation_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > published_at", name=op.f("ck_notices_order")),
        sa.ForeignKeyConstraint(["negotiation_id"], ["negotiations.id"], name=op.f("fk_notices_negotiation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("negotiation_id", name=op.f("uq_notices_negotiation_id")),
        sa.UniqueConstraint("number", name=op.f("uq_notices_number")),
    )
    op.create_table(
        "notice_objections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_objections_notice_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_notice_objections_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notice_objections_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_objections")),
    )
    op.create_index("ix_notice_objections_notice_id", "notice_objections", ["notice_id", "id"], unique=False)
    op.create_table(
        "objection_decisions",
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_person_id"], ["people.id"], name=op.f("fk_objection_decisions_decided_by_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["notice_objections.id"], name=op.f("fk_objection_decisions_objection_id")
        ),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_objection_decisions")),
    )
    op.add_column("deals", sa.Column("price_basis", sa.Text(), server_default="fixed", nullable=False))
    op.add_column("deals", sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    make_append_only("gates")
    make_append_only("gate_closures")
    make_append_only("negotiation_buyers")
    make_append_only("negotiation_offers")
    make_append_only("notices")
    make_append_only("notice_objections")
    make_append_only("objection_decisions")


def downgrade() -> None:
    """Drop the tables, and what deals were extended by."""
    op.drop_column("deals", "terms")
    op.drop_column("deals", "price_basis")
    op.drop_table("objection_decisions")
    op.drop_index("ix_notice_objections_notice_id", table_name="notice_objections")
    op.drop_table("notice_objections")
    op.drop_table("notices")
    op.drop_table("negotiation_offers")
    op.drop_index("ix_negotiation_buyers_organisation_id", table_name="negotiation_buyers")
    op.drop_table("negotiation_buyers")
    op.drop_index(
        "uq_negotiations_live_lead", table_name="negotiations", postgresql_where=sa.text("status IN ('open', 'agreed')")
    )
    op.drop_index("uq_negotiations_agreed", table_name="negotiations", postgresql_where=sa.text("status = 'agreed'"))
    op.drop_index("ix_negotiations_seller_id", table_name="negotiations")
    op.drop_table("negotiations")
    op.drop_table("gate_closures")
    op.drop_index("ix_gates_seller_id", table_name="gates")
    op.drop_index("ix_gates_holder_organisation_id", table_name="gates")
    op.drop_table("gates")
