"""Pure decisions on days: which range is answered, which day may still be declared."""

from datetime import date, timedelta

from app.core.problems import DATES_OUT_OF_ORDER
from app.law.declarations import problems

MAX_RANGE_DAYS = 400
"""Days answered at once; more than a year, so that a year is one request."""


def check_day(day: date, today: date, was_working: bool, is_working: bool) -> None:
    """A day that has passed is not changed any more: periods were counted with it. Raises `calendar_day_past`."""
    if day < today and was_working is not is_working:
        raise problems.DAY_PAST(field="day", day=day, today=today)


def check_range(first: date, last: date) -> None:
    """Raises `dates_out_of_order`, `calendar_range_too_long`."""
    if last < first:
        raise DATES_OUT_OF_ORDER(field="to", later_name="to", later=last, earlier_name="from", earlier=first)
    if (last - first).days >= MAX_RANGE_DAYS:
        raise problems.RANGE_TOO_LONG(field="to", most=MAX_RANGE_DAYS, last=first + timedelta(days=MAX_RANGE_DAYS - 1))
