"""Each engine of search is true for a day: what a day alone changes is brought to it when the next one begins."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the day; of an engine that was fed before, nobody knows it, and all that ever began or ended is looked at."""
    op.add_column("search_feeds", sa.Column("day", sa.Date(), nullable=False, server_default="2000-01-01"))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("search_feeds", "day")
