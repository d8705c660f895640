"""Each IP asset once, in whichever result it stands: its numbers, what happened to it, and what was granted in it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.history.records import Form
from migrations.append_only import make_append_only

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

# The family of a number: a patent and its application are one right.
FAMILY = "CASE WHEN a.type IN ('patent', 'patent_application') THEN 'patent' ELSE a.type END"
# What results state of rights with numbers. A statement with two numbers joins both; whatever is joined is one right,
# which bears the id of its earliest statement.
LINKED = f"""
    CREATE TEMPORARY TABLE stated ON COMMIT DROP AS
    SELECT a.id, a.type, k.key, min(a.id::text) OVER (PARTITION BY k.key) AS first
    FROM ip_assets a CROSS JOIN LATERAL (
        SELECT {FAMILY} || ':' || techex_patent(n) AS key FROM unnest(ARRAY[a.application_number, a.grant_number]) n
        WHERE n IS NOT NULL
    ) k
"""
JOINED = """
    UPDATE stated s SET first = o.first
    FROM (SELECT id, min(first) AS first FROM stated GROUP BY id) o WHERE o.id = s.id AND o.first < s.first
"""
SPREAD = """
    UPDATE stated s SET first = o.first
    FROM (SELECT key, min(first) AS first FROM stated GROUP BY key) o WHERE o.key = s.key AND o.first < s.first
"""


def upgrade() -> None:
    """Create the tables, make a right of each number and of each asset without one, and link what results state."""
    op.create_table('assets',
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assets'))
    )
    op.create_index('ix_assets_type', 'assets', ['type', 'id'])
    op.create_table('asset_numbers',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['asset_id'], ['assets.id'], name=op.f('fk_asset_numbers_asset_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_asset_numbers'))
    )
    op.create_index('ix_asset_numbers_asset_id', 'asset_numbers', ['asset_id'])
    op.create_table('asset_events',
    sa.Column('asset_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=True),
    sa.Column('about_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.CheckConstraint("(kind IN ('pledge_released', 'licence_ended', 'correction')) = (about_id IS NOT NULL)", name=op.f('ck_asset_events_about')),
    sa.ForeignKeyConstraint(['asset_id'], ['assets.id'], name=op.f('fk_asset_events_asset_id')),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_asset_events_document_id')),
    sa.ForeignKeyConstraint(['about_id'], ['asset_events.id'], name=op.f('fk_asset_events_about_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['organisations.id'], name=op.f('fk_asset_events_recorded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asset_events'))
    )
    op.create_index('ix_asset_events_asset_id', 'asset_events', ['asset_id', 'id'])
    op.create_index('uq_asset_events_about_id', 'asset_events', ['about_id'], unique=True, postgresql_where=sa.text("kind = 'correction'"))
    make_append_only("asset_events")
    op.create_table('asset_grants',
    sa.Column('asset_id', sa.Uuid(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=True),
    sa.Column('deal_id', sa.Uuid(), nullable=True),
    sa.Column('event_id', sa.Uuid(), nullable=True),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('grantor_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('grantee_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('holder', sa.Text(), nullable=True),
    sa.Column('field_of_use', sa.Text(), nullable=True),
    sa.Column('territory', sa.Text(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('sublicensing', sa.Boolean(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_because', sa.Text(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('techex_now()'), nullable=False),
    sa.CheckConstraint("(origin = 'contract') = (contract_id IS NOT NULL)", name=op.f('ck_asset_grants_contract')),
    sa.CheckConstraint("(origin = 'elsewhere') = (event_id IS NOT NULL)", name=op.f('ck_asset_grants_event')),
    sa.CheckConstraint("(ended_on IS NULL) = (ended_because IS NULL)", name=op.f('ck_asset_grants_ended')),
    sa.ForeignKeyConstraint(['asset_id'], ['assets.id'], name=op.f('fk_asset_grants_asset_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contracts.id'], name=op.f('fk_asset_grants_contract_id')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_asset_grants_deal_id')),
    sa.ForeignKeyConstraint(['event_id'], ['asset_events.id'], name=op.f('fk_asset_grants_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asset_grants'))
    )
    op.create_index('ix_asset_grants_asset_id', 'asset_grants', ['asset_id', 'id'])
    op.create_index('ix_asset_grants_contract_id', 'asset_grants', ['contract_id', 'asset_id'])
    op.create_index('ix_asset_grants_event_id', 'asset_grants', ['event_id'])
    op.add_column("listings", sa.Column("field_of_use", sa.Text(), nullable=True))
    op.add_column("ip_assets", sa.Column("asset_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_ip_assets_asset_id", "ip_assets", "assets", ["asset_id"], ["id"])
    _link()
    op.create_index("ix_ip_assets_asset_id", "ip_assets", ["asset_id"])
    op.execute(Form("assets", (("id", "uuid"),)).all_rows())
    op.execute(Form("asset_numbers", (("key", "text"),)).all_rows())


def _link() -> None:
    connection = op.get_bind()
    connection.execute(sa.text(LINKED))
    while connection.execute(sa.text(JOINED)).rowcount + connection.execute(sa.text(SPREAD)).rowcount:
        pass
    for statement in (
        # Granted where any statement says so; without a number each statement is a right of its own.
        "INSERT INTO assets (id, type) SELECT first::uuid, min(type) FROM stated GROUP BY first",
        "INSERT INTO assets (id, type) SELECT id, type FROM ip_assets "
        "WHERE application_number IS NULL AND grant_number IS NULL",
        "INSERT INTO asset_numbers (key, asset_id) SELECT DISTINCT key, first::uuid FROM stated",
        "UPDATE ip_assets a SET asset_id = s.first::uuid FROM stated s WHERE s.id = a.id",
        "UPDATE ip_assets SET asset_id = id WHERE application_number IS NULL AND grant_number IS NULL",
    ):
        connection.execute(sa.text(statement))


def downgrade() -> None:
    """Drop them: each result goes on with what it states."""
    op.drop_column("listings", "field_of_use")
    op.drop_index("ix_ip_assets_asset_id", "ip_assets")
    op.drop_constraint("fk_ip_assets_asset_id", "ip_assets", type_="foreignkey")
    op.drop_column("ip_assets", "asset_id")
    for table in ("asset_grants", "asset_events", "asset_numbers", "assets"):
        op.drop_table(table)
