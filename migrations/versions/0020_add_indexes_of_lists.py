"""Indexes for what lists read: who sells, who holds a gate, what is of a listing, money and what it matches."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

UNMATCHED = sa.text("deposit_id IS NULL AND instruction_id IS NULL")


def upgrade() -> None:
    """Add them."""
    op.create_index("ix_listed_registrations_seller_id", "listed_registrations", ["seller_id", "id"])
    op.create_index("ix_gates_holder_person_id", "gates", ["holder_person_id", "id"])
    op.create_index("ix_gates_subject_id", "gates", ["subject_id", "id"])
    op.create_index("ix_purchase_offers_listing_id", "purchase_offers", ["listing_id", "id"])
    op.create_index("ix_deals_listing_id", "deals", ["listing_id", "id"])
    op.create_index("ix_bank_confirmations_unmatched", "bank_confirmations", ["id"], postgresql_where=UNMATCHED)
    for column in ("deposit_id", "instruction_id"):
        op.create_index(f"ix_bank_confirmations_{column}", "bank_confirmations", [column])


def downgrade() -> None:
    """Drop them."""
    for column in ("deposit_id", "instruction_id"):
        op.drop_index(f"ix_bank_confirmations_{column}", table_name="bank_confirmations")
    op.drop_index("ix_bank_confirmations_unmatched", table_name="bank_confirmations")
    op.drop_index("ix_deals_listing_id", table_name="deals")
    op.drop_index("ix_purchase_offers_listing_id", table_name="purchase_offers")
    op.drop_index("ix_gates_subject_id", table_name="gates")
    op.drop_index("ix_gates_holder_person_id", table_name="gates")
    op.drop_index("ix_listed_registrations_seller_id", table_name="listed_registrations")
