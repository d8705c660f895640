"""The core: clock, counters, calendar, idempotency, deadlines, the event log and its audit seals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.append_only import make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.execute("SET LOCAL check_function_bodies = off")  # its table comes below
    op.execute(
        """
        CREATE FUNCTION techex_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS
        $$ SELECT clock_timestamp() + coalesce((SELECT moved FROM sandbox_clock), interval '0') $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
    )
    op.create_table(
        "calendar_overrides",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_overrides")),
    )
    op.create_table(
        "counters",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_counters")),
    )
    op.create_table(
        "deadlines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
    )
    op.create_index(
        "ix_deadlines_due",
        "deadlines",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "uq_deadlines_pending",
        "deadlines",
        ["kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "xid", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text::bigint)"), nullable=False
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("audiences", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor_person_id", sa.Uuid(), nullable=True),
        sa.Column("actor_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("actor_key_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("id", name=op.f("uq_events_id")),
    )
    op.create_index("ix_events_subject_id_seq", "events", ["subject_id", "seq"], unique=False)
    op.create_index("ix_events_xid_seq", "events", ["xid", "seq"], unique=False)
    op.create_table(
        "idempotency_answers",
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.PrimaryKeyConstraint("principal_id", "key", name=op.f("pk_idempotency_answers")),
    )
    op.create_index("ix_idempotency_answers_created_at", "idempotency_answers", ["created_at"], unique=False)
    op.create_table(
        "sandbox_clock",
        sa.Column("only_row", sa.Boolean(), nullable=False),
        sa.Column("moved", sa.Interval(), nullable=False),
        sa.CheckConstraint("moved >= interval '0'", name=op.f("ck_sandbox_clock_forward")),
        sa.CheckConstraint("only_row", name=op.f("ck_sandbox_clock_one_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_sandbox_clock")),
    )
    op.create_table(
        "audit_seals",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event_seq"], ["events.seq"], name=op.f("fk_audit_seals_event_seq")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("event_seq", name=op.f("uq_audit_seals_event_seq")),
    )
    make_append_only("events")
    make_append_only("audit_seals")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("audit_seals")
    op.drop_table("sandbox_clock")
    op.drop_index("ix_idempotency_answers_created_at", table_name="idempotency_answers")
    op.drop_table("idempotency_answers")
    op.drop_index("ix_events_xid_seq", table_name="events")
    op.drop_index("ix_events_subject_id_seq", table_name="events")
    op.drop_table("events")
    op.drop_index("uq_deadlines_pending", table_name="deadlines", postgresql_where=sa.text("settled_at IS NULL"))
    op.drop_index("ix_deadlines_due", table_name="deadlines", postgresql_where=sa.text("settled_at IS NULL"))
    op.drop_table("deadlines")
    op.drop_table("counters")
    op.drop_table("calendar_overrides")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP FUNCTION techex_now()")
