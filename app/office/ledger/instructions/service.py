"""Settlement instructions (结算指令): what the bank must pay out or a party pay in, and how each one is settled."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.ids import NumberPrefix, new_id, readable_number
from app.office.ledger import journal, rules
from app.office.ledger import queries as ledger
from app.office.ledger.instructions import queries
from app.office.ledger.instructions.rules import KINDS, check_instruction
from app.office.ledger.kinds import Direction, InstructionKind, InstructionStatus, MovementKind, Undo
from app.office.ledger.models import PaymentInstruction
from app.office.ledger.rules import Movement, Owner, Place, Subject


async def instruct(
    session: Session,
    kind: InstructionKind,
    *,
    subject: Subject,
    organisation_id: UUID | None,
    amount: Decimal,
    deposit_id: UUID | None = None,
    account_tail: str | None = None,
    due_on: date | None = None,
) -> PaymentInstruction:
    """Write an open instruction (CNY above zero) with a number of its own, and tell who is concerned."""
    now = await read_clock(session)
    row = PaymentInstruction(
        id=new_id(),
        number=await readable_number(session, NumberPrefix.INSTRUCTION, now),
        direction=KINDS[kind].direction,
        kind=kind,
        subject_type=subject[0],
        subject_id=subject[1],
        deposit_id=deposit_id,
        organisation_id=organisation_id,
        account_tail=account_tail,
        amount=amount,
        due_on=due_on,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    tell(session, row, "settlement.instructed")
    return row


def settling(row: PaymentInstruction, through: Place | None = None) -> Movement:
    """The movement that settles an instruction, through the bank or against suspense."""
    owner = Owner((row.subject_type, row.subject_id), row.organisation_id)
    return rules.movement(KINDS[row.kind].settled_by, owner, row.amount, through)


def settle(session: Session, row: PaymentInstruction, at: datetime) -> None:
    """Mark a locked instruction settled by what the bank confirmed."""
    row.status, row.settled_at = InstructionStatus.SETTLED, at
    tell(session, row, "settlement.settled")


def reopen(session: Session, row: PaymentInstruction) -> None:
    """The confirmation was reversed: the instruction waits again."""
    row.status, row.settled_at = InstructionStatus.OPEN, None
    tell(session, row, "settlement.reopened")


def tell(session: Session, row: PaymentInstruction, type_: str) -> None:
    """Append an event for the market and the organisation concerned."""
    audience = [events.OPERATOR, *([row.organisation_id] if row.organisation_id else [])]
    payload = {
        "number": row.number,
        "kind": row.kind,
        "direction": row.direction,
        "status": row.status,
        "amount": f"{row.amount:.2f}",
        "due_on": str(row.due_on) if row.due_on else None,
        "subject_type": row.subject_type,
        "subject_id": row.subject_id,
    }
    events.append(session, type_, ("settlement_instruction", row.id), audience=audience, payload=payload)


async def charge_fee(
    session: Session, *, subject: Subject, organisation_id: UUID, amount: Decimal, due_on: date | None = None
) -> PaymentInstruction:
    """Charge a party a fee (CNY); answers the instruction by whose number it pays."""
    payer = Owner(subject, organisation_id)
    instruction = await instruct(
        session, InstructionKind.FEE_DUE, subject=subject, organisation_id=organisation_id,
        amount=amount, due_on=due_on
    )  # fmt: skip
    movement = rules.movement(MovementKind.FEE_CHARGED, payer, amount)
    await journal.post(session, movement, occurred_at=await read_clock(session), reference=instruction.number)
    return instruction


async def request_price(
    session: Session, *, deal: Subject, payer_id: UUID, amount: Decimal, due_on: date | None = None
) -> PaymentInstruction:
    """Ask a buyer to pay a part of the price (CNY) through the exchange; answers the instruction to pay by."""
    return await instruct(
        session, InstructionKind.PRICE_DUE, subject=deal, organisation_id=payer_id,
        amount=amount, due_on=due_on
    )  # fmt: skip


async def pay_out_price(
    session: Session, *, deal: Subject, seller_id: UUID, amount: Decimal, due_on: date | None = None
) -> PaymentInstruction:
    """Owe a seller a part of what gathered of the price, and instruct the bank. Raises `more_than_held`."""
    return await _owe(session, InstructionKind.PRICE_PAYOUT, Owner(deal, seller_id), amount, due_on)


async def return_price(
    session: Session, *, deal: Subject, buyer_id: UUID, amount: Decimal, reason: str | None = None
) -> PaymentInstruction:
    """Owe a buyer what gathered for it beyond the price, or, for a reason, of it; instruct the bank.

    Raises `more_than_held`.
    """
    return await _owe(session, InstructionKind.PRICE_RETURN, Owner(deal, buyer_id), amount, None, reason)


async def _owe(
    session: Session,
    kind: InstructionKind,
    owner: Owner,
    amount: Decimal,
    due_on: date | None,
    reason: str | None = None,
) -> PaymentInstruction:
    instruction = await instruct(
        session, kind, subject=owner.subject, organisation_id=owner.organisation_id,
        amount=amount, due_on=due_on
    )  # fmt: skip
    movement = rules.movement(MovementKind.PRICE_PAYABLE, owner, amount)
    now = await read_clock(session)
    await journal.post(session, movement, occurred_at=now, reference=instruction.number, reason=reason)
    return instruction


async def cancel_request(session: Session, instruction_id: UUID, *, reason: str) -> PaymentInstruction:
    """Take back a request for a price or a fee that nobody has paid; the charge of a fee is reversed.

    Raises `instruction_not_open`, and `direction_wrong` for what the bank pays out.
    """
    row = await queries.lock_instruction(session, instruction_id)
    check_instruction(row.number, row.status, row.direction, row.amount, (Direction.IN, row.amount))
    for charge in await ledger.unreversed_transactions(session, row.number, MovementKind.FEE_CHARGED):
        now = await read_clock(session)
        await journal.reverse(session, charge, Undo.CANCELLATION, occurred_at=now, reference=row.number, reason=reason)
    row.status = InstructionStatus.CANCELLED
    tell(session, row, "settlement.cancelled")
    return row
