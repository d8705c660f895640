"""Settlement instructions (结算指令): what the bank must pay out or a party pay in, and how each one is settled."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import local_date, read_clock
from app.core.history import events
from app.core.ids import new_id, readable_number
from app.core.settings import Settings
from app.office.ledger import rules
from app.office.ledger.kinds import Direction, InstructionKind, InstructionStatus
from app.office.ledger.models import SettlementInstruction
from app.office.ledger.rules import Movement, Owner, Place, Subject

DIRECTIONS: Final[Mapping[InstructionKind, Direction]] = {
    InstructionKind.DEPOSIT_RELEASE: Direction.OUT,
    InstructionKind.PRICE_DUE: Direction.IN,
    InstructionKind.FEE_DUE: Direction.IN,
    InstructionKind.PRICE_PAYOUT: Direction.OUT,
    InstructionKind.PRICE_RETURN: Direction.OUT,
    InstructionKind.SUSPENSE_RETURN: Direction.OUT,
}


async def instruct(
    session: AsyncSession,
    settings: Settings,
    kind: InstructionKind,
    *,
    subject: Subject,
    organisation_id: UUID | None,
    amount: Decimal,
    deposit_id: UUID | None = None,
    account_tail: str | None = None,
    due_on: date | None = None,
) -> SettlementInstruction:
    """Write an open instruction (CNY above zero) with a number of its own, and tell who is concerned."""
    now = await read_clock(session)
    row = SettlementInstruction(
        id=new_id(),
        number=await readable_number(session, settings.city_code, "S", local_date(now, settings.zone).year),
        direction=DIRECTIONS[kind],
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


def settling(row: SettlementInstruction, through: Place = rules.BANK) -> Movement:
    """The movement that settles an instruction, through the bank or against suspense."""
    subject = (row.subject_type, row.subject_id)
    if row.kind == InstructionKind.PRICE_DUE:
        return rules.price_received(subject, row.amount, through)
    if row.kind == InstructionKind.SUSPENSE_RETURN:
        return rules.unmatched_repaid(row.subject_id, row.amount, through)
    if row.organisation_id is None:
        raise ValueError(f"instruction {row.number} names nobody")
    owner = Owner(subject, row.organisation_id)
    if row.kind == InstructionKind.FEE_DUE:
        return rules.fee_paid(owner, row.amount, through)
    if row.kind == InstructionKind.DEPOSIT_RELEASE:
        return rules.deposit_released(owner, row.amount, through)
    return rules.price_paid_out(owner, row.amount, through)


def settle(session: AsyncSession, row: SettlementInstruction, at: datetime) -> None:
    """Mark a locked instruction settled by what the bank confirmed."""
    row.status, row.settled_at = InstructionStatus.SETTLED, at
    tell(session, row, "settlement.settled")


def reopen(session: AsyncSession, row: SettlementInstruction) -> None:
    """The confirmation was reversed: the instruction waits again."""
    row.status, row.settled_at = InstructionStatus.OPEN, None
    tell(session, row, "settlement.reopened")


def tell(session: AsyncSession, row: SettlementInstruction, type_: str) -> None:
    """Append an event for the market and the organisation concerned."""
    audience = [events.MARKET, *([row.organisation_id] if row.organisation_id else [])]
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
