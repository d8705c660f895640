"""Every row that there is gets its first record: from now on the audit chain says what each row says."""

import sqlalchemy as sa
from alembic import op

from app.core.history.records import Form

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

UNRECORDED = frozenset({
    "alembic_version", "audit_seals", "auction_entries", "counters", "deadlines", "events", "exchange_keys",
    "idempotency_answers", "sandbox_clock",
})  # fmt: skip
PRIVATE = {
    "auction_bidders": ("salt",), "brokers": ("certificate_number",), "documents": ("filename",),
    "notice_objections": ("contact",), "people": ("name",), "result_completers": ("name",),
}  # fmt: skip
LEFT_OUT = {
    "api_keys": ("last_used_at",),
    "auctions": ("price", "leader", "leader_secret", "accepted", "ends_at", "last_seq", "head"),
}


def upgrade() -> None:
    """Append a record for each row, in UTC, as the exchange writes them. What was altered before is not found by it."""
    op.execute("SET LOCAL TimeZone = 'UTC'")
    inspector = sa.inspect(op.get_bind())
    for table in sorted(set(inspector.get_table_names()) - UNRECORDED):
        keys = tuple((name, "") for name in inspector.get_pk_constraint(table)["constrained_columns"])
        op.execute(Form(table, keys, PRIVATE.get(table, ()), LEFT_OUT.get(table, ())).all_rows())


def downgrade() -> None:
    """Nothing: the log is append-only, and the release before reads records as events of an unknown type."""
