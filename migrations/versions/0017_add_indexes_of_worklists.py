"""Indexes for what is read in order: due deadlines, an agency's listings, the operator's desk."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PENDING = sa.text("settled_at IS NULL")


def upgrade() -> None:
    """Add the identifier to the order of due deadlines, and index the two lists of listings."""
    op.drop_index("ix_deadlines_due", table_name="deadlines")
    op.create_index("ix_deadlines_due", "deadlines", ["next_attempt_at", "id"], postgresql_where=PENDING)
    op.create_index("ix_listings_agency_id", "listings", ["agency_id", "id"])
    op.create_index("ix_listings_status", "listings", ["status", "id"])


def downgrade() -> None:
    """Drop them, and restore the former order of due deadlines."""
    op.drop_index("ix_listings_status", table_name="listings")
    op.drop_index("ix_listings_agency_id", table_name="listings")
    op.drop_index("ix_deadlines_due", table_name="deadlines")
    op.create_index("ix_deadlines_due", "deadlines", ["next_attempt_at"], postgresql_where=PENDING)
