"""Saved searches, and what each of them has found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables, and begin to tell with what changes from now on."""
    op.create_table('saved_searches',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('saved_by', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('searched_for', sa.Text(), nullable=False),
    sa.Column('search', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('form', sa.Text(), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('anchors', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('phrases', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('least', postgresql.ARRAY(sa.Numeric()), nullable=False),
    sa.Column('most', postgresql.ARRAY(sa.Numeric()), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_saved_searches_organisation_id')),
    sa.ForeignKeyConstraint(['saved_by'], ['people.id'], name=op.f('fk_saved_searches_saved_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_searches'))
    )
    op.create_index('ix_saved_searches_organisation_id', 'saved_searches', ['organisation_id', 'id'], unique=False)
    op.create_index('ix_saved_searches_anchors', 'saved_searches', ['anchors'], unique=False, postgresql_using='gin', postgresql_with={'fastupdate': 'off'})
    op.create_table('saved_search_matches',
    sa.Column('search_id', sa.Uuid(), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=False),
    sa.Column('matched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['search_id'], ['saved_searches.id'], name=op.f('fk_saved_search_matches_search_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search_matches'))
    )
    op.create_index('ix_saved_search_matches_search_id', 'saved_search_matches', ['search_id', 'id'], unique=False)
    op.create_index('uq_saved_search_matches_thing', 'saved_search_matches', ['search_id', 'thing_id'], unique=True)
    op.execute(
        "INSERT INTO search_feeds (engine, xid, seq, fed_at) "
        "SELECT 'alerts', pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0, techex_now()"
    )


def downgrade() -> None:
    """Drop them, and the place in the log."""
    op.drop_table("saved_search_matches")
    op.drop_table("saved_searches")
    op.execute("DELETE FROM search_feeds WHERE engine = 'alerts'")
