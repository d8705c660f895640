"""Organisations that look like one are found by indexes over the core of a name and over the organisation code."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.history.records import Form

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

# A name without punctuation and without the legal form at its end, of which at least two characters stay. It stays
# strict in its argument, so that PostgreSQL puts it inline. The schema is named: an index is built without a search path.
CORE = r"""
    CREATE FUNCTION techex_core_name(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT regexp_replace(
            regexp_replace(public.techex_folded(value), '[][(){}<>〈〉《》「」“”"''`.,;:!?·•・‧、。&+/_—–-]', '', 'g'),
            '^(.{2,}?)(集团|(股份)?有限(责任)?公司|股份公司|公司|(有限|普通)合伙|coltd|ltd|limited|inc|llc|corporation|corp)+$',
            '\1')
    $$
"""
# What stands there is paired once, by the likenesses of `app/identity/duplicates`. The ids are in the order of time.
FOUND = """
    INSERT INTO organisation_duplicates (id, first_id, second_id, likenesses)
    SELECT overlay(replace(gen_random_uuid()::text, '-', '') PLACING
             lpad(to_hex((extract(epoch FROM techex_now()) * 1000)::bigint), 12, '0') || '7' FROM 1 FOR 13)::uuid,
           least(one, other), greatest(one, other), array_agg(DISTINCT likeness ORDER BY likeness)
    FROM (
        SELECT a.id AS one, b.id AS other, 'name' AS likeness
        FROM organisations a JOIN organisations b ON techex_core_name(a.name) = techex_core_name(b.name)
        WHERE a.id < b.id AND (a.uscc IS NULL OR b.uscc IS NULL)
        UNION ALL
        SELECT a.id, b.id, 'former_name'
        FROM organisation_former_names f JOIN organisations a ON a.id = f.organisation_id
            JOIN organisations b ON techex_core_name(b.name) = techex_core_name(f.name)
        WHERE a.id <> b.id AND (a.uscc IS NULL OR b.uscc IS NULL)
        UNION ALL
        SELECT a.id, b.id, 'former_name'
        FROM organisation_former_names f JOIN organisation_former_names g
                ON techex_core_name(g.name) = techex_core_name(f.name)
            JOIN organisations a ON a.id = f.organisation_id JOIN organisations b ON b.id = g.organisation_id
        WHERE a.id < b.id AND (a.uscc IS NULL OR b.uscc IS NULL)
        UNION ALL
        SELECT a.id, b.id, 'organisation_code'
        FROM organisations a JOIN organisations b ON substr(a.uscc, 9, 9) = substr(b.uscc, 9, 9)
        WHERE a.id < b.id
    ) found GROUP BY 2, 3
"""


def upgrade() -> None:
    """Create the function, its indexes and the table, and look once."""
    op.execute(CORE)
    for table in ("organisations", "organisation_former_names"):
        op.create_index(f"ix_{table}_core_name", table, [sa.text("techex_core_name(name)")])
    op.create_index("ix_organisations_organisation_code", "organisations", [sa.text("substr(uscc, 9, 9)")])
    op.create_table(
        "organisation_duplicates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("likenesses", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("kept_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_organisation_duplicates_order")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (finding IS NULL)", name=op.f("ck_organisation_duplicates_decided")
        ),
        sa.CheckConstraint(
            "kept_id IS NULL OR kept_id IN (first_id, second_id)", name=op.f("ck_organisation_duplicates_kept")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_organisation_duplicates_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_duplicates")),
    )
    op.create_index("uq_organisation_duplicates_pair", "organisation_duplicates", ["first_id", "second_id"], unique=True)
    op.create_index("ix_organisation_duplicates_second_id", "organisation_duplicates", ["second_id"])
    for name, which in (("open", "IS NULL"), ("decided", "IS NOT NULL")):
        where = sa.text(f"decided_at {which}")
        op.create_index(f"ix_organisation_duplicates_{name}", "organisation_duplicates", ["id"], postgresql_where=where)
    op.execute(FOUND)
    op.execute("SET LOCAL TimeZone = 'UTC'")
    op.execute(Form("organisation_duplicates", (("id", "uuid"),)).all_rows())


def downgrade() -> None:
    """Drop the table, the indexes and the function."""
    op.drop_table("organisation_duplicates")
    op.drop_index("ix_organisations_organisation_code", "organisations")
    for table in ("organisation_former_names", "organisations"):
        op.drop_index(f"ix_{table}_core_name", table)
    op.execute("DROP FUNCTION techex_core_name(text)")
