"""Requests and responses of the calendar and of periods."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.problems import Language
from app.core.schemas import Input, Line, Output
from app.law.calendar.kinds import DaySource
from app.law.periods.catalogue import RULES
from app.law.periods.kinds import PeriodStatus, Sense, Unit
from app.law.periods.models import Period

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
CalendarDay = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY, description="From 2000-01-01 to 2099-12-31")]


class OverrideIn(Input):
    """What a notice declares of a day."""

    is_working: bool
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


class OverrideHistory(Output):
    """Everything declared of a day, oldest first; the last one is in force."""

    items: list[OverrideOut]


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


class SourceOut(Output):
    """The instrument and article a period rests on, never its wording."""

    instrument: str
    article: str


class PeriodOut(Output):
    """A period: what runs, by which rule, from when to when."""

    id: UUID
    subject_type: str
    subject_id: UUID
    rule: str
    name: str
    unit: Unit
    sense: Sense = Field(description="Whether it runs at least so long, or something must happen within it")
    count: int = Field(description="Units in all")
    elapsed: int = Field(description="Units that passed before a suspension")
    starts_on: date = Field(description="This day does not count")
    ends_on: date = Field(description="The last day, in the city's time")
    provisional: bool = Field(description="True where the holidays up to the end are not all announced")
    status: PeriodStatus
    stopped_on: date | None
    reason: str | None = Field(description="Why it was suspended, superseded or ended")
    source: SourceOut
    reference: str = Field(description="Where the figure comes from")
    mark: str = Field(description="V: rule text read; S: secondary source; D: draft; P: product decision")
    revision: int
    server_time: datetime


class PeriodRuleOut(Output):
    """A rule of the catalogue with its figures on a day."""

    code: str
    name: str
    unit: Unit
    sense: Sense
    figures: list["FigureOut"]
    source: SourceOut


class FigureOut(Output):
    """A dated figure."""

    parameter: str
    value: int
    reference: str
    mark: str


class PeriodRules(Output):
    """The catalogue of periods."""

    items: list[PeriodRuleOut]


def period_out(period: Period, now: datetime, language: Language) -> PeriodOut:
    """A period as responses show it, in the caller's language."""
    rule = RULES[period.rule]
    own = {name: getattr(period, name) for name in PeriodOut.model_fields if hasattr(period, name)}
    source = SourceOut(**rule.source.as_json(language))
    return PeriodOut(**own, name=rule.name.render(language, {}), sense=rule.sense, source=source, server_time=now)
