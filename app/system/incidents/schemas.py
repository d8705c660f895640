"""What an incident answers: what was ended, and what the keys did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.core.schemas import Output
from app.system.incidents.kinds import ActKind


class ActOut(Output):
    """One thing that was done with a key: an event of the feed, or a bid."""

    at: datetime
    kind: ActKind
    reference: str = Field(description="The event's id, or the auction's id and the place of the bid in its log")
    type: str
    subject_type: str
    subject_id: UUID
    key_id: UUID
    payload: dict[str, Any] = Field(description="That of the event of this type; of a bid, its entry in the log")


class IncidentOut(Output):
    """The keys of an incident, and the first of what they did: `/v1/api-keys/{key_id}/acts` goes on from the cursor."""

    key_ids: list[UUID] = Field(description="The key and all that came from it, at most 500")
    ended_key_ids: list[UUID] = Field(description="Those of them that worked until now")
    revoked_invitation_ids: list[UUID]
    acts: list[ActOut]
    next_cursor: str | None
