"""An event says in which roles its actor acted. Of events from before nobody knows: the roles may have changed since."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty; what was sealed keeps its form."""
    op.add_column("events", sa.Column("actor_roles", postgresql.ARRAY(sa.Text()), nullable=True))


def downgrade() -> None:
    """Drop the column; seals of version 3 no longer hold without it."""
    op.drop_column("events", "actor_roles")
