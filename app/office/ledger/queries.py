"""Reading accounts, the journal and the trial balance; rooms of their own read deposits, instructions and the bank."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from app.core.database import Session, find_one, read_all
from app.core.problems import NOT_FOUND, Text
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, cut_in, ordered
from app.office.ledger.kinds import AccountCode, LedgerSide, MovementKind
from app.office.ledger.models import JournalEntry, JournalTransaction, LedgerAccount
from app.office.ledger.rules import ZERO, Line, Place, shown_balance

"""Reading accounts, the journal and the trial balance; rooms of their own read deposits, instructions and the bank."""


ACCOUNTS: Final = Orders("id", LedgerAccount.id)
FILTERS: Final = (
    equal(LedgerAccount.code, AccountCode, "What it is for"),
    equal(LedgerAccount.organisation_id, UUID, "Of this organisation"),
    equal(LedgerAccount.subject_id, UUID, "For this deal, listing or auction"),
)


def place_of(account: LedgerAccount) -> Place:
    """Which account a row is, as the rules name it."""
    subject = (account.subject_type, account.subject_id) if account.subject_type and account.subject_id else None
    return Place(account.code, account.organisation_id, subject)


async def lock_accounts(session: Session, places: Iterable[Place]) -> dict[Place, LedgerAccount]:
    """The accounts that exist of those named, locked in an order that is the same for everybody.

    `FOR NO KEY UPDATE` does not wait for the foreign keys of others' entries, which would make for deadlocks.
    """
    wanted = [_matches(place) for place in places]
    statement = select(LedgerAccount).where(or_(*wanted)).order_by(LedgerAccount.id).with_for_update(key_share=True)
    return {place_of(row): row for row in (await session.execute(statement)).scalars()}


def _matches(place: Place) -> ColumnElement[bool]:
    subject_id = place.subject[1] if place.subject else None
    return (
        (LedgerAccount.code == place.code)
        & LedgerAccount.organisation_id.is_not_distinct_from(place.organisation_id)
        & LedgerAccount.subject_id.is_not_distinct_from(subject_id)
    )


async def balances(session: Session, accounts: Mapping[Place, LedgerAccount]) -> dict[Place, Decimal]:
    """The balance of each account on its own side: the sum of its entries, and nothing else."""
    by_id = {account.id: place for place, account in accounts.items()}
    statement = (
        select(JournalEntry.account_id, func.sum(JournalEntry.amount))
        .where(JournalEntry.account_id.in_(by_id))
        .group_by(JournalEntry.account_id)
    )
    found = {by_id[key]: total for key, total in (await session.execute(statement)).all()}
    return {place: shown_balance(row.side, found.get(place, ZERO)) for place, row in accounts.items()}


async def balance_of(session: Session, place: Place) -> Decimal:
    """The balance of one account (CNY, on its own side); zero where it was never used."""
    row = await find_one(session, select(LedgerAccount).where(_matches(place)))
    return (await balances(session, {place: row}))[place] if row else ZERO


async def get_account(session: Session, account_id: UUID) -> LedgerAccount:
    """One account; raises `not_found`. For operator and auditor (the routes say so)."""
    found = await session.get(LedgerAccount, account_id)
    if found is None:
        raise NOT_FOUND(what=Text("ledger account", "账户"))
    return found


async def list_accounts(session: Session, page: PageRequest) -> Found[tuple[LedgerAccount, Decimal]]:
    """Accounts with their balances, in order of opening."""
    total = (
        select(func.coalesce(func.sum(JournalEntry.amount), 0))
        .where(JournalEntry.account_id == LedgerAccount.id)
        .scalar_subquery()
    )
    order = page.sorted_as(ACCOUNTS)
    found = await session.execute(ordered(select(LedgerAccount, total), page, order))
    rows = [(row, shown_balance(row.side, amount)) for row, amount in found]
    return cut_in(order, rows, page, lambda row: row[0])


@dataclass(frozen=True, slots=True)
class RunningEntry:
    """An entry, its transaction, and the account's balance after it, on the account's own side."""

    entry: JournalEntry
    balance: Decimal


async def entries_after(
    session: Session, account: LedgerAccount, after: int | None, limit: int, opening: Decimal | None = None
) -> Sequence[RunningEntry]:
    """At most `limit` entries of an account after the entry `after`, oldest first, with the running balance.

    `opening` is the balance at `after`, for a caller who knows it; it is added up otherwise.
    """
    statement = select(JournalEntry).where(JournalEntry.account_id == account.id)
    if after is None:
        opening = ZERO
    else:
        statement = statement.where(JournalEntry.seq > after)
        if opening is None:
            opening = await _balance_at(session, account, after)
    statement = statement.order_by(JournalEntry.seq).limit(limit).options(selectinload(JournalEntry.transaction))
    rows = []
    for entry in (await session.execute(statement)).scalars():
        opening += shown_balance(account.side, entry.amount)
        rows.append(RunningEntry(entry, opening))
    return rows


async def _balance_at(session: Session, account: LedgerAccount, seq: int) -> Decimal:
    total = select(func.coalesce(func.sum(JournalEntry.amount), 0)).where(
        JournalEntry.account_id == account.id, JournalEntry.seq <= seq
    )
    return shown_balance(account.side, (await session.execute(total)).scalar_one())


@dataclass(frozen=True, slots=True)
class TrialLine:
    """All accounts of a code together: debits, credits (both zero or more), and their balance on their side."""

    code: AccountCode
    side: LedgerSide
    debit: Decimal
    credit: Decimal
    balance: Decimal


async def trial_balance(session: Session) -> Sequence[TrialLine]:
    """The whole ledger by account code (试算平衡): debits and credits are equal, or the ledger is broken."""
    amount = JournalEntry.amount
    statement = (
        select(
            LedgerAccount.code,
            LedgerAccount.side,
            func.coalesce(func.sum(amount).filter(amount > 0), 0),
            func.coalesce(-func.sum(amount).filter(amount < 0), 0),
        )
        .join(JournalEntry, JournalEntry.account_id == LedgerAccount.id)
        .group_by(LedgerAccount.code, LedgerAccount.side)
        .order_by(LedgerAccount.code)
    )
    return [
        TrialLine(code, side, debit, credit, shown_balance(side, debit - credit))
        for code, side, debit, credit in (await session.execute(statement)).all()
    ]


async def get_transaction(session: Session, transaction_id: UUID) -> tuple[JournalTransaction, tuple[Line, ...]]:
    """A transaction and its entries as the rules see them."""
    row = (
        await session.execute(select(JournalTransaction).where(JournalTransaction.id == transaction_id))
    ).scalar_one()
    statement = (
        select(JournalEntry.amount, LedgerAccount)
        .join(LedgerAccount, LedgerAccount.id == JournalEntry.account_id)
        .where(JournalEntry.transaction_id == transaction_id)
        .order_by(JournalEntry.seq)
    )
    entries = (await session.execute(statement)).all()
    return row, tuple(Line(place_of(account), amount) for amount, account in entries)


async def unreversed_transactions(session: Session, reference: str, kind: MovementKind) -> Sequence[UUID]:
    """The transactions of a reference and a kind that nothing has reversed."""
    reverser = aliased(JournalTransaction)
    statement = (
        select(JournalTransaction.id)
        .outerjoin(reverser, reverser.reverses_id == JournalTransaction.id)
        .where(JournalTransaction.reference == reference, JournalTransaction.kind == kind, reverser.id.is_(None))
        .order_by(JournalTransaction.id)
    )
    return await read_all(session, statement)
