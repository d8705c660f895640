"""Requests and responses of lists of dormant results."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.catalogue.results.kinds import TechnicalField
from app.core.schemas import Input, Line, Output
from app.market.dormant.kinds import DormancyReason, DormantListStatus, DormantStatus, NotDormant


class DormantListOut(Output):
    """A yearly list. `as_of` is the day of the rule, `years` the period that it applied."""

    id: UUID
    year: int
    as_of: date
    years: int
    status: DormantListStatus
    check_ends_on: date | None = Field(description="Until when units check it; null while it is gathered")
    published_at: datetime | None


class DormantShown(Output):
    """What is published of a dormant result."""

    number: str
    title: str
    technical_field: TechnicalField
    readiness_level: int | None
    registered_on: date
    unit: str


class PublishedDormantResult(Output):
    """A result in a published list. `reason` is the unit's, null where it gave none."""

    result_id: UUID
    organisation_id: UUID
    shown: DormantShown
    status: DormantStatus
    reason: DormancyReason | None
    note: str | None


class DormantResultOut(PublishedDormantResult):
    """A result in a list, as its unit and staff see it. `not_dormant`: why it left the list."""

    id: UUID
    list_id: UUID
    not_dormant: NotDormant | None
    answered_at: datetime | None


class DormantAnswerIn(Input):
    """What a unit says: that the result is dormant, or why. Both are published; the last answer counts."""

    status: Literal[DormantStatus.CONFIRMED, DormantStatus.EXPLAINED]
    reason: DormancyReason | None = Field(default=None, description="For `explained`, and only there")
    note: Line | None = Field(default=None, description="It is published")
