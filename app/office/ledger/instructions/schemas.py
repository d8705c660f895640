"""Responses about payment instructions."""

from datetime import date, datetime
from uuid import UUID

from app.core.schemas import Amount, Output
from app.office.ledger.kinds import Direction, InstructionKind, InstructionStatus


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
    amount: Amount
    status: InstructionStatus
    due_on: date | None
    created_at: datetime
    settled_at: datetime | None
