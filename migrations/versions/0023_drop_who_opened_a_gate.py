"""Who opened a gate is in its event `gate.opened`, sealed; the column beside it said the same."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the column that nobody read."""
    op.drop_column("gates", "opened_by_person_id")


def downgrade() -> None:
    """Put it back, filled from the events."""
    op.add_column("gates", sa.Column("opened_by_person_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE gates SET opened_by_person_id = events.actor_person_id FROM events"
        " WHERE events.type = 'gate.opened' AND events.subject_id = gates.id"
    )
