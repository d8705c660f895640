"""Requests and responses of mergers."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.core.schemas import Day, Id, Input, Line, Output
from app.identity.mergers.kinds import MergerKind, MergerStatus


class MergerIn(Input):
    """Which organisation ends, and which one stands for it from a day on. Of two that end in a new one, record both."""

    merged_id: Id
    successor_id: Id
    kind: MergerKind
    effective_on: Day = Field(description="The first day on which the successor stands for the merged organisation")
    source: Line = Field(description="The document that says it, with its number")


class MergerOut(Output):
    id: UUID
    merged_id: UUID
    successor_id: UUID
    kind: MergerKind
    effective_on: date
    source: str
    status: MergerStatus
    asked_by: UUID
    confirmed_by: UUID | None
    done_at: datetime | None
