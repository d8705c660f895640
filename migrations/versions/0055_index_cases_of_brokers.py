"""A broker's own contracts are found by an index."""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the brokers of contracts."""
    op.create_index("ix_contract_brokers_broker_id", "contract_brokers", ["broker_id"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_contract_brokers_broker_id", table_name="contract_brokers")
