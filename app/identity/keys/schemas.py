"""Requests and responses of keys."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.core.schemas import Id, Input, Name, Output, Whole


class ApiKeyIn(Input):
    """A new key. Without `person_id` it is for yourself, in the capacity of the key you call with."""

    name: Name
    scopes: list[Name] = Field(default=["*:*"], min_length=1, max_length=30)
    expires_in_days: Whole | None = Field(
        default=None,
        ge=1,
        le=366,
        description="Without it 90. The key never outlives the one you call with",
    )
    person_id: Id | None = None
    organisation_id: Id | None = None


class ApiKeyOut(Output):
    id: UUID
    person_id: UUID
    organisation_id: UUID | None
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    issued_by: UUID | None = Field(description="The person who issued it; null for keys made before this was recorded")
    parent_id: UUID | None = Field(description="The key that issued it: it ends with that one")
    replaces_id: UUID | None = Field(description="The key that it was rotated from")
    invitation_id: UUID | None = Field(description="The invitation that its person redeemed for it")


class ApiKeyCreated(ApiKeyOut):
    """A key just issued; `secret` is shown this once."""

    secret: str
