"""Exports of price dossiers; since when a deal's price is public, and its technical field."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import make_append_only

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COMPARABLE = (
    "price_public_at IS NOT NULL AND related_party IS NULL AND status IN ('agreed', 'contracted') "
    "AND price_basis IN ('fixed', 'fixed_and_contingent')"
)
# What stands in the database already, by the day of the delivered city: the field of what was sold, and published prices.
FIELDS = """
UPDATE deals SET technical_field = results.technical_field FROM results WHERE results.id = deals.result_id
"""
NOTICES = """
UPDATE deals SET price_public_at = n.published_at, price_source = 'notice', price_reference = n.number
FROM negotiations g JOIN notices n ON n.negotiation_id = g.id WHERE g.deal_id = deals.id
"""
SOURCES = """
UPDATE deals SET price_source = 'source', price_reference = source_url,
    price_public_at = CASE WHEN published_on IS NULL THEN agreed_at
                           ELSE greatest(agreed_at, published_on::timestamp AT TIME ZONE 'Asia/Shanghai') END
WHERE origin = 'recorded' AND source_url IS NOT NULL
"""


def upgrade() -> None:
    """Create the table, extend deals, and fill what is known."""
    op.create_table(
        "dossier_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_position", sa.BigInteger(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.Column("dossier_sha256", sa.Text(), nullable=False),
        sa.Column("pdf_sha256", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("bundle_sha256", sa.Text(), nullable=False),
        sa.Column("bundle_size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_dossier_exports_deal_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_dossier_exports_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_dossier_exports_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_exports")),
    )
    op.create_index("ix_dossier_exports_deal_id", "dossier_exports", ["deal_id", "id"], unique=False)
    make_append_only("dossier_exports")
    op.create_index("ix_negotiations_listing_id", "negotiations", ["listing_id", "id"], unique=False)
    op.create_index("ix_negotiations_deal_id", "negotiations", ["deal_id"], unique=False)
    op.add_column("deals", sa.Column("technical_field", sa.Text(), nullable=True))
    op.add_column("deals", sa.Column("price_public_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deals", sa.Column("price_source", sa.Text(), nullable=True))
    op.add_column("deals", sa.Column("price_reference", sa.Text(), nullable=True))
    for statement in (FIELDS, NOTICES, SOURCES):
        op.execute(statement)
    op.create_check_constraint(
        op.f("ck_deals_price_public"),
        "deals",
        "(price_public_at IS NULL) = (price_source IS NULL) AND (price_public_at IS NULL) = (price_reference IS NULL)",
    )
    op.create_index(
        "ix_deals_comparable",
        "deals",
        ["technical_field", "transfer_mode", "agreed_at", "id"],
        unique=False,
        postgresql_where=sa.text(COMPARABLE),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_index("ix_deals_comparable", table_name="deals", postgresql_where=sa.text(COMPARABLE))
    op.drop_constraint(op.f("ck_deals_price_public"), "deals", type_="check")
    for column in ("price_reference", "price_source", "price_public_at", "technical_field"):
        op.drop_column("deals", column)
    op.drop_index("ix_negotiations_deal_id", table_name="negotiations")
    op.drop_index("ix_negotiations_listing_id", table_name="negotiations")
    op.drop_table("dossier_exports")
