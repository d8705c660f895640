"""All reading of the ledger, and who may see what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from app.core.access import Actor, Role
from app.core.problems import NOT_FOUND
from app.core.web.pages import PageRequest
from app.office.ledger.kinds import AccountCode, DepositStatus, Direction, InstructionStatus, LedgerSide, MovementKind
from app.office.ledger.models import (
    BankConfirmation,
    ConfirmationResolution,
    Deposit,
    JournalEntry,
    JournalTransaction,
    LedgerAccount,
    SettlementInstruction,
)
from app.office.ledger.rules import ZERO, Line, Place, Subject, shown_balance

LIVE = (DepositStatus.REQUESTED, DepositStatus.RECEIVED, DepositStatus.HELD)


def place_of(account: LedgerAccount) -> Place:
    """Which account a row is, as the rules name it."""
    subject = (account.subject_type, account.subject_id) if account.subject_type and account.subject_id else None
    return Place(account.code, account.organisation_id, subject)


async def lock_accounts(session: AsyncSession, places: Iterable[Place]) -> dict[Place, LedgerAccount]:
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


async def balances(session: AsyncSession, accounts: Mapping[Place, LedgerAccount]) -> dict[Place, Decimal]:
    """The balance of each account on its own side: the sum of its entries, and nothing else."""
    by_id = {account.id: place for place, account in accounts.items()}
    statement = (
        select(JournalEntry.account_id, func.sum(JournalEntry.amount))
        .where(JournalEntry.account_id.in_(by_id))
        .group_by(JournalEntry.account_id)
    )
    found = {by_id[key]: total for key, total in (await session.execute(statement)).all()}
    return {place: shown_balance(row.side, found.get(place, ZERO)) for place, row in accounts.items()}


async def balance_of(session: AsyncSession, place: Place) -> Decimal:
    """The balance of one account (CNY, on its own side); zero where it was never used."""
    row = (await session.execute(select(LedgerAccount).where(_matches(place)))).scalar_one_or_none()
    return (await balances(session, {place: row}))[place] if row else ZERO


async def get_account(session: AsyncSession, account_id: UUID) -> LedgerAccount:
    """One account; raises `not_found`. For operator and auditor (the routes say so)."""
    found = await session.get(LedgerAccount, account_id)
    if found is None:
        raise NOT_FOUND(what="ledger account / 账户")
    return found


async def list_accounts(
    session: AsyncSession,
    page: PageRequest,
    code: AccountCode | None,
    organisation_id: UUID | None,
    subject_id: UUID | None,
) -> Sequence[tuple[LedgerAccount, Decimal]]:
    """Accounts with their balances, in order of opening."""
    total = (
        select(func.coalesce(func.sum(JournalEntry.amount), 0))
        .where(JournalEntry.account_id == LedgerAccount.id)
        .scalar_subquery()
    )
    statement = select(LedgerAccount, total).order_by(LedgerAccount.id).limit(page.limit + 1)
    if code:
        statement = statement.where(LedgerAccount.code == code)
    if organisation_id:
        statement = statement.where(LedgerAccount.organisation_id == organisation_id)
    if subject_id:
        statement = statement.where(LedgerAccount.subject_id == subject_id)
    after = page.after(UUID)
    if after:
        statement = statement.where(LedgerAccount.id > after[0])
    return [(row, shown_balance(row.side, amount)) for row, amount in (await session.execute(statement)).all()]


@dataclass(frozen=True, slots=True)
class RunningEntry:
    """An entry, its transaction, and the account's balance after it, on the account's own side."""

    entry: JournalEntry
    balance: Decimal


async def entries_after(
    session: AsyncSession, account: LedgerAccount, after: int | None, limit: int, opening: Decimal | None = None
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


async def _balance_at(session: AsyncSession, account: LedgerAccount, seq: int) -> Decimal:
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


async def trial_balance(session: AsyncSession) -> Sequence[TrialLine]:
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


async def get_transaction(session: AsyncSession, transaction_id: UUID) -> tuple[JournalTransaction, tuple[Line, ...]]:
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


async def standing_transactions(session: AsyncSession, reference: str, kind: MovementKind) -> Sequence[UUID]:
    """The transactions of a reference and a kind that nothing has reversed."""
    reverser = aliased(JournalTransaction)
    statement = (
        select(JournalTransaction.id)
        .outerjoin(reverser, reverser.reverses_id == JournalTransaction.id)
        .where(JournalTransaction.reference == reference, JournalTransaction.kind == kind, reverser.id.is_(None))
        .order_by(JournalTransaction.id)
    )
    return (await session.execute(statement)).scalars().all()


async def latest_deposit(session: AsyncSession, subject: Subject, organisation_id: UUID) -> Deposit:
    """An organisation's newest deposit for a subject, whatever became of it; raises `not_found`."""
    statement = (
        select(Deposit)
        .where(Deposit.subject_id == subject[1], Deposit.organisation_id == organisation_id)
        .order_by(Deposit.id.desc())
        .limit(1)
    )
    found = (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND(what="deposit / 保证金")
    return found


async def deposit_amount(session: AsyncSession, subject: Subject, organisation_id: UUID) -> Decimal:
    """What an organisation's live deposit for a subject amounts to (CNY); raises `not_found`."""
    found = await live_deposit(session, subject, organisation_id)
    if found is None:
        raise NOT_FOUND(what="deposit / 保证金")
    return found.required_amount


async def is_held(session: AsyncSession, subject: Subject, organisation_id: UUID) -> bool:
    """Whether an organisation's deposit for a subject is held now. Ask under the subject's lock."""
    statement = _live(subject, organisation_id).where(Deposit.status == DepositStatus.HELD)
    return (await session.execute(statement)).scalar_one_or_none() is not None


def _live(subject: Subject, organisation_id: UUID) -> Select[Deposit]:
    return select(Deposit).where(
        Deposit.subject_type == subject[0],
        Deposit.subject_id == subject[1],
        Deposit.organisation_id == organisation_id,
        Deposit.status.in_(LIVE),
    )


async def live_deposit(session: AsyncSession, subject: Subject, organisation_id: UUID) -> Deposit | None:
    """The deposit that is asked for, received or held, if there is one."""
    return (await session.execute(_live(subject, organisation_id))).scalar_one_or_none()


async def lock_latest_deposit(session: AsyncSession, subject: Subject, organisation_id: UUID) -> Deposit:
    """An organisation's newest deposit for a subject, locked; raises `not_found`."""
    statement = (
        select(Deposit)
        .where(
            Deposit.subject_type == subject[0],
            Deposit.subject_id == subject[1],
            Deposit.organisation_id == organisation_id,
        )
        .order_by(Deposit.id.desc())
        .limit(1)
    )
    return await _one_deposit(session, statement.with_for_update())


async def lock_live_deposits(session: AsyncSession, subject: Subject) -> Sequence[Deposit]:
    """Every live deposit for a subject, locked, in order."""
    statement = select(Deposit).where(
        Deposit.subject_type == subject[0], Deposit.subject_id == subject[1], Deposit.status.in_(LIVE)
    )
    statement = statement.order_by(Deposit.id).with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalars().all()


async def find_free_deposit(session: AsyncSession, deposit_id: UUID, *, wait: bool) -> Deposit | None:
    """One deposit, locked; without `wait`, None where somebody else holds it."""
    statement = select(Deposit).where(Deposit.id == deposit_id).with_for_update(skip_locked=not wait)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()


async def lock_release_instruction(session: AsyncSession, deposit_id: UUID) -> SettlementInstruction:
    """The instruction that gives a deposit back, locked. Lock the deposit before it."""
    statement = select(SettlementInstruction).where(
        SettlementInstruction.deposit_id == deposit_id, SettlementInstruction.status != InstructionStatus.CANCELLED
    )
    return (await session.execute(statement.with_for_update())).scalar_one()


async def _one_deposit(session: AsyncSession, statement: Select[Deposit]) -> Deposit:
    found = (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND(what="deposit / 保证金")
    return found


async def lock_deposit(session: AsyncSession, deposit_id: UUID) -> Deposit:
    """One deposit, locked. Lock it before its instruction, and both before accounts."""
    return await _one_deposit(session, select(Deposit).where(Deposit.id == deposit_id).with_for_update())


async def find_deposit(session: AsyncSession, number: str) -> Deposit | None:
    """The deposit of a number, locked."""
    statement = select(Deposit).where(Deposit.number == number).with_for_update()
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()


def _visible_deposits(actor: Actor) -> Select[Deposit]:
    """The market's staff see every deposit, an organisation its own; who else deposited stays hidden."""
    if actor.is_market:
        return select(Deposit)
    return select(Deposit).where(Deposit.organisation_id == actor.organisation())


async def get_deposit(session: AsyncSession, actor: Actor, deposit_id: UUID) -> Deposit:
    """One deposit that the actor may see; raises `not_found`."""
    return await _one_deposit(session, _visible_deposits(actor).where(Deposit.id == deposit_id))


async def list_deposits(
    session: AsyncSession, actor: Actor, page: PageRequest, status: DepositStatus | None, subject_id: UUID | None
) -> Sequence[Deposit]:
    """Deposits the actor may see, newest first."""
    statement = _visible_deposits(actor).order_by(Deposit.id.desc()).limit(page.limit + 1)
    if status:
        statement = statement.where(Deposit.status == status)
    if subject_id:
        statement = statement.where(Deposit.subject_id == subject_id)
    after = page.after(UUID)
    if after:
        statement = statement.where(Deposit.id < after[0])
    return (await session.execute(statement)).scalars().all()


async def deposits_for(session: AsyncSession, actor: Actor, subject: Subject) -> Sequence[Deposit]:
    """Every deposit for a subject that the actor may see, oldest first."""
    statement = _visible_deposits(actor).where(Deposit.subject_type == subject[0], Deposit.subject_id == subject[1])
    return (await session.execute(statement.order_by(Deposit.id))).scalars().all()


async def has_deposits(session: AsyncSession, subject: Subject) -> bool:
    """Whether deposits were ever asked for a subject."""
    asked = select(Deposit.id).where(Deposit.subject_type == subject[0], Deposit.subject_id == subject[1])
    return bool((await session.execute(select(asked.exists()))).scalar_one())


async def instructions_for(session: AsyncSession, subject: Subject) -> Sequence[SettlementInstruction]:
    """Every instruction on a subject, oldest first, for those who have checked access to the subject."""
    statement = select(SettlementInstruction).where(
        SettlementInstruction.subject_type == subject[0], SettlementInstruction.subject_id == subject[1]
    )
    return (await session.execute(statement.order_by(SettlementInstruction.id))).scalars().all()


async def confirmations_of(
    session: AsyncSession, actor: Actor, *, deposits: Iterable[UUID] = (), instructions: Iterable[UUID] = ()
) -> Sequence[BankConfirmation]:
    """What the bank confirmed on deposits or instructions, matched or found so later, for operator and auditor.

    Nobody else sees confirmations.
    """
    wanted = sorted(set(deposits)), sorted(set(instructions))
    if not any(wanted) or not actor.has(Role.OPERATOR, Role.AUDITOR):
        return []
    found = [
        column.in_(ids)
        for table in (BankConfirmation, ConfirmationResolution)
        for column, ids in zip((table.deposit_id, table.instruction_id), wanted, strict=True)
    ]
    statement = (
        _confirmations()
        .outerjoin(ConfirmationResolution, ConfirmationResolution.confirmation_id == BankConfirmation.id)
        .where(or_(*found))
        .order_by(BankConfirmation.id)
    )
    return (await session.execute(statement)).scalars().all()


async def find_instruction(session: AsyncSession, number: str) -> SettlementInstruction | None:
    """The instruction of a number; not locked, so that its deposit can be locked first."""
    statement = select(SettlementInstruction).where(SettlementInstruction.number == number)
    return (await session.execute(statement)).scalar_one_or_none()


async def get_instruction(session: AsyncSession, instruction_id: UUID) -> SettlementInstruction:
    """One instruction, not locked, whoever asks."""
    return (
        await session.execute(select(SettlementInstruction).where(SettlementInstruction.id == instruction_id))
    ).scalar_one()


async def lock_instruction(session: AsyncSession, instruction_id: UUID) -> SettlementInstruction:
    """One instruction, locked, as it stands now."""
    statement = select(SettlementInstruction).where(SettlementInstruction.id == instruction_id).with_for_update()
    found = (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND(what="settlement instruction / 结算指令")
    return found


async def list_instructions(
    session: AsyncSession,
    actor: Actor,
    page: PageRequest,
    status: InstructionStatus | None,
    direction: Direction | None,
) -> Sequence[SettlementInstruction]:
    """All instructions for operator and auditor, an organisation's own otherwise; newest first."""
    statement = select(SettlementInstruction).order_by(SettlementInstruction.id.desc()).limit(page.limit + 1)
    if not actor.has(Role.OPERATOR, Role.AUDITOR):
        statement = statement.where(SettlementInstruction.organisation_id == actor.organisation())
    if status:
        statement = statement.where(SettlementInstruction.status == status)
    if direction:
        statement = statement.where(SettlementInstruction.direction == direction)
    after = page.after(UUID)
    if after:
        statement = statement.where(SettlementInstruction.id < after[0])
    return (await session.execute(statement)).scalars().all()


def _confirmations() -> Select[BankConfirmation]:
    resolution = selectinload(BankConfirmation.resolution)
    return select(BankConfirmation).options(resolution.selectinload(ConfirmationResolution.reversal))


async def confirmation_of(session: AsyncSession, bank_reference: str) -> BankConfirmation | None:
    """The confirmation that has a bank reference."""
    statement = _confirmations().where(BankConfirmation.bank_reference == bank_reference)
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_confirmation(session: AsyncSession, confirmation_id: UUID) -> BankConfirmation:
    """One confirmation, locked against a second resolution; raises `not_found`."""
    statement = _confirmations().where(BankConfirmation.id == confirmation_id).with_for_update(of=BankConfirmation)
    found = (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND(what="bank confirmation / 银行确认")
    return found


async def list_unmatched(session: AsyncSession, page: PageRequest) -> Sequence[BankConfirmation]:
    """The worklist: confirmations that match nothing and are not resolved, oldest first."""
    statement = (
        _confirmations()
        .outerjoin(ConfirmationResolution, ConfirmationResolution.confirmation_id == BankConfirmation.id)
        .where(
            BankConfirmation.deposit_id.is_(None),
            BankConfirmation.instruction_id.is_(None),
            ConfirmationResolution.confirmation_id.is_(None),
        )
        .order_by(BankConfirmation.id)
        .limit(page.limit + 1)
    )
    after = page.after(UUID)
    if after:
        statement = statement.where(BankConfirmation.id > after[0])
    return (await session.execute(statement)).scalars().all()
