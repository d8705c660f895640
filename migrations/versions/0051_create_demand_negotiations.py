"""Which negotiations came from which response to a demand."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import make_append_only

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the append-only table."""
    op.create_table('demand_negotiations',
    sa.Column('negotiation_id', sa.Uuid(), nullable=False),
    sa.Column('response_id', sa.Uuid(), nullable=False),
    sa.Column('listing_id', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.ForeignKeyConstraint(['listing_id'], ['listings.id'], name=op.f('fk_demand_negotiations_listing_id')),
    sa.ForeignKeyConstraint(['negotiation_id'], ['negotiations.id'], name=op.f('fk_demand_negotiations_negotiation_id')),
    sa.ForeignKeyConstraint(['response_id'], ['demand_responses.id'], name=op.f('fk_demand_negotiations_response_id')),
    sa.PrimaryKeyConstraint('negotiation_id', name=op.f('pk_demand_negotiations'))
    )
    op.create_index('ix_demand_negotiations_response_id', 'demand_negotiations', ['response_id', 'negotiation_id'], unique=False)
    make_append_only("demand_negotiations")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("demand_negotiations")
