"""Use cases of the bank: what it confirms is matched, put into suspense, resolved or reversed.

Order of locks: the bank's reference or the confirmation, then for a deposit that goes back the
calendar, deposit, instruction, accounts.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.clock import read_clock, read_today
from app.core.database import Session, advisory_lock
from app.core.history import events
from app.core.ids import new_id
from app.core.problems import BANK_REFERENCE_USED, UNKNOWN_REFERENCE, Text
from app.office.ledger import journal, problems, rules
from app.office.ledger import queries as ledger
from app.office.ledger.bank import queries, schemas
from app.office.ledger.bank import rules as bank_rules
from app.office.ledger.deposits import queries as deposit_queries
from app.office.ledger.deposits import releases
from app.office.ledger.deposits import rules as deposit_rules
from app.office.ledger.deposits import service as deposits
from app.office.ledger.instructions import hooks
from app.office.ledger.instructions import queries as instruction_queries
from app.office.ledger.instructions import rules as instruction_rules
from app.office.ledger.instructions import service as instructions
from app.office.ledger.kinds import (
    AccountCode,
    DepositStatus,
    Direction,
    InstructionKind,
    InstructionStatus,
    MovementKind,
    ResolutionKind,
    Undo,
)
from app.office.ledger.models import (
    BankConfirmation,
    ConfirmationResolution,
    Deposit,
    PaymentInstruction,
    ResolutionReversal,
)
from app.office.ledger.rules import Movement, Place


async def confirm(session: Session, body: schemas.BankConfirmationIn) -> BankConfirmation:
    """Record what the bank confirms, and move the deposit or the instruction that its purpose names.

    A purpose that names nothing puts the money into suspense. The same confirmation again answers the first one.
    Raises `bank_reference_used`, `bank_time_in_future`, `bank_time_too_old`, `dates_out_of_order`, `direction_wrong`,
    `deposit_amount_wrong`, `deposit_not_payable`, `instruction_amount_wrong`, `instruction_not_open`.
    """
    await advisory_lock(session, "bank_reference", body.bank_reference)
    earlier = await queries.confirmation_of(session, body.bank_reference)
    if earlier is not None:
        return _same(earlier, body)
    now = await read_clock(session)
    bank_rules.check_bank_time(body.received_at, now)
    row = BankConfirmation(id=new_id(), recorded_at=now, resolution=None, **body.model_dump())
    deposit, instruction = await _matching(session, body.purpose_reference)
    if deposit is not None:
        row.deposit_id = deposit.id
        movement = _paying(row, deposit)
    elif instruction is not None:
        row.instruction_id = instruction.id
        movement = _settling(row, instruction)
    else:
        kind = MovementKind.UNMATCHED_IN if row.direction == Direction.IN else MovementKind.UNMATCHED_OUT
        movement = rules.movement(kind, rules.unmatched(row.id), row.amount)
    reference = body.purpose_reference if deposit or instruction else None
    (transaction,) = await journal.post(
        session,
        movement,
        occurred_at=body.received_at,
        reference=reference or body.bank_reference,
        bank_reference=body.bank_reference,
    )
    row.transaction_id = transaction.id
    session.add(row)
    await session.flush()
    await _follow(session, row, deposit, instruction)
    _tell(session, row, "bank.confirmed")
    return row


async def resolve(session: Session, confirmation_id: UUID, body: schemas.ResolutionIn) -> BankConfirmation:
    """The operator found out what unmatched money is: a deposit's, an instruction's, or to be returned.

    Raises `confirmation_settled`, `resolution_unfit`, `unknown_reference`, and what `confirm` raises about amounts.
    """
    row = await queries.lock_confirmation(session, confirmation_id)
    _check_open(row)
    if row.deposit_id or row.instruction_id:
        raise problems.CONFIRMATION_SETTLED(state=Text("matched", "核对一致"))
    if row.direction == Direction.OUT and body.kind != ResolutionKind.INSTRUCTION:
        raise problems.RESOLUTION_UNFIT(field="kind", kind=body.kind, direction=row.direction)
    suspense = rules.unmatched(row.id)
    code = AccountCode.SUSPENSE_IN if row.direction == Direction.IN else AccountCode.SUSPENSE_OUT
    deposit, instruction = await _named(session, body)
    now = await read_clock(session)
    if deposit is not None:
        movement, reference = _paying(row, deposit, suspense.place(code)), deposit.number
    elif instruction is not None:
        movement, reference = _settling(row, instruction, suspense.place(code)), instruction.number
    else:
        made = await _instruct_return(session, row, body)
        movement = rules.movement(MovementKind.UNMATCHED_REPAYABLE, suspense, row.amount)
        reference = made.number
    await journal.post(session, movement, occurred_at=now, reference=reference, reason=body.reason)
    await _follow(session, row, deposit, instruction)
    await _store(session, row, ResolutionKind(body.kind), body.reason, deposit, instruction, now)
    return row


async def reverse(session: Session, confirmation_id: UUID, reason: str) -> BankConfirmation:
    """A confirmation was wrong, or the bank took it back: mirror its entries, and open again what it had settled.

    So it is with unmatched money that was resolved to the wrong deposit or instruction. Raises `confirmation_settled`,
    `not_reversible` and `more_than_held` where the money has moved on.
    """
    row = await queries.lock_confirmation(session, confirmation_id)
    now = await read_clock(session)
    if row.resolution is not None and _is_undoable(row.resolution):
        await _undo(session, row, row.resolution, reason, now)
        return row
    _check_open(row)
    if row.deposit_id is not None:
        await _unpay(session, await deposit_queries.lock_deposit(session, row.deposit_id), reason, now)
    else:
        await _unsettle(session, row, reason, now)
    await _store(session, row, ResolutionKind.REVERSAL, reason, None, None, now)
    return row


def _is_undoable(resolution: ConfirmationResolution) -> bool:
    """A return has an instruction to the bank of its own; what was taken back is over."""
    matched = resolution.kind in (ResolutionKind.DEPOSIT, ResolutionKind.INSTRUCTION)
    return matched and resolution.reversal is None


async def _undo(
    session: Session, row: BankConfirmation, resolution: ConfirmationResolution, reason: str, now: datetime
) -> None:
    """Take back a resolution, then the confirmation that had matched nothing."""
    if resolution.deposit_id is not None:
        await _unpay(session, await deposit_queries.lock_deposit(session, resolution.deposit_id), reason, now)
    elif resolution.instruction_id is not None:
        instruction = await instruction_queries.get_instruction(session, resolution.instruction_id)
        (settled,) = await ledger.unreversed_transactions(
            session, instruction.number, instructions.settling(instruction).kind
        )
        await _unsettle(session, _Settled(instruction.id, settled), reason, now)
    await journal.reverse(
        session, row.transaction_id, Undo.BANK, occurred_at=now, reference=row.bank_reference, reason=reason
    )
    resolution.reversal = ResolutionReversal(confirmation_id=row.id, reason=reason, reversed_at=now)
    await session.flush()
    _tell(session, row, "bank.reversed")


def _same(earlier: BankConfirmation, body: schemas.BankConfirmationIn) -> BankConfirmation:
    """The first answer for the same confirmation; raises `bank_reference_used` for any other."""
    if any(getattr(earlier, name) != value for name, value in body.model_dump().items()):
        raise BANK_REFERENCE_USED(
            field="bank_reference", reference=body.bank_reference, extra={"confirmation_id": str(earlier.id)}
        )
    return earlier


async def _matching(session: Session, reference: str | None) -> tuple[Deposit | None, PaymentInstruction | None]:
    """The deposit or the instruction of a number, locked, or neither."""
    if reference is None:
        return None, None
    deposit = await deposit_queries.find_deposit(session, reference)
    if deposit is not None:
        return deposit, None
    found = await instruction_queries.find_instruction(session, reference)
    if found is None:
        return None, None
    if found.deposit_id is not None:
        await releases.hold_calendar(session)
        await deposit_queries.lock_deposit(session, found.deposit_id)
    return None, await instruction_queries.lock_instruction(session, found.id)


async def _named(session: Session, body: schemas.ResolutionIn) -> tuple[Deposit | None, PaymentInstruction | None]:
    if body.kind == ResolutionKind.RETURN:
        return None, None
    deposit, instruction = await _matching(session, body.purpose_reference)
    if body.kind == ResolutionKind.DEPOSIT and deposit is None:
        raise UNKNOWN_REFERENCE(field="purpose_reference", what=problems.DEPOSIT)
    if body.kind != ResolutionKind.DEPOSIT and instruction is None:
        raise UNKNOWN_REFERENCE(field="purpose_reference", what=problems.INSTRUCTION)
    return deposit, instruction


def _paying(row: BankConfirmation, deposit: Deposit, source: Place | None = None) -> Movement:
    bank_rules.check_not_before(row.received_at, "requested_at", deposit.requested_at)
    deposit_rules.check_deposit_payment(
        deposit.number, deposit.status, deposit.required_amount, row.direction, row.amount
    )
    return rules.movement(MovementKind.DEPOSIT_RECEIVED, deposits.owner_of(deposit), row.amount, source)


def _settling(row: BankConfirmation, instruction: PaymentInstruction, through: Place | None = None) -> Movement:
    bank_rules.check_not_before(row.received_at, "created_at", instruction.created_at)
    instruction_rules.check_instruction(
        instruction.number,
        instruction.status,
        instruction.direction,
        instruction.amount,
        (row.direction, row.amount),
    )
    return instructions.settling(instruction, through)


async def _follow(
    session: Session, row: BankConfirmation, deposit: Deposit | None, instruction: PaymentInstruction | None
) -> None:
    """What the money does to the deposit or the instruction once it is in the journal."""
    if deposit is not None:
        deposit.received_at = row.received_at
        deposits.move(
            session, deposit, DepositStatus.RECEIVED, late=deposit_rules.is_late(row.received_at, deposit.due_at)
        )
        if not deposit_rules.is_late(row.received_at, deposit.due_at):
            await deposits.hold_received(session, deposit)
    if instruction is not None:
        instructions.settle(session, instruction, row.received_at)
        if instruction.deposit_id is not None:
            released = await deposit_queries.lock_deposit(session, instruction.deposit_id)
            deposits.move(session, released, DepositStatus.RELEASED)
            await releases.end(session, released, await read_today(session))
        await hooks.instruction_moved.announce(session, instruction, await read_clock(session))


async def _instruct_return(session: Session, row: BankConfirmation, body: schemas.ResolutionIn) -> PaymentInstruction:
    return await instructions.instruct(
        session,
        InstructionKind.SUSPENSE_RETURN,
        subject=("bank_confirmation", row.id),
        organisation_id=None,
        amount=row.amount,
        account_tail=body.account_tail or row.account_tail,
    )


async def _unpay(session: Session, deposit: Deposit, reason: str, now: datetime) -> None:
    bank_rules.check_reversible(deposit.number, deposit.status, DepositStatus.RECEIVED, DepositStatus.HELD)
    for kind in (MovementKind.DEPOSIT_HELD, MovementKind.DEPOSIT_RECEIVED):
        for wrong in await ledger.unreversed_transactions(session, deposit.number, kind):
            await journal.reverse(session, wrong, Undo.BANK, occurred_at=now, reference=deposit.number, reason=reason)
    deposit.received_at = None
    deposits.move(session, deposit, DepositStatus.REQUESTED, reversed=True)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What a resolution settled, as a matched confirmation would have."""

    instruction_id: UUID
    transaction_id: UUID
    bank_reference: str = "-"


async def _unsettle(session: Session, row: BankConfirmation | _Settled, reason: str, now: datetime) -> None:
    """Reverse what an instruction's confirmation, or one that matched nothing, had moved."""
    instruction = await instruction_queries.get_instruction(session, row.instruction_id) if row.instruction_id else None
    deposit_id = instruction.deposit_id if instruction else None
    if deposit_id is not None:
        await releases.hold_calendar(session)
    deposit = await deposit_queries.lock_deposit(session, deposit_id) if deposit_id else None
    if instruction is not None:
        instruction = await instruction_queries.lock_instruction(session, instruction.id)
        bank_rules.check_reversible(instruction.number, instruction.status, InstructionStatus.SETTLED)
        instructions.reopen(session, instruction)
    reference = instruction.number if instruction else row.bank_reference
    await journal.reverse(session, row.transaction_id, Undo.BANK, occurred_at=now, reference=reference, reason=reason)
    if deposit is not None:
        await deposits.owe_again(session, deposit)
    if instruction is not None:
        await hooks.instruction_moved.announce(session, instruction, now)


def _check_open(row: BankConfirmation) -> None:
    if row.resolution is not None:
        is_reversed = row.resolution.kind == ResolutionKind.REVERSAL or row.resolution.reversal is not None
        state = Text("reversed", "冲销") if is_reversed else Text("resolved", "认领处理")
        raise problems.CONFIRMATION_SETTLED(state=state)


async def _store(
    session: Session,
    row: BankConfirmation,
    kind: ResolutionKind,
    reason: str,
    deposit: Deposit | None,
    instruction: PaymentInstruction | None,
    now: datetime,
) -> None:
    row.resolution = ConfirmationResolution(
        reversal=None,
        confirmation_id=row.id,
        kind=kind,
        deposit_id=deposit.id if deposit else None,
        instruction_id=instruction.id if instruction else None,
        reason=reason,
        resolved_at=now,
    )
    await session.flush()
    _tell(session, row, "bank.reversed" if kind == ResolutionKind.REVERSAL else "bank.resolved")


def _tell(session: Session, row: BankConfirmation, type_: str) -> None:
    """Append an event for the market; the party concerned hears of its deposit or instruction."""
    payload = {
        "direction": row.direction,
        "amount": f"{row.amount:.2f}",
        "bank_reference": row.bank_reference,
        "deposit_id": row.deposit_id,
        "instruction_id": row.instruction_id,
        "resolution": row.resolution.kind if row.resolution else None,
    }
    events.append(session, type_, ("bank_confirmation", row.id), audience=[events.OPERATOR], payload=payload)
