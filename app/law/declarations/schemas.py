"""Requests and responses of the calendar, and of what the operator declares of its days."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.core.schemas import Flag, Input, Line, Output
from app.law.calendar.kinds import DaySource
from app.law.calendar.schemas import CalendarDay


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


class HolidayIn(Input):
    """One holiday (放假) of the State Council's yearly notice, with the days on which work is made up (调休上班)."""

    name: Line = Field(description="春节")
    first: CalendarDay
    last: CalendarDay
    make_up_days: list[CalendarDay] = Field(default=[], max_length=20)


class HolidayNoticeIn(Input):
    """A notice of holidays as a whole: `reference` says who issued it, when, and its number."""

    reference: Line = Field(description="国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）")
    holidays: list[HolidayIn] = Field(min_length=1, max_length=20)
    dry_run: Flag = Field(default=False, description="Say what it would move, and write nothing")


class MovedPeriodOut(Output):
    """A running period whose end moves by a notice."""

    period_id: UUID
    subject_type: str
    subject_id: UUID
    rule: str
    old_end: date
    new_end: date


class HolidayNoticeOut(Output):
    """What a notice declares, and what comes of it. After a `dry_run` nothing of it was written."""

    reference: str
    dry_run: bool
    declared: int = Field(description="Days; those declared before by the same notice are left out")
    changed_days: list[date] = Field(description="Days that were worked before and are not now, or the other way round")
    moved: list[MovedPeriodOut]
    recomputing: bool = Field(description="More periods run over these days; the worker goes on with them")
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
