"""Pure decisions on days: which range is answered, which day may still be declared."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from app.core.problems import DATES_OUT_OF_ORDER
from app.law.declarations import problems

MAX_RANGE_DAYS = 400
"""Days answered at once; more than a year, so that a year is one request."""


def check_day(day: date, today: date, was_working: bool, is_working: bool) -> None:
    """A day that has passed is not changed any more: periods were counted with it. Raises `calendar_day_past`."""
    if day < today and was_working is not is_working:
        raise problems.DAY_PAST(field="day", day=day, today=today)


class Holiday(Protocol):
    """One holiday of a notice: its days off, and the days on which work is made up (调休上班)."""

    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def make_up_days(self) -> Sequence[date]: ...


def days_of(holidays: Sequence[Holiday]) -> dict[date, bool]:
    """Whether each day that a notice names is worked, in the order of the days.

    Raises `dates_out_of_order`, `calendar_range_too_long`, `calendar_day_twice`.
    """
    found: dict[date, bool] = {}
    for place, holiday in enumerate(holidays):
        check_range(holiday.first, holiday.last, field=f"holidays.{place}.last")
        off = [holiday.first + timedelta(days=n) for n in range((holiday.last - holiday.first).days + 1)]
        for day, is_working in [*((day, False) for day in off), *((day, True) for day in holiday.make_up_days)]:
            if day in found:
                raise problems.DAY_TWICE(field=f"holidays.{place}", day=day)
            found[day] = is_working
    return dict(sorted(found.items()))


def check_range(first: date, last: date, field: str = "to") -> None:
    """Raises `dates_out_of_order`, `calendar_range_too_long`."""
    if last < first:
        raise DATES_OUT_OF_ORDER(field=field, later_name="to", later=last, earlier_name="from", earlier=first)
    if (last - first).days >= MAX_RANGE_DAYS:
        raise problems.RANGE_TOO_LONG(field=field, most=MAX_RANGE_DAYS, last=first + timedelta(days=MAX_RANGE_DAYS - 1))
