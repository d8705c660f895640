"""Responses of periods."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.core.problems import Language
from app.core.schemas import Output, RuleOut
from app.law.periods.catalogue import RULES
from app.law.periods.kinds import PeriodStatus, Sense, Unit
from app.law.periods.models import Period


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
    source: RuleOut
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
    source: RuleOut


class FigureOut(Output):
    """A dated figure."""

    parameter: str
    value: int
    reference: str
    mark: str


def period_out(period: Period, now: datetime, language: Language) -> PeriodOut:
    """A period as responses show it, in the caller's language."""
    rule = RULES[period.rule]
    source = RuleOut(**rule.source.as_json(language))
    name = rule.name.render(language, {})
    return PeriodOut.of(period, name=name, sense=rule.sense, source=source, server_time=now)
