"""The yearly lists of dormant results, and what units say of each result."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table('dormant_lists',
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('years', sa.Integer(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('gathered_to', sa.Uuid(), nullable=True),
    sa.Column('check_ends_on', sa.Date(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dormant_lists')),
    sa.UniqueConstraint('year', name=op.f('uq_dormant_lists_year'))
    )
    op.create_index('ix_dormant_lists_status_year', 'dormant_lists', ['status', 'year'], unique=False)
    op.create_table('dormant_results',
    sa.Column('list_id', sa.Uuid(), nullable=False),
    sa.Column('result_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('technical_field', sa.Text(), nullable=False),
    sa.Column('shown', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('not_dormant', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['list_id'], ['dormant_lists.id'], name=op.f('fk_dormant_results_list_id')),
    sa.ForeignKeyConstraint(['result_id'], ['results.id'], name=op.f('fk_dormant_results_result_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_dormant_results_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dormant_results'))
    )
    op.create_index('uq_dormant_results_list_result', 'dormant_results', ['list_id', 'result_id'], unique=True)
    op.create_index('ix_dormant_results_list_id', 'dormant_results', ['list_id', 'id'], unique=False)
    op.create_index('ix_dormant_results_organisation_id', 'dormant_results', ['organisation_id', 'id'], unique=False)
    op.create_index('ix_dormant_results_result_id', 'dormant_results', ['result_id'], unique=False)
    op.create_index('ix_dormant_results_by_status', 'dormant_results', ['status', 'id'], unique=False)
    op.create_index('ix_dormant_results_by_field', 'dormant_results', ['technical_field', 'id'], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("dormant_results")
    op.drop_table("dormant_lists")
