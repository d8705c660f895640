"""Requests and responses of organisations that look like one."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.core.schemas import Id, Input, Line, Output
from app.identity.duplicates.kinds import Finding, Likeness


class DecisionIn(Input):
    """What the operator finds of two organisations, and why."""

    finding: Finding
    kept_id: Id | None = Field(default=None, description="Which of the two is kept; only with `the_same`")
    reason: Line


class AlikeOut(Output):
    """One of the two."""

    id: UUID
    name: str
    uscc: str | None


class DuplicateOut(Output):
    """Two organisations that look like one."""

    id: UUID
    first: AlikeOut
    second: AlikeOut
    likenesses: list[Likeness]
    found_at: datetime
    finding: Finding | None = Field(description="Null until the operator decides")
    kept_id: UUID | None
    reason: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    remedy: str | None = Field(description="What is to be done; null unless the two are the same")
