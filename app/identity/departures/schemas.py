"""Requests and responses of departures."""

from datetime import date, datetime
from uuid import UUID

from app.core.schemas import Day, Input, Line, Output


class DepartureIn(Input):
    """When a person leaves, and why. A day that has passed ends the keys at once."""

    last_day: Day
    reason: Line


class DepartureOut(Output):
    id: UUID
    person_id: UUID
    organisation_id: UUID
    last_day: date
    ends_at: datetime
    reason: str
    recorded_by: UUID
    done_at: datetime | None
    taken_back_at: datetime | None


class DeparturePreview(Output):
    """What ends with a person's leaving."""

    is_member: bool
    is_admin: bool
    employment_id: UUID | None
    key_ids: list[UUID]
    issued_key_ids: list[UUID]
    """Keys of others, which end with those that issued them."""
