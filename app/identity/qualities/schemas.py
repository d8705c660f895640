"""Requests and responses of qualities."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.core.schemas import Day, Input, Line
from app.identity.kinds import Quality
from app.identity.schemas import HeldQuality

SOURCE = Field(description="The document or certificate that says it, with its number")


class QualityIn(Input):
    """What an organisation is recognised as, and on which paper."""

    quality: Quality
    valid_from: Day
    valid_to: Day | None = Field(default=None, description="The last day; null until further notice")
    source: Line = SOURCE


class QualityEndIn(Input):
    """A recognition ends before its paper says so: it is withdrawn, or given back."""

    last_day: Day
    source: Line = SOURCE


class QualityOut(HeldQuality):
    """A quality with what it rests on. Who recorded it is for staff, and not known of what was recorded long ago."""

    organisation_id: UUID
    source: str
    recorded_by: UUID | None
    recorded_at: datetime
    end_source: str | None
    ended_by: UUID | None
