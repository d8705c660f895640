"""Settlement of a deal and its transaction certificate."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.append_only import make_append_only

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = (
    "certificates",
    "certificate_revocations",
    "settlements",
    "settlement_deposits",
    "settlement_fees",
    "settlement_parts",
    "settlement_requests",
)


def upgrade() -> None:
    """Create the tables; a certificate and its revocation point at each other."""
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("code_sha256", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_certificates_deal_id")),
        sa.ForeignKeyConstraint(
            ["issued_by_person_id"], ["people.id"], name=op.f("fk_certificates_issued_by_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_certificates_code_sha256")),
        sa.UniqueConstraint("deal_id", "id", name=op.f("uq_certificates_deal_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_certificates_replaces_id")),
    )
    op.create_index(
        "uq_certificates_first",
        "certificates",
        ["deal_id"],
        unique=True,
        postgresql_where=sa.text("replaces_id IS NULL"),
    )
    op.create_table(
        "certificate_revocations",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by_person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deal_id", "certificate_id"],
            ["certificates.deal_id", "certificates.id"],
            name=op.f("fk_certificate_revocations_deal_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_person_id"], ["people.id"], name=op.f("fk_certificate_revocations_revoked_by_person_id")
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_revocations")),
        sa.UniqueConstraint(
            "deal_id", "certificate_id", name=op.f("uq_certificate_revocations_deal_id_certificate_id")
        ),
    )
    op.create_table(
        "settlements",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cash", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cash >= 0 AND cash <= price", name=op.f("ck_settlements_cash")),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_settlements_contract_id")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_settlements_deal_id")),
        sa.PrimaryKeyConstraint("deal_id", name=op.f("pk_settlements")),
    )
    op.create_table(
        "settlement_deposits",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fee", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("credited", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("returned", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount = fee + credited + returned", name=op.f("ck_settlement_deposits_amount")),
        sa.CheckConstraint("fee >= 0 AND credited >= 0 AND returned >= 0", name=op.f("ck_settlement_deposits_parts")),
        sa.ForeignKeyConstraint(["deal_id"], ["settlements.deal_id"], name=op.f("fk_settlement_deposits_deal_id")),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposits.id"], name=op.f("fk_settlement_deposits_deposit_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_settlement_deposits_organisation_id")
        ),
        sa.PrimaryKeyConstraint("deal_id", "organisation_id", name=op.f("pk_settlement_deposits")),
        sa.UniqueConstraint("deposit_id", name=op.f("uq_settlement_deposits_deposit_id")),
    )
    op.create_table(
        "settlement_fees",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("from_deposit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("instruction_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(from_deposit = amount) = (instruction_id IS NULL)", name=op.f("ck_settlement_fees_instruction")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_settlement_fees_amount")),
        sa.CheckConstraint(
            "from_deposit >= 0 AND from_deposit <= amount", name=op.f("ck_settlement_fees_from_deposit")
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["settlements.deal_id"], name=op.f("fk_settlement_fees_deal_id")),
        sa.ForeignKeyConstraint(
            ["instruction_id"], ["settlement_instructions.id"], name=op.f("fk_settlement_fees_instruction_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_settlement_fees_organisation_id")
        ),
        sa.PrimaryKeyConstraint("deal_id", "role", "organisation_id", name=op.f("pk_settlement_fees")),
        sa.UniqueConstraint("instruction_id", name=op.f("uq_settlement_fees_instruction_id")),
    )
    op.create_table(
        "settlement_parts",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("before_certificate", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_settlement_parts_amount")),
        sa.ForeignKeyConstraint(["deal_id"], ["settlements.deal_id"], name=op.f("fk_settlement_parts_deal_id")),
        sa.PrimaryKeyConstraint("deal_id", "position", name=op.f("pk_settlement_parts")),
    )
    op.create_table(
        "settlement_requests",
        sa.Column("instruction_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id", "position"],
            ["settlement_parts.deal_id", "settlement_parts.position"],
            name=op.f("fk_settlement_requests_deal_id_position"),
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["settlements.deal_id"], name=op.f("fk_settlement_requests_deal_id")),
        sa.ForeignKeyConstraint(
            ["instruction_id"], ["settlement_instructions.id"], name=op.f("fk_settlement_requests_instruction_id")
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["organisations.id"], name=op.f("fk_settlement_requests_payer_id")),
        sa.PrimaryKeyConstraint("instruction_id", name=op.f("pk_settlement_requests")),
    )
    op.create_index("ix_settlement_requests_deal_id", "settlement_requests", ["deal_id"], unique=False)
    op.create_foreign_key(
        "fk_certificates_deal_id_replaces_id",
        "certificates",
        "certificate_revocations",
        ["deal_id", "replaces_id"],
        ["deal_id", "certificate_id"],
    )
    for table in TABLES:
        make_append_only(table)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_constraint("fk_certificates_deal_id_replaces_id", "certificates", type_="foreignkey")
    op.drop_table("settlement_requests")
    op.drop_table("settlement_parts")
    op.drop_table("settlement_fees")
    op.drop_table("settlement_deposits")
    op.drop_table("settlements")
    op.drop_table("certificate_revocations")
    op.drop_table("certificates")
