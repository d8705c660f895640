"""Challenges: partners and sealed bids, experts, scores, results on notice, objections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from app.core.history.records import Form
from migrations.append_only import make_append_only

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; what experts gave and what was published is never changed."""
    sealed = sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("demand_responses", sealed)
    op.execute("SET LOCAL TimeZone = 'UTC'")
    op.execute(Form("demand_responses", (("id", "uuid"),)).all_rows())
    op.create_table('challenges',
    sa.Column('demand_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('judging', sa.Integer(), nullable=False),
    sa.Column('winner_id', sa.Uuid(), nullable=True),
    sa.Column('notice_last_day', sa.Date(), nullable=True),
    sa.Column('notice_ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('awarded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('judging > 0', name=op.f('ck_challenges_judging')),
    sa.ForeignKeyConstraint(['demand_id'], ['demands.id'], name=op.f('fk_challenges_demand_id')),
    sa.ForeignKeyConstraint(['winner_id'], ['demand_responses.id'], name=op.f('fk_challenges_winner_id')),
    sa.PrimaryKeyConstraint('demand_id', name=op.f('pk_challenges'))
    )
    op.create_table('demand_response_partners',
    sa.Column('response_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_demand_response_partners_organisation_id')),
    sa.ForeignKeyConstraint(['response_id'], ['demand_responses.id'], name=op.f('fk_demand_response_partners_response_id')),
    sa.PrimaryKeyConstraint('response_id', 'organisation_id', name=op.f('pk_demand_response_partners'))
    )
    op.create_table('challenge_experts',
    sa.Column('demand_id', sa.Uuid(), nullable=False),
    sa.Column('judging', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('speciality', sa.Text(), nullable=False),
    sa.Column('appointed_by', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.ForeignKeyConstraint(['appointed_by'], ['people.id'], name=op.f('fk_challenge_experts_appointed_by')),
    sa.ForeignKeyConstraint(['demand_id'], ['challenges.demand_id'], name=op.f('fk_challenge_experts_demand_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_challenge_experts_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_challenge_experts_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_challenge_experts')),
    sa.UniqueConstraint('demand_id', 'judging', 'person_id', name=op.f('uq_challenge_experts_demand_id_judging_person_id'))
    )
    op.create_table('challenge_objections',
    sa.Column('demand_id', sa.Uuid(), nullable=False),
    sa.Column('judging', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('contact', sa.Text(), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('statement', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(outcome IS NULL) = (statement IS NULL)', name=op.f('ck_challenge_objections_decided')),
    sa.ForeignKeyConstraint(['demand_id'], ['challenges.demand_id'], name=op.f('fk_challenge_objections_demand_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_challenge_objections_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_challenge_objections_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_challenge_objections'))
    )
    op.create_index('ix_challenge_objections_demand_id', 'challenge_objections', ['demand_id', 'id'], unique=False)
    op.create_table('challenge_results',
    sa.Column('demand_id', sa.Uuid(), nullable=False),
    sa.Column('judging', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['demand_id'], ['challenges.demand_id'], name=op.f('fk_challenge_results_demand_id')),
    sa.PrimaryKeyConstraint('demand_id', 'judging', name=op.f('pk_challenge_results'))
    )
    op.create_table('challenge_scores',
    sa.Column('expert_id', sa.Uuid(), nullable=False),
    sa.Column('response_id', sa.Uuid(), nullable=False),
    sa.Column('points', postgresql.ARRAY(sa.Integer()), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.ForeignKeyConstraint(['expert_id'], ['challenge_experts.id'], name=op.f('fk_challenge_scores_expert_id')),
    sa.ForeignKeyConstraint(['response_id'], ['demand_responses.id'], name=op.f('fk_challenge_scores_response_id')),
    sa.PrimaryKeyConstraint('expert_id', 'response_id', name=op.f('pk_challenge_scores'))
    )
    make_append_only("challenge_experts")
    make_append_only("challenge_scores")
    make_append_only("challenge_results")


def downgrade() -> None:
    """Drop them."""
    op.drop_column("demand_responses", "sealed")
    op.drop_table("challenge_scores")
    op.drop_table("challenge_results")
    op.drop_table("challenge_objections")
    op.drop_table("challenge_experts")
    op.drop_table("demand_response_partners")
    op.drop_table("challenges")
