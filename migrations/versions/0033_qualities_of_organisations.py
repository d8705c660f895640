"""What an organisation is recognised as, with days; who was an agency by its kind is one from its approval on."""

import sqlalchemy as sa
from alembic import op

from app.core.history.records import Form

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# The day of the first approval, in the city's time, and who gave it. Of one that is not approved yet, its approval
# records it.
APPROVED = """
    INSERT INTO organisation_qualities (id, organisation_id, quality, valid_from, source, recorded_by)
    SELECT gen_random_uuid(), o.id, 'technology_transfer_agency',
        (coalesce(e.occurred_at, o.created_at) AT TIME ZONE 'Asia/Shanghai')::date,
        '登记为技术转移机构并经核验 (approved as an agency)', e.actor_person_id
    FROM organisations o
    LEFT JOIN LATERAL (
        SELECT occurred_at, actor_person_id FROM events
        WHERE subject_id = o.id AND type = 'organisation.verified' ORDER BY seq LIMIT 1
    ) e ON true
    WHERE o.kind = 'technology_transfer_agency'
        AND (o.verification IN ('verified', 'suspended') OR e.occurred_at IS NOT NULL)
"""


def upgrade() -> None:
    """Create the table, and record what the kinds said."""
    op.create_table(
        "organisation_qualities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.Column("end_source", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_organisation_qualities_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_qualities_organisation_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["people.id"], name=op.f("fk_organisation_qualities_recorded_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_organisation_qualities_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_qualities")),
    )
    op.create_index(
        "ix_organisation_qualities_organisation_id",
        "organisation_qualities",
        ["organisation_id", "quality", "valid_from"],
    )
    op.create_index("ix_organisation_qualities_quality", "organisation_qualities", ["quality", "id"])
    op.execute(APPROVED)
    op.execute("SET LOCAL TimeZone = 'UTC'")
    op.execute(Form("organisation_qualities", (("id", "uuid"),)).all_rows())


def downgrade() -> None:
    """Drop it: the kind says again who is an agency."""
    op.drop_table("organisation_qualities")
