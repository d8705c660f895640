"""Requests and responses of the ledger."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.core.schemas import Input, Moment, Money, Name, Output, PositiveMoney, Prose, SignedMoney
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
from app.office.ledger.models import Deposit, LedgerAccount
from app.office.ledger.queries import RunningEntry

Tail = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{3,8}$")]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class BankConfirmationIn(Input):
    """What the exchange's bank confirms: money that arrived, or that it paid out."""

    direction: Literal[Direction.IN, Direction.OUT]
    amount: PositiveMoney
    bank_reference: Name = Field(description="The bank's serial number (流水号); once for ever")
    received_at: Moment = Field(description="When the bank booked it, with offset")
    purpose_reference: Reference | None = Field(
        default=None, description="Deposit or instruction number; without it the money stands in suspense"
    )
    account_tail: Tail | None = Field(default=None, description="Last digits of the other side's account")


class ResolutionIn(Input):
    """What unmatched money turned out to be."""

    kind: Literal[ResolutionKind.DEPOSIT, ResolutionKind.INSTRUCTION, ResolutionKind.RETURN]
    purpose_reference: Reference | None = Field(default=None, description="The number of the deposit or instruction")
    account_tail: Tail | None = Field(default=None, description="Where a return goes, if elsewhere than it came from")
    reason: Prose

    @model_validator(mode="after")
    def _named(self) -> "ResolutionIn":
        if (self.kind == ResolutionKind.RETURN) == (self.purpose_reference is not None):
            raise PydanticCustomError(
                "purpose_reference",
                "`purpose_reference` names the deposit or instruction; a return has none",
                {"zh": "`purpose_reference` 为保证金或指令编号;退回时不填"},
            )
        return self


class BankReversalIn(Input):
    """Why a confirmation is taken back."""

    reason: Prose


class BankConfirmationOut(Output):
    """A bank confirmation as it was answered first; it never changes. With neither id it matched nothing."""

    id: UUID
    direction: Direction
    amount: Money
    bank_reference: str
    received_at: datetime
    purpose_reference: str | None
    account_tail: str | None
    deposit_id: UUID | None
    instruction_id: UUID | None
    transaction_id: UUID
    recorded_at: datetime


class ResolutionReversalOut(Output):
    """Why a resolution was taken back, and its confirmation with it."""

    reason: str
    reversed_at: datetime


class ResolutionOut(Output):
    """What became of a confirmation afterwards; a wrong resolution may have been taken back."""

    kind: ResolutionKind
    deposit_id: UUID | None
    instruction_id: UUID | None
    reason: str
    resolved_at: datetime
    reversal: ResolutionReversalOut | None


class ResolvedConfirmationOut(BankConfirmationOut):
    """A bank confirmation with what became of it."""

    resolution: ResolutionOut


class DepositFields(Output):
    """What is stored of a deposit."""

    id: UUID
    number: str
    subject_type: str
    subject_id: UUID
    organisation_id: UUID
    required_amount: Money
    status: DepositStatus
    due_at: datetime | None
    requested_at: datetime
    received_at: datetime | None
    winner_fixed_on: date | None
    release_due_on: date | None = Field(description="The last day on which it must be back")
    release_provisional: bool = Field(description="That day rests on holidays not announced yet")
    reason: str | None
    revision: int


class DepositOut(DepositFields):
    """A deposit. Pay exactly `required_amount`, by `due_at`, with `number` as the purpose."""

    server_time: datetime


class InstructionOut(Output):
    """What the bank must pay out, or a party pay in, with `number` as the purpose."""

    id: UUID
    number: str
    direction: Direction
    kind: InstructionKind
    subject_type: str
    subject_id: UUID
    deposit_id: UUID | None
    organisation_id: UUID | None
    account_tail: str | None
    amount: Money
    status: InstructionStatus
    due_on: date | None
    created_at: datetime
    settled_at: datetime | None


class AccountFields(Output):
    """What is stored of an account."""

    id: UUID
    code: AccountCode
    side: LedgerSide
    non_negative: bool
    organisation_id: UUID | None
    subject_type: str | None
    subject_id: UUID | None
    opened_at: datetime


class AccountOut(AccountFields):
    """An account with its balance: the sum of its entries on its own side."""

    balance: SignedMoney


class JournalEntryOut(Output):
    """An entry: debit positive, credit negative; `balance` is the account's after it, on the account's side."""

    seq: int
    transaction_id: UUID
    kind: MovementKind
    occurred_at: datetime
    recorded_at: datetime
    reference: str | None
    bank_reference: str | None
    reason: str | None
    reverses_id: UUID | None
    amount: SignedMoney
    balance: SignedMoney


class TrialLineOut(Output):
    """All accounts of a code: what was debited and credited, and the balance on their side."""

    # Sums may be longer than any one amount: they take the type that has no limit.

    code: AccountCode
    side: LedgerSide
    debit: SignedMoney
    credit: SignedMoney
    balance: SignedMoney


class TrialBalanceOut(Output):
    """The whole ledger. `difference` is zero, or the ledger is broken."""

    lines: list[TrialLineOut]
    debit: SignedMoney
    credit: SignedMoney
    difference: SignedMoney
    server_time: datetime


def deposit_out(row: Deposit, now: datetime) -> DepositOut:
    """A deposit with the time by which its days are judged."""
    return DepositOut(**DepositFields.model_validate(row).model_dump(), server_time=now)


def account_out(row: LedgerAccount, balance: Decimal) -> AccountOut:
    """An account with its balance."""
    return AccountOut(**AccountFields.model_validate(row).model_dump(), balance=balance)


def entry_out(row: RunningEntry) -> JournalEntryOut:
    """An entry with the fields of its transaction."""
    entry, transaction = row.entry, row.entry.transaction
    return JournalEntryOut(
        seq=entry.seq,
        transaction_id=transaction.id,
        kind=transaction.kind,
        occurred_at=transaction.occurred_at,
        recorded_at=transaction.recorded_at,
        reference=transaction.reference,
        bank_reference=transaction.bank_reference,
        reason=transaction.reason,
        reverses_id=transaction.reverses_id,
        amount=entry.amount,
        balance=row.balance,
    )
