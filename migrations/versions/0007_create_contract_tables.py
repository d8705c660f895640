"""Contracts, registrations, payments and invoices."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import make_append_only

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "contracts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("technical_field", sa.Text(), nullable=False),
        sa.Column("industry_code", sa.Text(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("payment_terms", sa.Text(), nullable=False),
        sa.Column("total_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("technical_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("amounts_provisional", sa.Boolean(), nullable=False),
        sa.Column("agency_service", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.CheckConstraint(
            "technical_amount >= 0 AND technical_amount <= total_amount", name=op.f("ck_contracts_technical_amount")
        ),
        sa.CheckConstraint("total_amount >= 0", name=op.f("ck_contracts_total_amount")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_contracts_deal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("number", name=op.f("uq_contracts_number")),
    )
    op.create_index("ix_contracts_deal_id", "contracts", ["deal_id"], unique=False)
    op.create_index("ix_contracts_status_id", "contracts", ["status", "id"], unique=False)
    op.create_table(
        "contract_brokers",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("broker_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("share", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_contract_brokers_share")),
        sa.ForeignKeyConstraint(["agency_id"], ["organisations.id"], name=op.f("fk_contract_brokers_agency_id")),
        sa.ForeignKeyConstraint(["broker_id"], ["brokers.id"], name=op.f("fk_contract_brokers_broker_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_brokers_contract_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contract_id", "broker_id", name=op.f("pk_contract_brokers")),
    )
    op.create_table(
        "contract_deductions",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_contract_deductions_amount")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_deductions_contract_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contract_id", "position", name=op.f("pk_contract_deductions")),
    )
    op.create_table(
        "contract_parties",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("share", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_contract_parties_share")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_parties_contract_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_contract_parties_organisation_id")
        ),
        sa.PrimaryKeyConstraint("contract_id", "role", "organisation_id", name=op.f("pk_contract_parties")),
    )
    op.create_index(
        "ix_contract_parties_organisation_id", "contract_parties", ["organisation_id", "contract_id"], unique=False
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("payer_id", sa.Uuid(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("technical_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("amount <> 0 AND (amount < 0) = (reverses_id IS NOT NULL)", name=op.f("ck_payments_amount")),
        sa.CheckConstraint(
            "technical_amount IS NULL OR (abs(technical_amount) <= abs(amount) AND technical_amount * amount >= 0)",
            name=op.f("ck_payments_technical_amount"),
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_payments_contract_id")),
        sa.ForeignKeyConstraint(["payee_id"], ["organisations.id"], name=op.f("fk_payments_payee_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["organisations.id"], name=op.f("fk_payments_payer_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["payments.id"], name=op.f("fk_payments_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("payee_id", "bank_reference", name=op.f("uq_payments_payee_id_bank_reference")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_payments_reverses_id")),
    )
    op.create_index("ix_payments_contract_id", "payments", ["contract_id", "received_at"], unique=False)
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("contract_revision", sa.Integer(), nullable=False),
        sa.Column("expert_review", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("decision_due_on", sa.Date(), nullable=True),
        sa.Column("decision_due_provisional", sa.Boolean(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("registered_total_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("registered_technical_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["applicant_id"], ["organisations.id"], name=op.f("fk_registrations_applicant_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_registrations_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_registrations_contract_id")),
        sa.UniqueConstraint("number", name=op.f("uq_registrations_number")),
    )
    op.create_index(
        "ix_registrations_status_decision_due_on", "registrations", ["status", "decision_due_on", "id"], unique=False
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_invoices_amount")),
        sa.ForeignKeyConstraint(["issuer_id"], ["organisations.id"], name=op.f("fk_invoices_issuer_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_invoices_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("issuer_id", "number", name=op.f("uq_invoices_issuer_id_number")),
    )
    op.create_index("ix_invoices_payment_id", "invoices", ["payment_id"], unique=False)
    op.create_table(
        "registration_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_registration_steps_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_steps")),
    )
    op.create_index(
        "ix_registration_steps_registration_id", "registration_steps", ["registration_id", "id"], unique=False
    )
    make_append_only("registration_steps")
    make_append_only("payments")
    make_append_only("invoices")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("ix_registration_steps_registration_id", table_name="registration_steps")
    op.drop_table("registration_steps")
    op.drop_index("ix_invoices_payment_id", table_name="invoices")
    op.drop_table("invoices")
    op.drop_index("ix_registrations_status_decision_due_on", table_name="registrations")
    op.drop_table("registrations")
    op.drop_index("ix_payments_contract_id", table_name="payments")
    op.drop_table("payments")
    op.drop_index("ix_contract_parties_organisation_id", table_name="contract_parties")
    op.drop_table("contract_parties")
    op.drop_table("contract_deductions")
    op.drop_table("contract_brokers")
    op.drop_index("ix_contracts_status_id", table_name="contracts")
    op.drop_index("ix_contracts_deal_id", table_name="contracts")
    op.drop_table("contracts")
