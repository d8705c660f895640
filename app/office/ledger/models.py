"""Tables of the ledger: accounts, the journal, deposits, settlement instructions, what the bank confirmed."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified, Numbered, OfSubject, Recorded, Revised
from app.office.ledger.kinds import (
    AccountCode,
    DepositStatus,
    Direction,
    InstructionKind,
    InstructionStatus,
    LedgerSide,
    MovementKind,
    ResolutionKind,
)


class LedgerAccount(Identified, Base):
    """An account (科目), opened when it is first used. It stores no balance: that is the sum of its entries."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        Index("ix_ledger_accounts_organisation_id", "organisation_id"),
        Index(
            "uq_ledger_accounts_place",
            "code",
            "organisation_id",
            "subject_type",
            "subject_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("(subject_type IS NULL) = (subject_id IS NULL)", name="subject"),
        Index("ix_ledger_accounts_subject_id", "subject_id"),
    )

    code: Mapped[AccountCode] = mapped_column(Text)
    side: Mapped[LedgerSide] = mapped_column(Text)
    non_negative: Mapped[bool]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    subject_type: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    opened_at: Mapped[datetime] = mapped_column(server_default=text("techex_now()"))


class JournalTransaction(Identified, OfSubject, Recorded, Base):
    """One movement of money. Append-only; a mistake is corrected by its reversal, a transaction of its own.

    `xid` is the database transaction that wrote it: entries come with it or never (a trigger refuses later ones).
    """

    __tablename__ = "journal_transactions"
    __table_args__ = (
        Index("ix_journal_transactions_subject_id", "subject_id", "id"),
        Index("ix_journal_transactions_reference", "reference"),
    )

    kind: Mapped[MovementKind] = mapped_column(Text)
    occurred_at: Mapped[datetime]
    reason: Mapped[str | None]
    reference: Mapped[str | None]
    bank_reference: Mapped[str | None] = mapped_column(unique=True)
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("journal_transactions.id"), unique=True)
    xid: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text::bigint)"))
    entries: Mapped[list["JournalEntry"]] = relationship(
        lazy="raise", order_by="JournalEntry.seq", back_populates="transaction"
    )


class JournalEntry(Base):
    """One side of a movement: CNY, debit positive, credit negative; those of a transaction sum to zero. Append-only."""

    __tablename__ = "journal_entries"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_journal_entries_account_id", "account_id", "seq", postgresql_include=["amount"]),
        Index("ix_journal_entries_transaction_id", "transaction_id"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("journal_transactions.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_accounts.id"))
    amount: Mapped[Decimal]
    transaction: Mapped[JournalTransaction] = relationship(lazy="raise", back_populates="entries")


class Deposit(Identified, Numbered, OfSubject, Revised, Base):
    """A deposit asked of an organisation for a subject; its history is its events, its money the ledger's."""

    __tablename__ = "deposits"
    __table_args__ = (
        Index(
            "ix_deposits_requested",
            "organisation_id",
            text("coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz)"),
            "id",
            postgresql_where=text("status = 'requested'"),
        ),
        Index("ix_deposits_status", "status"),
        CheckConstraint("required_amount > 0", name="required_amount"),
        CheckConstraint(
            "(status IN ('release_due', 'released')) = (release_due_on IS NOT NULL)", name="release_due_on"
        ),
        Index(
            "uq_deposits_live",
            "subject_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("status IN ('requested', 'received', 'held')"),
        ),
        Index("ix_deposits_organisation_id", "organisation_id", "id"),
        Index("ix_deposits_subject_id", "subject_id", "id"),
        Index("ix_deposits_by_due_at", text("coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz)"), "id"),
        Index("ix_deposits_by_release_due_on", text("coalesce(release_due_on, '9999-12-31'::date)"), "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    required_amount: Mapped[Decimal]
    status: Mapped[DepositStatus] = mapped_column(Text, default=DepositStatus.REQUESTED)
    due_at: Mapped[datetime | None]
    requested_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    winner_fixed_on: Mapped[date | None]
    release_due_on: Mapped[date | None]
    release_provisional: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None]


class PaymentInstruction(Identified, Numbered, OfSubject, Base):
    """What the operator's bank must pay out, or a party must pay in (结算指令), by its number as the purpose."""

    __tablename__ = "settlement_instructions"
    __table_args__ = (
        Index(
            "ix_settlement_instructions_out",
            text("coalesce(due_on, '9999-12-31'::date)"),
            "id",
            postgresql_where=text("status = 'open' AND direction = 'out'"),
        ),
        Index(
            "ix_settlement_instructions_open",
            "organisation_id",
            "kind",
            text("coalesce(due_on, '9999-12-31'::date)"),
            "id",
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_settlement_instructions_status", "status"),
        Index("ix_settlement_instructions_direction", "direction"),
        Index("ix_settlement_instructions_kind", "kind"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(status = 'settled') = (settled_at IS NOT NULL)", name="settled_at"),
        Index("ix_settlement_instructions_organisation_id", "organisation_id", "id"),
        Index("ix_settlement_instructions_subject_id", "subject_id"),
        Index("ix_settlement_instructions_by_amount", "amount", "id"),
        Index("ix_settlement_instructions_by_due_on", text("coalesce(due_on, '9999-12-31'::date)"), "id"),
        Index(
            "uq_settlement_instructions_deposit_id",
            "deposit_id",
            unique=True,
            postgresql_where=text("status <> 'cancelled'"),
        ),
    )

    direction: Mapped[Direction] = mapped_column(Text)
    kind: Mapped[InstructionKind] = mapped_column(Text)
    deposit_id: Mapped[UUID | None] = mapped_column(ForeignKey("deposits.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    account_tail: Mapped[str | None]
    amount: Mapped[Decimal]
    status: Mapped[InstructionStatus] = mapped_column(Text, default=InstructionStatus.OPEN)
    due_on: Mapped[date | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class BankConfirmation(Identified, Base):
    """Money that the bank says moved (银行到账或付款回单). Append-only: what became of it later stands next to it."""

    __tablename__ = "bank_confirmations"
    __table_args__ = (
        Index("ix_bank_confirmations_direction", "direction"),
        CheckConstraint("amount > 0", name="amount"),
        Index(
            "ix_bank_confirmations_unmatched",
            "id",
            postgresql_where=text("deposit_id IS NULL AND instruction_id IS NULL"),
        ),
        Index(
            "ix_bank_confirmations_by_received_at",
            "received_at",
            "id",
            postgresql_where=text("deposit_id IS NULL AND instruction_id IS NULL"),
        ),
        Index("uq_bank_confirmations_bank_reference", text("techex_folded(bank_reference)"), unique=True),
    )

    direction: Mapped[Direction] = mapped_column(Text)
    amount: Mapped[Decimal]
    bank_reference: Mapped[str]
    received_at: Mapped[datetime]
    purpose_reference: Mapped[str | None]
    account_tail: Mapped[str | None]
    deposit_id: Mapped[UUID | None] = mapped_column(ForeignKey("deposits.id"), index=True)
    instruction_id: Mapped[UUID | None] = mapped_column(ForeignKey("settlement_instructions.id"), index=True)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("journal_transactions.id"))
    recorded_at: Mapped[datetime]
    resolution: Mapped["ConfirmationResolution | None"] = relationship(lazy="raise")


class ConfirmationResolution(Base):
    """What became of a confirmation; one each, by its key. Append-only."""

    __tablename__ = "confirmation_resolutions"

    confirmation_id: Mapped[UUID] = mapped_column(ForeignKey("bank_confirmations.id"), primary_key=True)
    kind: Mapped[ResolutionKind] = mapped_column(Text)
    deposit_id: Mapped[UUID | None] = mapped_column(ForeignKey("deposits.id"))
    instruction_id: Mapped[UUID | None] = mapped_column(ForeignKey("settlement_instructions.id"))
    reason: Mapped[str]
    resolved_at: Mapped[datetime]
    reversal: Mapped["ResolutionReversal | None"] = relationship(lazy="raise")


class ResolutionReversal(Base):
    """A resolution that was wrong, taken back with its confirmation; once each. Append-only."""

    __tablename__ = "resolution_reversals"

    confirmation_id: Mapped[UUID] = mapped_column(
        ForeignKey("confirmation_resolutions.confirmation_id"), primary_key=True
    )
    reason: Mapped[str]
    reversed_at: Mapped[datetime]
