"""Requests and responses of the system's own routes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.core.access import Role
from app.core.schemas import Input, Moment, Output
from app.system.kinds import ActorCapacity

WHO = "Null to others than the auditor, and an admin where one of the own people acted"


class EventOut(Output):
    """One entry of the feed. `payload` differs by `type`.

    Who acted is for that organisation, operator and auditor: a public event would name the buyer, or who asks. The
    request's id goes with it, for it also stands in the event that the parties get.
    """

    id: UUID
    type: str
    subject_type: str
    subject_id: UUID
    payload: dict[str, Any]
    actor_organisation_id: UUID | None = Field(
        description="Null to others than that organisation, operator and auditor"
    )
    actor_capacity: ActorCapacity | None = Field(description=WHO)
    actor_roles: list[Role] | None = Field(description=f"{WHO}, and of events from before roles were recorded")
    actor_person_id: UUID | None = Field(description=WHO)
    actor_key_id: UUID | None = Field(description=WHO)
    request_id: str | None = Field(description="Null to others than who acted, operator and auditor")
    occurred_at: datetime


class Feed(Output):
    """A stretch of the event feed. Keep `next_cursor` and ask again: it moves even when `items` is empty."""

    items: list[EventOut]
    next_cursor: str | None
    server_time: datetime


class AuditHead(Output):
    """Length and hash of the audit chain: note it outside, and a cut end cannot go unseen."""

    sealed: int
    hash: str


LAST_YEAR = 2100


def _in_reach(value: datetime) -> datetime:
    """A clock near the end of the calendar could never come back, and every deadline after it would overflow."""
    if value.year > LAST_YEAR:
        raise PydanticCustomError(
            "clock_too_far", f"Name a time up to {LAST_YEAR}", {"zh": f"请给出不晚于 {LAST_YEAR} 年的时间"}
        )
    return value


class ClockIn(Input):
    """Where to move the sandbox's clock."""

    to: Annotated[Moment, AfterValidator(_in_reach)] = Field(description="A later time, RFC 3339 with offset")


class ClockOut(Output):
    server_time: datetime


class ProblemKind(Output):
    """A kind of refusal the API can answer."""

    code: str
    status: int
    title: str
    remedy: str | None


class Health(Output):
    status: str
