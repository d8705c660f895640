"""Responses about deposits."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.core.schemas import Amount, Output
from app.office.ledger.kinds import DepositStatus


class DepositOut(Output):
    """A deposit. Pay exactly `required_amount`, by `due_at`, with `number` as the purpose."""

    id: UUID
    number: str
    subject_type: str
    subject_id: UUID
    organisation_id: UUID
    required_amount: Amount
    status: DepositStatus
    due_at: datetime | None
    requested_at: datetime
    received_at: datetime | None
    winner_fixed_on: date | None
    release_due_on: date | None = Field(description="The last day on which it must be back")
    release_provisional: bool = Field(description="That day rests on holidays not announced yet")
    reason: str | None
    revision: int
    server_time: datetime
