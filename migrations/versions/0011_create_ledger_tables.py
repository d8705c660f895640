"""The ledger: accounts, the journal, deposits, settlement instructions, what the bank confirmed."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import make_append_only

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "ledger_accounts",
    "journal_transactions",
    "journal_entries",
    "bank_confirmations",
    "confirmation_resolutions",
)

# Deferred to the commit: a transaction's entries come one after the other, and only together do they balance.
CHECK_BALANCE = """
CREATE FUNCTION ledger_check_balance(checked uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE entries bigint; total numeric;
BEGIN
  SELECT count(*), coalesce(sum(amount), 0) INTO entries, total FROM journal_entries WHERE transaction_id = checked;
  IF entries < 2 OR total <> 0 THEN
    RAISE EXCEPTION 'journal transaction % has % entries that sum to %', checked, entries, total
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_transactions_balanced';
  END IF;
END $$
"""
CHECK_TRANSACTION = """
CREATE FUNCTION ledger_check_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_check_balance(NEW.id);
  RETURN NULL;
END $$
"""
# The lock makes two writers who both take from an account come one after the other: the second one sums up what the
# first has left. NO KEY UPDATE does not wait for the foreign keys of others' entries.
CHECK_ENTRY = """
CREATE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE account ledger_accounts%ROWTYPE; total numeric;
BEGIN
  IF (SELECT xid FROM journal_transactions WHERE id = NEW.transaction_id) <> pg_current_xact_id()::text::bigint THEN
    RAISE EXCEPTION 'journal transaction % is closed', NEW.transaction_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_transactions_closed';
  END IF;
  PERFORM ledger_check_balance(NEW.transaction_id);
  SELECT * INTO account FROM ledger_accounts WHERE id = NEW.account_id FOR NO KEY UPDATE;
  IF account.non_negative THEN
    SELECT sum(amount) INTO total FROM journal_entries WHERE account_id = NEW.account_id;
    IF (account.side = 'debit' AND total < 0) OR (account.side = 'credit' AND total > 0) THEN
      RAISE EXCEPTION 'ledger account % would stand below zero', NEW.account_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_accounts_non_negative';
    END IF;
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Create the tables and what guards them."""
    op.create_table(
        "journal_transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column(
            "xid", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text::bigint)"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["journal_transactions.id"], name=op.f("fk_journal_transactions_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_transactions")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_journal_transactions_bank_reference")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_journal_transactions_reverses_id")),
    )
    op.create_index("ix_journal_transactions_reference", "journal_transactions", ["reference"], unique=False)
    op.create_index("ix_journal_transactions_subject_id", "journal_transactions", ["subject_id", "id"], unique=False)
    op.create_table(
        "deposits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("required_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("winner_fixed_on", sa.Date(), nullable=True),
        sa.Column("release_due_on", sa.Date(), nullable=True),
        sa.Column("release_provisional", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('release_due', 'released')) = (release_due_on IS NOT NULL)",
            name=op.f("ck_deposits_release_due_on"),
        ),
        sa.CheckConstraint("required_amount > 0", name=op.f("ck_deposits_required_amount")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_deposits_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposits")),
        sa.UniqueConstraint("number", name=op.f("uq_deposits_number")),
    )
    op.create_index("ix_deposits_organisation_id", "deposits", ["organisation_id", "id"], unique=False)
    op.create_index("ix_deposits_subject_id", "deposits", ["subject_id", "id"], unique=False)
    op.create_index(
        "uq_deposits_live",
        "deposits",
        ["subject_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('requested', 'received', 'held')"),
    )
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("non_negative", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("subject_type", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.CheckConstraint("(subject_type IS NULL) = (subject_id IS NULL)", name=op.f("ck_ledger_accounts_subject")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_ledger_accounts_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
    )
    op.create_index("ix_ledger_accounts_subject_id", "ledger_accounts", ["subject_id"], unique=False)
    op.create_index(
        "uq_ledger_accounts_place",
        "ledger_accounts",
        ["code", "organisation_id", "subject_type", "subject_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "journal_entries",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_journal_entries_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_accounts.id"], name=op.f("fk_journal_entries_account_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["journal_transactions.id"], name=op.f("fk_journal_entries_transaction_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal_entries")),
    )
    op.create_index(
        "ix_journal_entries_account_id",
        "journal_entries",
        ["account_id", "seq"],
        unique=False,
        postgresql_include=["amount"],
    )
    op.create_index("ix_journal_entries_transaction_id", "journal_entries", ["transaction_id"], unique=False)
    op.create_table(
        "settlement_instructions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("account_tail", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'settled') = (settled_at IS NOT NULL)", name=op.f("ck_settlement_instructions_settled_at")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_settlement_instructions_amount")),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposits.id"], name=op.f("fk_settlement_instructions_deposit_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_settlement_instructions_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_instructions")),
        sa.UniqueConstraint("number", name=op.f("uq_settlement_instructions_number")),
    )
    op.create_index(
        "ix_settlement_instructions_organisation_id", "settlement_instructions", ["organisation_id", "id"], unique=False
    )
    op.create_index("ix_settlement_instructions_subject_id", "settlement_instructions", ["subject_id"], unique=False)
    op.create_index(
        "uq_settlement_instructions_deposit_id",
        "settlement_instructions",
        ["deposit_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
    op.create_table(
        "bank_confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose_reference", sa.Text(), nullable=True),
        sa.Column("account_tail", sa.Text(), nullable=True),
        sa.Column("deposit_id", sa.Uuid(), nullable=True),
        sa.Column("instruction_id", sa.Uuid(), nullable=True),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_confirmations_amount")),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposits.id"], name=op.f("fk_bank_confirmations_deposit_id")),
        sa.ForeignKeyConstraint(
            ["instruction_id"], ["settlement_instructions.id"], name=op.f("fk_bank_confirmations_instruction_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["journal_transactions.id"], name=op.f("fk_bank_confirmations_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_confirmations")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_bank_confirmations_bank_reference")),
    )
    op.create_table(
        "confirmation_resolutions",
        sa.Column("confirmation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=True),
        sa.Column("instruction_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmation_id"], ["bank_confirmations.id"], name=op.f("fk_confirmation_resolutions_confirmation_id")
        ),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposits.id"], name=op.f("fk_confirmation_resolutions_deposit_id")),
        sa.ForeignKeyConstraint(
            ["instruction_id"], ["settlement_instructions.id"], name=op.f("fk_confirmation_resolutions_instruction_id")
        ),
        sa.PrimaryKeyConstraint("confirmation_id", name=op.f("pk_confirmation_resolutions")),
    )
    for table in APPEND_ONLY:
        make_append_only(table)
    op.execute(CHECK_BALANCE)
    op.execute(CHECK_TRANSACTION)
    op.execute(CHECK_ENTRY)
    op.execute(
        "CREATE CONSTRAINT TRIGGER journal_transactions_balanced AFTER INSERT ON journal_transactions "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_transaction()"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER journal_entries_checked AFTER INSERT ON journal_entries "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry()"
    )


def downgrade() -> None:
    """Drop the tables and what guards them."""
    op.drop_table("confirmation_resolutions")
    op.drop_table("bank_confirmations")
    op.drop_index(
        "uq_settlement_instructions_deposit_id",
        table_name="settlement_instructions",
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
    op.drop_index("ix_settlement_instructions_subject_id", table_name="settlement_instructions")
    op.drop_index("ix_settlement_instructions_organisation_id", table_name="settlement_instructions")
    op.drop_table("settlement_instructions")
    op.drop_index("ix_journal_entries_transaction_id", table_name="journal_entries")
    op.drop_index("ix_journal_entries_account_id", table_name="journal_entries", postgresql_include=["amount"])
    op.drop_table("journal_entries")
    op.drop_index("uq_ledger_accounts_place", table_name="ledger_accounts", postgresql_nulls_not_distinct=True)
    op.drop_index("ix_ledger_accounts_subject_id", table_name="ledger_accounts")
    op.drop_table("ledger_accounts")
    op.drop_index(
        "uq_deposits_live",
        table_name="deposits",
        postgresql_where=sa.text("status IN ('requested', 'received', 'held')"),
    )
    op.drop_index("ix_deposits_subject_id", table_name="deposits")
    op.drop_index("ix_deposits_organisation_id", table_name="deposits")
    op.drop_table("deposits")
    op.drop_index("ix_journal_transactions_subject_id", table_name="journal_transactions")
    op.drop_index("ix_journal_transactions_reference", table_name="journal_transactions")
    op.drop_table("journal_transactions")
    op.execute("DROP FUNCTION ledger_check_entry()")
    op.execute("DROP FUNCTION ledger_check_transaction()")
    op.execute("DROP FUNCTION ledger_check_balance(uuid)")
