"""What was said of matches, and indexes for the public deals of a party in a field."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import make_append_only

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the append-only table, and three small indexes."""
    op.create_table('match_feedback',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subject_type', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.CheckConstraint("(said = 'declined') = (reason IS NOT NULL)", name=op.f('ck_match_feedback_declined')),
    sa.CheckConstraint("subject_type IN ('demand', 'listing')", name=op.f('ck_match_feedback_subject')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_match_feedback_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_match_feedback_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_feedback'))
    )
    op.create_index('uq_match_feedback_said', 'match_feedback', ['subject_id', 'kind', 'target_id', 'said'], unique=True)
    op.create_index('ix_match_feedback_declined', 'match_feedback', ['subject_id', 'id'], postgresql_where=sa.text("said = 'declined'"))
    make_append_only("match_feedback")
    op.create_index('ix_listings_sold_by_seller', 'listings', ['seller_id', 'technical_field'], postgresql_where=sa.text("status = 'sold'"))
    op.create_index('ix_listings_sold_by_agency', 'listings', ['agency_id', 'technical_field'], postgresql_where=sa.text("status = 'sold'"))
    op.create_index('ix_demands_met', 'demands', ['demander_id', 'technical_field'], postgresql_where=sa.text("status = 'met'"))


def downgrade() -> None:
    """Drop them."""
    op.drop_index('ix_demands_met', table_name='demands')
    op.drop_index('ix_listings_sold_by_agency', table_name='listings')
    op.drop_index('ix_listings_sold_by_seller', table_name='listings')
    op.drop_table('match_feedback')
