"""Pure arithmetic of periods (期间): when one ends, what a suspension leaves of it, what a declared holiday moves.

The day on which a period begins does not count (Civil Code art. 201); it ends with its last day in the city's time.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.core.problems import Text
from app.law.calendar.rules import Calendar, PeriodEnd
from app.law.periods import problems
from app.law.periods.catalogue import PeriodRule
from app.law.periods.kinds import PeriodStatus, Sense, Unit


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a period runs: `count` units in all, of which `elapsed` passed before a suspension.

    However many have passed, `least_remaining` are left.
    """

    unit: Unit
    count: int
    elapsed: int = 0
    least_remaining: int = 0

    @property
    def remaining(self) -> int:
        """The units to count from the start: both floors hold."""
        return max(self.count - self.elapsed, self.least_remaining)


def end_of(terms: Terms, starts_on: date, calendar: Calendar) -> PeriodEnd:
    """The last day of a period that begins on `starts_on`."""
    match terms.unit:
        case Unit.WORKING:
            return calendar.add_working_days(starts_on, terms.remaining)
        case Unit.CALENDAR:
            return PeriodEnd(starts_on + timedelta(days=terms.remaining), provisional=False)
        case Unit.MONTH:
            return PeriodEnd(add_months(starts_on, terms.remaining), provisional=False)


def add_months(day: date, months: int) -> date:
    """The same day some months on, or that month's last one (Civil Code art. 202): 31 January and one month, 28 Feb."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def end_moment(ends_on: date, zone: ZoneInfo) -> datetime:
    """The first moment after a period: midnight in the city after its last day."""
    return datetime.combine(ends_on + timedelta(days=1), time.min, zone)


def has_run_out(ends_on: date, today: date) -> bool:
    """Whether the last day lies behind."""
    return today > ends_on


def passed_whole(unit: Unit, starts_on: date, stopped_on: date, calendar: Calendar) -> int:
    """The units of a period that passed whole before the day it was suspended on; that day itself does not count."""
    last_whole = stopped_on - timedelta(days=1)
    if last_whole <= starts_on:
        return 0
    if unit == Unit.WORKING:
        return calendar.working_days_between(starts_on, last_whole)
    if unit == Unit.CALENDAR:
        return (last_whole - starts_on).days
    raise ValueError("a period of months is not suspended")


def recomputed(terms: Terms, sense: Sense, starts_on: date, ends_on: date, calendar: Calendar) -> PeriodEnd:
    """The last day, counted again after the calendar changed.

    A period of at least a number of days never ends earlier than was published, because people rely on that day. A
    period of at most a number of days ends where its count ends.
    """
    end = end_of(terms, starts_on, calendar)
    if sense is Sense.AT_LEAST and end.day < ends_on:
        return PeriodEnd(ends_on, end.provisional)
    return end


def check_count(rule: PeriodRule, figure: int, wished: int | None) -> int:
    """The units to run: the rule's figure, or what was announced instead; raises `period_too_short`, `_too_long`."""
    if wished is None:
        return figure
    if rule.sense is Sense.AT_LEAST and wished < figure:
        raise problems.PERIOD_TOO_SHORT(**_said(rule, figure, wished))
    if rule.sense is Sense.AT_MOST and not 0 < wished <= figure:
        raise problems.PERIOD_TOO_LONG(**_said(rule, figure, wished))
    return wished


def _said(rule: PeriodRule, figure: int, wished: int) -> dict[str, Any]:
    return {
        "name": rule.name,
        "figure": figure,
        "wished": wished,
        "unit": UNIT_NAMES[rule.unit],
        "instrument": rule.source.instrument,
        "article": rule.source.article,
    }


UNIT_NAMES = {
    Unit.CALENDAR: Text("calendar days", "个自然日"),
    Unit.WORKING: Text("working days", "个工作日"),
    Unit.MONTH: Text("months", "个月"),
}


def check_running(status: PeriodStatus, ends_on: date, today: date) -> None:
    """Raises `period_not_running` unless the period is open and its last day has not passed."""
    if status != PeriodStatus.OPEN or has_run_out(ends_on, today):
        raise problems.PERIOD_NOT_RUNNING(status=status, ends_on=ends_on)
