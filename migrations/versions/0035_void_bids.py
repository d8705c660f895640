"""Bids made with a stolen key or by a suspended organisation are voided by two operators."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of such decisions. The auction's log has what comes of them."""
    op.create_table(
        "bid_voidings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("auction_id", sa.Uuid(), nullable=False),
        sa.Column("paddle", sa.Integer(), nullable=False),
        sa.Column("seqs", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_seq", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("confirmed_by <> asked_by", name=op.f("ck_bid_voidings_two")),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (entry_seq IS NULL)", name=op.f("ck_bid_voidings_confirmed_entry")
        ),
        sa.ForeignKeyConstraint(["auction_id"], ["auctions.id"], name=op.f("fk_bid_voidings_auction_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_bid_voidings_asked_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.id"], name=op.f("fk_bid_voidings_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_voidings")),
    )
    op.create_index("ix_bid_voidings_auction_id", "bid_voidings", ["auction_id", "id"])


def downgrade() -> None:
    """Drop it; entries of a log that void bids stay, and the release before cannot replay them."""
    op.drop_table("bid_voidings")
