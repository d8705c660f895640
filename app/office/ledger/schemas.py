"""Requests and responses of the ledger."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.core.schemas import Output, SignedMoney
from app.office.ledger.kinds import AccountCode, LedgerSide, MovementKind
from app.office.ledger.models import LedgerAccount
from app.office.ledger.queries import RunningEntry

"""Requests and responses of the ledger."""


class AccountOut(Output):
    """An account with its balance: the sum of its entries on its own side."""

    id: UUID
    code: AccountCode
    side: LedgerSide
    non_negative: bool
    organisation_id: UUID | None
    subject_type: str | None
    subject_id: UUID | None
    opened_at: datetime
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


def account_out(row: LedgerAccount, balance: Decimal) -> AccountOut:
    """An account with its balance."""
    return AccountOut.of(row, balance=balance)


def entry_out(row: RunningEntry) -> JournalEntryOut:
    """An entry with the fields of its transaction."""
    entry, transaction = row.entry, row.entry.transaction
    return JournalEntryOut.of(
        transaction, seq=entry.seq, transaction_id=transaction.id, amount=entry.amount, balance=row.balance
    )
