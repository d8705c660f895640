"""Use cases of deposits, fees and the price, for the pricing modes and contracts; each in the caller's transaction.

Order of locks: the caller's subject (listing, auction, deal), the calendar where deposits may go back, deposits,
instructions, accounts.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.core.clock import read_clock
from app.core.database import Session, add_unique
from app.core.history import events
from app.core.ids import NumberPrefix, new_id, readable_number
from app.office.ledger import journal, rules
from app.office.ledger.deposits import queries, releases
from app.office.ledger.deposits import rules as deposit_rules
from app.office.ledger.instructions import queries as instruction_queries
from app.office.ledger.instructions import service as instructions
from app.office.ledger.kinds import AccountCode, DepositStatus, InstructionKind, MovementKind
from app.office.ledger.models import Deposit
from app.office.ledger.problems import DEPOSIT_EXISTS
from app.office.ledger.rules import Owner, Subject

"""Use cases of deposits, fees and the price, for the pricing modes and contracts; each in the caller's transaction.

Order of locks: the caller's subject (listing, auction, deal), the calendar where deposits may go back, deposits,
instructions, accounts.
"""


async def request_deposit(
    session: Session, *, subject: Subject, organisation_id: UUID, amount: Decimal, due_at: datetime | None = None
) -> Deposit:
    """Ask an organisation for a deposit (保证金, CNY above zero) for a subject.

    Its number is what the payer writes as purpose. Money that the bank receives by `due_at` is held at once; later
    money is only received, until `hold` accepts it. Raises `deposit_exists` while another one is live.
    """
    live = await queries.live_deposit(session, subject, organisation_id)
    if live is not None:
        raise DEPOSIT_EXISTS(number=live.number, status=live.status)
    now = await read_clock(session)
    deposit = Deposit(
        id=new_id(),
        number=await readable_number(session, NumberPrefix.DEPOSIT, now),
        subject_type=subject[0],
        subject_id=subject[1],
        organisation_id=organisation_id,
        required_amount=amount,
        due_at=due_at,
        requested_at=now,
    )
    taken = DEPOSIT_EXISTS(number="-", status=DepositStatus.REQUESTED)
    await add_unique(session, deposit, taken, "uq_deposits_live")
    tell(session, deposit, "deposit.requested")
    return deposit


async def is_held(session: Session, subject: Subject, organisation_id: UUID) -> bool:
    """Whether the organisation's deposit for the subject is held now."""
    return await queries.is_held(session, subject, organisation_id)


async def hold(session: Session, deposit_id: UUID) -> Deposit:
    """Accept a deposit that came late. Raises `deposit_not_held` unless it is `received`."""
    deposit = await queries.lock_deposit(session, deposit_id)
    deposit_rules.check_status(deposit.number, deposit.status, DepositStatus.RECEIVED)
    await hold_received(session, deposit)
    return deposit


async def hold_received(session: Session, deposit: Deposit) -> None:
    """Move a locked deposit from received to held."""
    movement = rules.movement(MovementKind.DEPOSIT_HELD, owner_of(deposit), deposit.required_amount)
    await journal.post(session, movement, occurred_at=await read_clock(session), reference=deposit.number)
    move(session, deposit, DepositStatus.HELD)


async def release_losers(
    session: Session, subject: Subject, winner_id: UUID | None, now: datetime
) -> Sequence[Deposit]:
    """The winner is fixed (or, with None, there is none): every other deposit goes back in full.

    Each gets an instruction to the bank, due within the period `deposit_release` after the local day of `now`;
    deposits that were asked for and never paid are cancelled. Answers what must be paid back; called again, nothing.
    """
    await releases.hold_calendar(session)
    losers = [row for row in await queries.lock_live_deposits(session, subject) if row.organisation_id != winner_id]
    for deposit in losers:
        await _end_unforfeited(session, deposit, now)
    return [deposit for deposit in losers if deposit.status == DepositStatus.RELEASE_DUE]


async def release(session: Session, subject: Subject, organisation_id: UUID, now: datetime) -> Deposit:
    """Give one deposit back, with the same period as the losers'. Raises `deposit_not_held`, `not_found`."""
    await releases.hold_calendar(session)
    deposit = await queries.lock_latest_deposit(session, subject, organisation_id)
    deposit_rules.check_held(deposit.number, deposit.status, DepositStatus.RECEIVED)
    await _owe_back(session, deposit, now)
    return deposit


async def give_back(session: Session, subject: Subject, organisation_id: UUID, now: datetime) -> None:
    """End an organisation's live deposit, if any: paid, it goes back in full; only asked for, it is cancelled."""
    await releases.hold_calendar(session)
    for deposit in await queries.lock_live_deposits(session, subject):
        if deposit.organisation_id == organisation_id:
            await _end_unforfeited(session, deposit, now)


async def _end_unforfeited(session: Session, deposit: Deposit, now: datetime) -> None:
    if deposit.status == DepositStatus.REQUESTED:
        move(session, deposit, DepositStatus.CANCELLED)
    else:
        await _owe_back(session, deposit, now)


async def move_due(session: Session, subject: Subject, due_at: datetime) -> None:
    """The day for paying deposits moved, such as a notice that was extended.

    What is not paid yet is due then; what came late by the old day and in time by the new one is held.
    """
    for deposit in await queries.lock_live_deposits(session, subject):
        if deposit.status == DepositStatus.HELD or deposit.due_at == due_at:
            continue
        deposit.due_at = due_at
        deposit.revision += 1
        tell(session, deposit, "deposit.due_moved", due_at=due_at.isoformat())
        if deposit.received_at is not None and not deposit_rules.is_late(deposit.received_at, due_at):
            await hold_received(session, deposit)


async def _owe_back(session: Session, deposit: Deposit, now: datetime) -> None:
    late = deposit.status == DepositStatus.RECEIVED
    source = owner_of(deposit).place(AccountCode.DEPOSIT_RECEIVED if late else AccountCode.DEPOSIT_HELD)
    movement = rules.movement(MovementKind.DEPOSIT_RELEASE_DUE, owner_of(deposit), deposit.required_amount, source)
    await journal.post(session, movement, occurred_at=now, reference=deposit.number)
    fixed_on = session.city.day_of(now)
    period = await releases.begin(session, deposit, fixed_on)
    deposit.winner_fixed_on, deposit.release_due_on = fixed_on, period.ends_on
    deposit.release_provisional = period.provisional
    move(session, deposit, DepositStatus.RELEASE_DUE, release_due_on=str(period.ends_on))
    await instructions.instruct(
        session,
        InstructionKind.DEPOSIT_RELEASE,
        subject=(deposit.subject_type, deposit.subject_id),
        organisation_id=deposit.organisation_id,
        amount=deposit.required_amount,
        deposit_id=deposit.id,
        due_on=period.ends_on,
    )


async def follow_release(session: Session, deposit: Deposit) -> None:
    """A locked deposit's day and instruction follow the period in which it must be back."""
    period = await releases.running(session, deposit)
    if period is None:
        return
    before, deposit.release_due_on = deposit.release_due_on, period.ends_on
    deposit.release_provisional = period.provisional
    if before == period.ends_on:
        return
    deposit.revision += 1
    (await instruction_queries.lock_release_instruction(session, deposit.id)).due_on = period.ends_on
    tell(session, deposit, "deposit.release_moved", before=str(before), release_due_on=str(period.ends_on))


async def owe_again(session: Session, deposit: Deposit) -> None:
    """The bank took back that it had returned a locked deposit: the days count again from the day they began."""
    move(session, deposit, DepositStatus.RELEASE_DUE, reversed=True)
    assert deposit.winner_fixed_on is not None
    await releases.begin(session, deposit, deposit.winner_fixed_on)
    await follow_release(session, deposit)


async def apply_to_price(
    session: Session, subject: Subject, organisation_id: UUID, *, deal: Subject, fee: Decimal = rules.ZERO
) -> Deposit:
    """The winner's deposit becomes part of the deal's price, less the fee (CNY), which is charged and paid by it.

    Raises `deposit_not_held`, `more_than_held` for a fee above the deposit, `not_found` where there was never one.
    """
    deposit = await _lock_held(session, subject, organisation_id)
    movements = rules.deposit_applied(owner_of(deposit), deposit.required_amount, deal, fee)
    await journal.post(session, *movements, occurred_at=await read_clock(session), reference=deposit.number)
    move(session, deposit, DepositStatus.APPLIED, deal_id=deal[1], fee=f"{fee:.2f}")
    return deposit


async def forfeit(session: Session, subject: Subject, organisation_id: UUID, *, reason: str) -> Deposit:
    """The depositor walked away: its deposit is forfeited (没收). Raises `deposit_not_held`, `not_found`."""
    deposit = await _lock_held(session, subject, organisation_id)
    movement = rules.movement(MovementKind.DEPOSIT_FORFEITED, owner_of(deposit), deposit.required_amount)
    now = await read_clock(session)
    await journal.post(session, movement, occurred_at=now, reference=deposit.number, reason=reason)
    deposit.reason = reason
    move(session, deposit, DepositStatus.FORFEITED)
    return deposit


async def _lock_held(session: Session, subject: Subject, organisation_id: UUID) -> Deposit:
    deposit = await queries.lock_latest_deposit(session, subject, organisation_id)
    deposit_rules.check_held(deposit.number, deposit.status)
    return deposit


def owner_of(deposit: Deposit) -> Owner:
    """Whose the deposit is, and for what."""
    return Owner((deposit.subject_type, deposit.subject_id), deposit.organisation_id)


def move(session: Session, deposit: Deposit, status: DepositStatus, **payload: object) -> None:
    """Bring a locked deposit to a status and say so; raises `ValueError` for a step that does not exist."""
    deposit_rules.check_step(deposit.status, status)
    deposit.status = status
    deposit.revision += 1
    tell(session, deposit, f"deposit.{status}", **payload)


def tell(session: Session, deposit: Deposit, type_: str, **payload: object) -> None:
    """Append an event for the depositor and the market: who deposited is nobody else's business."""
    body = {
        "number": deposit.number,
        "status": deposit.status,
        "subject_type": deposit.subject_type,
        "subject_id": deposit.subject_id,
        "amount": f"{deposit.required_amount:.2f}",
        "reason": deposit.reason,
    } | payload
    audience = [events.OPERATOR, deposit.organisation_id]
    events.append(session, type_, ("deposit", deposit.id), audience=audience, payload=body)
