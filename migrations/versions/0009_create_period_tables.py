"""Periods; calendar overrides become a history that is only added to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.append_only import make_append_only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give each override a place in the history, and create the periods."""
    op.drop_constraint("pk_calendar_overrides", "calendar_overrides", type_="primary")
    op.add_column("calendar_overrides", sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.add_column(
        "calendar_overrides", sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)
    )
    op.alter_column("calendar_overrides", "id", server_default=None)
    op.add_column(
        "calendar_overrides",
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
    )
    op.alter_column("calendar_overrides", "is_working", nullable=True)
    op.create_primary_key("pk_calendar_overrides", "calendar_overrides", ["seq"])
    op.create_unique_constraint("uq_calendar_overrides_id", "calendar_overrides", ["id"])
    op.create_index("ix_calendar_overrides_day_seq", "calendar_overrides", ["day", "seq"], unique=False)
    make_append_only("calendar_overrides")
    op.create_table(
        "periods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("elapsed", sa.Integer(), nullable=False),
        sa.Column("least_remaining", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("parameter", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("deadline_kind", sa.Text(), nullable=True),
        sa.Column("audiences", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("calendar_seq", sa.BigInteger(), nullable=False),
        sa.Column("announced_year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.CheckConstraint("count > 0 AND elapsed >= 0 AND least_remaining >= 0", name=op.f("ck_periods_counts")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_periods_order")),
        sa.CheckConstraint(
            "(status = 'open') = (stopped_on IS NULL) AND (status = 'open') = (reason IS NULL)",
            name=op.f("ck_periods_stopped"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_periods")),
    )
    op.create_index("ix_periods_subject_id_id", "periods", ["subject_id", "id"], unique=False)
    op.create_index(
        "ix_periods_recomputed",
        "periods",
        ["ends_on", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open' AND unit = 'working'"),
    )
    op.create_index(
        "uq_periods_current",
        "periods",
        ["subject_type", "subject_id", "rule"],
        unique=True,
        postgresql_where=sa.text("status IN ('open', 'suspended')"),
    )


def downgrade() -> None:
    """Drop the periods; of each day's overrides keep the one in force."""
    op.drop_index("uq_periods_current", table_name="periods")
    op.drop_index("ix_periods_recomputed", table_name="periods")
    op.drop_index("ix_periods_subject_id_id", table_name="periods")
    op.drop_table("periods")
    op.execute("DROP TRIGGER calendar_overrides_append_only ON calendar_overrides")
    op.execute("DROP TRIGGER calendar_overrides_never_emptied ON calendar_overrides")
    op.execute(
        "DELETE FROM calendar_overrides o WHERE is_working IS NULL "
        "OR EXISTS (SELECT FROM calendar_overrides later WHERE later.day = o.day AND later.seq > o.seq)"
    )
    op.drop_index("ix_calendar_overrides_day_seq", table_name="calendar_overrides")
    op.drop_constraint("uq_calendar_overrides_id", "calendar_overrides", type_="unique")
    op.drop_constraint("pk_calendar_overrides", "calendar_overrides", type_="primary")
    op.drop_column("calendar_overrides", "recorded_at")
    op.drop_column("calendar_overrides", "id")
    op.drop_column("calendar_overrides", "seq")
    op.alter_column("calendar_overrides", "is_working", nullable=False)
    op.create_primary_key("pk_calendar_overrides", "calendar_overrides", ["day"])
