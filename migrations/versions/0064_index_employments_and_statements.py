"""The employments of a page of brokers, and the statements of a role, are found by an index."""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index both."""
    op.create_index("ix_employments_broker_id", "employments", ["broker_id"])
    op.create_index("ix_award_statements_role", "award_statements", ["role", "id"])


def downgrade() -> None:
    """Without the indexes."""
    op.drop_index("ix_award_statements_role", "award_statements")
    op.drop_index("ix_employments_broker_id", "employments")
