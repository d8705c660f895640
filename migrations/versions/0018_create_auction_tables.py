"""Auctions: the auction, its bidders, its log, the keys that signed, confirmations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.append_only import make_append_only

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table('auction_entries',
    sa.Column('auction_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('key_id', sa.Uuid(), nullable=True),
    sa.Column('idempotency_key', sa.Text(), nullable=True),
    sa.Column('request_hash', sa.LargeBinary(), nullable=True),
    sa.Column('secret', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('auction_id', 'seq', name=op.f('pk_auction_entries'))
    )
    op.create_index('uq_auction_entries_idempotency', 'auction_entries', ['auction_id', 'key_id', 'idempotency_key'], unique=True, postgresql_where=sa.text('idempotency_key IS NOT NULL'))
    op.create_table('exchange_keys',
    sa.Column('key_id', sa.Text(), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('first_used_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key_id', name=op.f('pk_exchange_keys'))
    )
    op.create_table('auctions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('listing_id', sa.Uuid(), nullable=False),
    sa.Column('listing_version', sa.Integer(), nullable=False),
    sa.Column('seller_id', sa.Uuid(), nullable=False),
    sa.Column('agency_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('form', sa.Text(), nullable=False),
    sa.Column('is_contest', sa.Boolean(), nullable=False),
    sa.Column('rights_abroad', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('conditions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('deposit_amount', sa.Numeric(precision=18, scale=2), nullable=False),
    sa.Column('viewing_from', sa.Date(), nullable=True),
    sa.Column('viewing_to', sa.Date(), nullable=True),
    sa.Column('reserve_secret', sa.LargeBinary(), nullable=True),
    sa.Column('reserve_commitment', sa.Text(), nullable=True),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shift', sa.Interval(), nullable=False),
    sa.Column('suspended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('price', sa.Numeric(precision=18, scale=2), nullable=True),
    sa.Column('leader', sa.Integer(), nullable=True),
    sa.Column('leader_secret', sa.LargeBinary(), nullable=True),
    sa.Column('accepted', sa.Integer(), nullable=False),
    sa.Column('last_seq', sa.BigInteger(), nullable=False),
    sa.Column('head', sa.LargeBinary(), nullable=False),
    sa.Column('ending', sa.Text(), nullable=True),
    sa.Column('winner', sa.Integer(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_held', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('deal_id', sa.Uuid(), nullable=True),
    sa.Column('offered_to', sa.Integer(), nullable=True),
    sa.Column('offer_ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint('deposit_amount > 0', name=op.f('ck_auctions_deposit_amount')),
    sa.CheckConstraint('price > 0', name=op.f('ck_auctions_price')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_auctions_deal_id')),
    sa.ForeignKeyConstraint(['listing_id'], ['listings.id'], name=op.f('fk_auctions_listing_id')),
    sa.ForeignKeyConstraint(['seller_id'], ['organisations.id'], name=op.f('fk_auctions_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_auctions')),
    sa.UniqueConstraint('number', name=op.f('uq_auctions_number'))
    )
    op.create_index('ix_auctions_listing_id', 'auctions', ['listing_id', 'id'], unique=False)
    op.create_index('ix_auctions_seller_id', 'auctions', ['seller_id', 'id'], unique=False)
    op.create_index('ix_auctions_status_id', 'auctions', ['status', 'id'], unique=False)
    op.create_index('uq_auctions_live_listing', 'auctions', ['listing_id'], unique=True, postgresql_where=sa.text("status IN ('proposed', 'announced', 'suspended')"))
    op.create_table('auction_bidders',
    sa.Column('auction_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('paddle', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('buyer_abroad', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('salt', sa.Text(), nullable=False),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('paddle BETWEEN 100 AND 9999', name=op.f('ck_auction_bidders_paddle')),
    sa.ForeignKeyConstraint(['auction_id'], ['auctions.id'], name=op.f('fk_auction_bidders_auction_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_auction_bidders_organisation_id')),
    sa.PrimaryKeyConstraint('auction_id', 'organisation_id', name=op.f('pk_auction_bidders'))
    )
    op.create_index('ix_auction_bidders_organisation_id', 'auction_bidders', ['organisation_id', 'auction_id'], unique=False)
    op.create_index('uq_auction_bidders_paddle', 'auction_bidders', ['auction_id', 'paddle'], unique=True)
    op.create_table('auction_confirmations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('auction_id', sa.Uuid(), nullable=False),
    sa.Column('deal_id', sa.Uuid(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('key_id', sa.Text(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['auction_id'], ['auctions.id'], name=op.f('fk_auction_confirmations_auction_id')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_auction_confirmations_deal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_auction_confirmations')),
    sa.UniqueConstraint('deal_id', name=op.f('uq_auction_confirmations_deal_id')),
    sa.UniqueConstraint('number', name=op.f('uq_auction_confirmations_number'))
    )
    op.create_index(op.f('ix_auction_confirmations_auction_id'), 'auction_confirmations', ['auction_id'], unique=False)
    op.create_table('auction_confirmation_signatures',
    sa.Column('confirmation_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['confirmation_id'], ['auction_confirmations.id'], name=op.f('fk_auction_confirmation_signatures_confirmation_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_auction_confirmation_signatures_organisation_id')),
    sa.PrimaryKeyConstraint('confirmation_id', 'organisation_id', name=op.f('pk_auction_confirmation_signatures'))
    )
    for table in ("auction_entries", "exchange_keys", "auction_confirmations", "auction_confirmation_signatures"):
        make_append_only(table)


def downgrade() -> None:
    """Drop them."""

    op.drop_table('auction_confirmation_signatures')
    op.drop_index(op.f('ix_auction_confirmations_auction_id'), table_name='auction_confirmations')
    op.drop_table('auction_confirmations')
    op.drop_index('uq_auction_bidders_paddle', table_name='auction_bidders')
    op.drop_index('ix_auction_bidders_organisation_id', table_name='auction_bidders')
    op.drop_table('auction_bidders')
    op.drop_index('uq_auctions_live_listing', table_name='auctions', postgresql_where=sa.text("status IN ('proposed', 'announced', 'suspended')"))
    op.drop_index('ix_auctions_status_id', table_name='auctions')
    op.drop_index('ix_auctions_seller_id', table_name='auctions')
    op.drop_index('ix_auctions_listing_id', table_name='auctions')
    op.drop_table('auctions')
    op.drop_table('exchange_keys')
    op.drop_index('uq_auction_entries_idempotency', table_name='auction_entries', postgresql_where=sa.text('idempotency_key IS NOT NULL'))
    op.drop_table('auction_entries')
