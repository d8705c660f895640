"""An organisation is renamed on a day; what it was called before is kept and found."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "organisation_former_names",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_former_names_organisation_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["people.id"], name=op.f("fk_organisation_former_names_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_former_names")),
    )
    op.create_index(
        "ix_organisation_former_names_organisation_id",
        "organisation_former_names",
        ["organisation_id", "valid_to"],
        unique=True,
    )
    op.create_index(
        "ix_organisation_former_names_name",
        "organisation_former_names",
        ["name"],
        postgresql_ops={"name": "text_pattern_ops"},
    )
    op.create_index(
        "ix_organisation_former_names_folded_name", "organisation_former_names", [sa.text("techex_folded(name)")]
    )


def downgrade() -> None:
    """Drop it; the names of today stay."""
    op.drop_table("organisation_former_names")
