"""Requests and responses of invitations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.schemas import Id, Input, Name, Output, Readable, Whole
from app.identity.invitations.kinds import InvitationStatus

Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Readable]


class InvitationIn(Input):
    """Whom to invite, and in which capacity."""

    person_id: Id
    organisation_id: Id | None = Field(default=None, description="Null for the market's own staff")
    fingerprint: Fingerprint | None = Field(
        default=None,
        description="SHA-256, in hex, of a secret that the person made and keeps. An operator needs it; an admin "
        "without it gets a secret to pass on",
    )


class InvitationOut(Output):
    id: UUID
    person_id: UUID
    organisation_id: UUID | None
    status: InvitationStatus
    asked_by: UUID
    confirmed_by: UUID | None
    created_at: datetime
    expires_at: datetime
    redeemed_at: datetime | None
    revoked_at: datetime | None


class InvitationCreated(InvitationOut):
    """An invitation just made or confirmed."""

    secret: str | None = Field(description="For the person alone, shown this once; null where it has one of its own")


class RedemptionIn(Input):
    """What the invited person sends: the secret, and what the first key is to be."""

    secret: Annotated[str, StringConstraints(min_length=1, max_length=100), Readable] = Field(
        description="As you got it, or as you made it: then 43 random characters or more"
    )
    name: Name
    scopes: list[Name] = Field(default=["*:*"], min_length=1, max_length=30)
    expires_in_days: Whole | None = Field(default=None, ge=1, le=366, description="Without it 90")
