"""What a key did is found without reading the whole log: its events, and its bids."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KNOWN = {"events": sa.text("actor_key_id IS NOT NULL"), "auction_entries": sa.text("key_id IS NOT NULL")}


def upgrade() -> None:
    """Add the two indexes."""
    columns = ["actor_key_id", "xid", "seq"]
    op.create_index("ix_events_actor_key_id_xid", "events", columns, postgresql_where=KNOWN["events"])
    where = KNOWN["auction_entries"]
    op.create_index("ix_auction_entries_key_id", "auction_entries", ["key_id"], postgresql_where=where)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_auction_entries_key_id", table_name="auction_entries")
    op.drop_index("ix_events_actor_key_id_xid", table_name="events")
