"""Working days: holidays, shifted weekends, overrides, and what is only provisional."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law.calendar.rules import LAST_ANNOUNCED_YEAR, Calendar

CALENDAR = Calendar()


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2024, 2, 12), False),  # Spring Festival, a Monday
        (date(2024, 2, 4), True),  # a Sunday worked in exchange
        (date(2024, 2, 19), True),
        (date(2024, 10, 1), False),
        (date(2024, 6, 15), False),
    ],
)
def test_known_days(day: date, working: bool) -> None:
    assert CALENDAR.is_working_day(day) is working


def test_twenty_working_days_over_the_spring_festival_of_2024() -> None:
    end = CALENDAR.add_working_days(date(2024, 1, 29), 20)
    assert (end.day, end.provisional) == (date(2024, 2, 29), False)


def test_an_override_moves_the_end_and_says_nothing_is_provisional_there() -> None:
    day = date(2024, 6, 18)
    plain = CALENDAR.add_working_days(date(2024, 6, 17), 1)
    closed = Calendar({day: False}).add_working_days(date(2024, 6, 17), 1)
    assert (plain.day, closed.day) == (day, date(2024, 6, 19))


def test_beyond_the_announced_years_an_end_is_provisional() -> None:
    end = CALENDAR.add_working_days(date(LAST_ANNOUNCED_YEAR, 12, 31), 5)
    assert end.provisional


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.integers(0, 60))
def test_the_end_is_a_working_day_and_counts_back(start: date, count: int) -> None:
    end = CALENDAR.add_working_days(start, count).day
    assert CALENDAR.working_days_between(start, end) == count
    assert count == 0 or CALENDAR.is_working_day(end)
    assert end - start <= timedelta(days=2 * count + 16)
