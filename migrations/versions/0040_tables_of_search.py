"""Tables of search: two a kind of document, one searched and one filled next; and how far the feed has come."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0051"
branch_labels = None
depends_on = None

NAMES = ("agencies", "brokers", "deals", "demands", "listings", "results")
TABLE = """
    CREATE TABLE search.{name} (
        id uuid PRIMARY KEY,
        newest numeric NOT NULL,
        digest text NOT NULL,
        words tsvector NOT NULL,
        facets text[] NOT NULL,
        n1 numeric, n2 numeric, n3 numeric, n4 numeric, n5 numeric, n6 numeric
    )
"""


def upgrade() -> None:
    """Create them in a schema of their own: they are not part of the state, and can be filled anew at any time."""
    op.execute("CREATE SCHEMA search")
    op.execute(
        "CREATE TABLE search.indexes (name text PRIMARY KEY, slot text NOT NULL CHECK (slot IN ('a', 'b')), "
        "settings text, next_settings text)"
    )
    for name in NAMES:
        for slot in ("a", "b"):
            table = f"{name}_{slot}"
            op.execute(TABLE.format(name=table))
            op.execute(f"CREATE TABLE search.{table}_texts (id uuid PRIMARY KEY, texts text[] NOT NULL)")
            # A write goes into a short list first: 13 s instead of 43 s for 100 000 documents.
            op.execute(f"CREATE INDEX ix_{table}_words ON search.{table} USING gin (words) WITH (fastupdate = on)")
            # Of a frequent word the newest are read, of a rare one all: the planner has to know which is which.
            op.execute(f"ALTER TABLE search.{table} ALTER words SET STATISTICS 500")
            op.execute(f"CREATE INDEX ix_{table}_newest ON search.{table} (newest DESC, id DESC)")
    op.create_table(
        "search_feeds",
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("fed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("engine", name=op.f("pk_search_feeds")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("search_feeds")
    op.execute("DROP SCHEMA search CASCADE")
