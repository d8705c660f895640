"""Requests and responses of the calendar, and of what the operator declares of its days."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.core.schemas import Flag, Input, Line, Output
from app.law.calendar.kinds import DaySource


class OverrideIn(Input):
    """What a notice declares of a day."""

    is_working: Flag
    reference: Line = Field(description="The notice it rests on: who issued it, when, its number")


class OverrideOut(Output):
    """One declaration; `is_working` null: what was declared before is withdrawn."""

    id: UUID
    day: date
    is_working: bool | None
    reference: str
    recorded_at: datetime


class DeclaredOut(OverrideOut):
    """A declaration, and what came of it."""

    periods_moved: int = Field(description="Running periods whose end or certainty changed, so far")
    recomputing: bool = Field(description="More periods run over the day; the worker goes on with them")
    server_time: datetime


class DayOut(Output):
    """A day of the calendar. `provisional`: its year is not announced, only weekends are known."""

    day: date
    is_working: bool
    source: DaySource
    reference: str | None = Field(description="The notice an override rests on")


class CalendarOut(Output):
    """A range of days, both ends included."""

    days: list[DayOut]
    server_time: datetime


class WorkingDaysOut(Output):
    """The end of a period of working days; the first day does not count."""

    starts_on: date
    working_days: int
    ends_on: date
    ends_at: datetime = Field(description="The first moment after the last day")
    provisional: bool = Field(description="True where the holidays up to then are not all announced")
    server_time: datetime
