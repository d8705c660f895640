"""The industry map: chains and their versions, and what is placed on the links of a version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.append_only import make_append_only

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; versions are append-only."""
    op.create_table('industry_chains',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('link_count', sa.Integer(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('status_reason', sa.Text(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_industry_chains')),
    sa.UniqueConstraint('code', name=op.f('uq_industry_chains_code'))
    )
    op.create_index('ix_industry_chains_status', 'industry_chains', ['status', 'code'], unique=False)
    op.create_table('industry_chain_versions',
    sa.Column('chain_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['chain_id'], ['industry_chains.id'], name=op.f('fk_industry_chain_versions_chain_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_industry_chain_versions'))
    )
    op.create_index('uq_industry_chain_versions_version', 'industry_chain_versions', ['chain_id', 'version'], unique=True)
    op.create_table('industry_maps',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('chain_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('placed_to', sa.Uuid(), nullable=True),
    sa.Column('looked_at', sa.Integer(), nullable=False),
    sa.Column('public', sa.Integer(), nullable=True),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['chain_id'], ['industry_chains.id'], name=op.f('fk_industry_maps_chain_id')),
    sa.ForeignKeyConstraint(['version_id'], ['industry_chain_versions.id'], name=op.f('fk_industry_maps_version_id')),
    sa.PrimaryKeyConstraint('version_id', name=op.f('pk_industry_maps'))
    )
    op.create_index('ix_industry_maps_chain_id', 'industry_maps', ['chain_id'], unique=False)
    op.create_index('uq_industry_maps_placed', 'industry_maps', ['chain_id'], unique=True, postgresql_where=sa.text("state = 'placed'"))
    op.create_table('industry_placements',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('parts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('agency_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['version_id'], ['industry_chain_versions.id'], name=op.f('fk_industry_placements_version_id')),
    sa.PrimaryKeyConstraint('version_id', 'link', 'kind', 'subject_id', name=op.f('pk_industry_placements'))
    )
    op.create_index('ix_industry_placements_subject_id', 'industry_placements', ['subject_id', 'version_id'], unique=False)
    op.create_table('industry_parties',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('listings', sa.Integer(), nullable=False),
    sa.Column('demands', sa.Integer(), nullable=False),
    sa.Column('open', sa.Integer(), nullable=False),
    sa.Column('shown', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['subject_id'], ['organisations.id'], name=op.f('fk_industry_parties_subject_id')),
    sa.ForeignKeyConstraint(['version_id'], ['industry_chain_versions.id'], name=op.f('fk_industry_parties_version_id')),
    sa.PrimaryKeyConstraint('version_id', 'link', 'kind', 'subject_id', name=op.f('pk_industry_parties'))
    )
    op.create_index('ix_industry_parties_shown', 'industry_parties', ['version_id', 'link', 'kind', 'subject_id'], unique=False, postgresql_where=sa.text('shown'))
    op.create_index('ix_industry_parties_subject_id', 'industry_parties', ['subject_id', 'version_id'], unique=False)
    op.create_table('industry_counts',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('open', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['industry_chain_versions.id'], name=op.f('fk_industry_counts_version_id')),
    sa.PrimaryKeyConstraint('version_id', 'link', 'kind', name=op.f('pk_industry_counts'))
    )
    make_append_only("industry_chain_versions")


def downgrade() -> None:
    """Drop them."""
    for table in (
        "industry_counts",
        "industry_parties",
        "industry_placements",
        "industry_maps",
        "industry_chain_versions",
        "industry_chains",
    ):
        op.drop_table(table)
