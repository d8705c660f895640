"""Keys know which key issued them; people redeem invitations; an appointment waits for a second operator."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of invitations, and add what keys and appointments hold besides. Who issued older keys is not known."""
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_key_id", sa.Uuid(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.CheckConstraint("confirmed_by <> asked_by", name=op.f("ck_invitations_two")),
        sa.CheckConstraint("redeemed_at IS NULL OR digest IS NOT NULL", name=op.f("ck_invitations_given")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invitations_person_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_invitations_organisation_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_invitations_asked_by")),
        sa.ForeignKeyConstraint(["asked_key_id"], ["api_keys.id"], name=op.f("fk_invitations_asked_key_id")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.id"], name=op.f("fk_invitations_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_invitations_digest")),
    )
    op.create_index("ix_invitations_organisation_id", "invitations", ["organisation_id"])
    op.create_index("ix_invitations_asked_key_id", "invitations", ["asked_key_id"])
    op.add_column("api_keys", sa.Column("issued_by", sa.Uuid(), nullable=True))
    op.add_column("api_keys", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.add_column("api_keys", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.add_column("api_keys", sa.Column("invitation_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_api_keys_issued_by"), "api_keys", "people", ["issued_by"], ["id"])
    op.create_foreign_key(op.f("fk_api_keys_parent_id"), "api_keys", "api_keys", ["parent_id"], ["id"])
    op.create_foreign_key(op.f("fk_api_keys_replaces_id"), "api_keys", "api_keys", ["replaces_id"], ["id"])
    op.create_foreign_key(op.f("fk_api_keys_invitation_id"), "api_keys", "invitations", ["invitation_id"], ["id"])
    op.create_unique_constraint(op.f("uq_api_keys_invitation_id"), "api_keys", ["invitation_id"])
    op.create_index("ix_api_keys_parent_id", "api_keys", ["parent_id"])
    op.create_index("ix_api_keys_replaces_id", "api_keys", ["replaces_id"])
    op.create_index("ix_api_keys_organisation_id", "api_keys", ["organisation_id"])
    waits = sa.Column("awaits_confirmation", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("appointments", waits)
    op.add_column("appointments", sa.Column("asked_by", sa.Uuid(), nullable=True))
    op.add_column("appointments", sa.Column("confirmed_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_appointments_asked_by"), "appointments", "people", ["asked_by"], ["id"])
    op.create_foreign_key(op.f("fk_appointments_confirmed_by"), "appointments", "people", ["confirmed_by"], ["id"])
    op.create_check_constraint(op.f("ck_appointments_two"), "appointments", "confirmed_by <> asked_by")


def downgrade() -> None:
    """Drop them. Appointments that still wait are dropped too, for the release before would take them as made."""
    op.execute("DELETE FROM appointments WHERE awaits_confirmation")
    op.drop_constraint(op.f("ck_appointments_two"), "appointments")
    for column in ("confirmed_by", "asked_by", "awaits_confirmation"):
        op.drop_column("appointments", column)
    op.drop_index("ix_api_keys_organisation_id", "api_keys")
    for column in ("invitation_id", "replaces_id", "parent_id", "issued_by"):
        op.drop_column("api_keys", column)
    op.drop_table("invitations")
