"""Demands, what was published of them, and the responses to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from migrations.append_only import make_append_only

revision = "0050"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; what was published is never changed."""
    op.create_table('demands',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('demander_id', sa.Uuid(), nullable=False),
    sa.Column('form', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('closure_reason', sa.Text(), nullable=True),
    sa.Column('closure_note', sa.Text(), nullable=True),
    sa.Column('check_status', sa.Text(), nullable=False),
    sa.Column('check_reason', sa.Text(), nullable=True),
    sa.Column('check_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_checked_by', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('technical_field', sa.Text(), nullable=True),
    sa.Column('industry_code', sa.Text(), nullable=True),
    sa.Column('solutions', postgresql.ARRAY(sa.Text()), nullable=True),
    sa.Column('budget', sa.Numeric(precision=18, scale=2), nullable=True),
    sa.Column('name_hidden', sa.Boolean(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.ForeignKeyConstraint(['demander_id'], ['organisations.id'], name=op.f('fk_demands_demander_id')),
    sa.ForeignKeyConstraint(['first_checked_by'], ['people.id'], name=op.f('fk_demands_first_checked_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_demands')),
    sa.UniqueConstraint('number', name=op.f('uq_demands_number'))
    )
    op.create_index('ix_demands_check_status', 'demands', ['check_status', 'id'], unique=False)
    op.create_index('ix_demands_demander_id', 'demands', ['demander_id', 'id'], unique=False)
    op.create_index('ix_demands_status_budget', 'demands', ['status', 'budget', 'id'], unique=False, postgresql_where=sa.text('budget IS NOT NULL'))
    op.create_index('ix_demands_status_closes_at', 'demands', ['status', 'closes_at', 'id'], unique=False, postgresql_where=sa.text('version > 0'))
    op.create_index('ix_demands_status_published_at', 'demands', ['status', 'published_at', 'id'], unique=False, postgresql_where=sa.text('version > 0'))
    op.create_index('ix_demands_technical_field', 'demands', ['technical_field', 'status', 'published_at', 'id'], unique=False, postgresql_where=sa.text('version > 0'))
    op.create_table('demand_responses',
    sa.Column('demand_id', sa.Uuid(), nullable=False),
    sa.Column('demand_version', sa.Integer(), nullable=False),
    sa.Column('demander_id', sa.Uuid(), nullable=False),
    sa.Column('responder_id', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.Text(), nullable=False),
    sa.Column('proposal', sa.Text(), nullable=False),
    sa.Column('transfer_mode', sa.Text(), nullable=False),
    sa.Column('price', sa.Numeric(precision=18, scale=2), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('decline_reason', sa.Text(), nullable=True),
    sa.Column('status_note', sa.Text(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'declined') = (decline_reason IS NOT NULL)", name=op.f('ck_demand_responses_declined')),
    sa.CheckConstraint('price > 0', name=op.f('ck_demand_responses_price')),
    sa.ForeignKeyConstraint(['demand_id'], ['demands.id'], name=op.f('fk_demand_responses_demand_id')),
    sa.ForeignKeyConstraint(['demander_id'], ['organisations.id'], name=op.f('fk_demand_responses_demander_id')),
    sa.ForeignKeyConstraint(['responder_id'], ['organisations.id'], name=op.f('fk_demand_responses_responder_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_demand_responses')),
    sa.UniqueConstraint('number', name=op.f('uq_demand_responses_number'))
    )
    op.create_index('ix_demand_responses_demand_id', 'demand_responses', ['demand_id', 'id'], unique=False)
    op.create_index('ix_demand_responses_demander_id', 'demand_responses', ['demander_id', 'id'], unique=False)
    op.create_index('ix_demand_responses_responder_id', 'demand_responses', ['responder_id', 'id'], unique=False)
    op.create_index('uq_demand_responses_agreed', 'demand_responses', ['demand_id'], unique=True, postgresql_where=sa.text("status IN ('agreed', 'fulfilled')"))
    op.create_index('uq_demand_responses_open', 'demand_responses', ['demand_id', 'responder_id'], unique=True, postgresql_where=sa.text("status IN ('sent', 'shortlisted', 'agreed')"))
    op.create_table('demand_versions',
    sa.Column('demand_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('card', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_checked_by', sa.Uuid(), nullable=False),
    sa.Column('second_checked_by', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['demand_id'], ['demands.id'], name=op.f('fk_demand_versions_demand_id')),
    sa.ForeignKeyConstraint(['first_checked_by'], ['people.id'], name=op.f('fk_demand_versions_first_checked_by')),
    sa.ForeignKeyConstraint(['second_checked_by'], ['people.id'], name=op.f('fk_demand_versions_second_checked_by')),
    sa.PrimaryKeyConstraint('demand_id', 'version', name=op.f('pk_demand_versions'))
    )
    op.create_table('demand_response_results',
    sa.Column('response_id', sa.Uuid(), nullable=False),
    sa.Column('result_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['response_id'], ['demand_responses.id'], name=op.f('fk_demand_response_results_response_id')),
    sa.ForeignKeyConstraint(['result_id'], ['results.id'], name=op.f('fk_demand_response_results_result_id')),
    sa.PrimaryKeyConstraint('response_id', 'result_id', name=op.f('pk_demand_response_results'))
    )
    make_append_only("demand_versions")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("demand_response_results")
    op.drop_table("demand_versions")
    op.drop_table("demand_responses")
    op.drop_table("demands")
