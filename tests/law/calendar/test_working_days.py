"""Working days: holidays, shifted weekends, overrides, and what is only provisional."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law.calendar.kinds import DaySource
from app.law.calendar.rules import FIRST_ANNOUNCED_YEAR, LAST_ANNOUNCED_YEAR, Calendar
from app.law.calendar.statutory import statutory_days

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


@pytest.mark.parametrize(
    ("year", "holidays"),
    [
        # 《全国年节及纪念日放假办法》 of 2024, art. 2: 1 January, lunar New Year's Eve and the three days after,
        # Qingming, 1 and 2 May, Dragon Boat, Mid-Autumn, 1 to 3 October; the lunar days as almanacs have them.
        (2027, "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03"),
        (2033, "01-01 01-30 01-31 02-01 02-02 04-04 05-01 05-02 06-01 09-08 10-01 10-02 10-03"),
        (2003, "01-01 02-01 02-02 02-03 05-01 05-02 05-03 10-01 10-02 10-03"),
    ],
)
def test_a11_f5_statutory_days_and_weekends_are_never_worked(year: int, holidays: str) -> None:
    """A11: also in a year that is not announced, whose weekends are never worked either (F5)."""
    fixed = {date.fromisoformat(f"{year}-{day}") for day in holidays.split()}
    assert {day for day in fixed if CALENDAR.is_working_day(day)} == set()
    days = {date(year, 1, 1) + timedelta(days=n) for n in range(365)}
    assert {day for day in days if not CALENDAR.is_working_day(day)} == fixed | {d for d in days if d.weekday() >= 5}
    assert {CALENDAR.source_of(day) for day in fixed} == {DaySource.STATUTORY}


def test_a11_the_first_working_day_after_new_year_of_2027() -> None:
    end = CALENDAR.add_working_days(date(2026, 12, 31), 1)
    assert (end.day, end.provisional) == (date(2027, 1, 4), True)
    assert CALENDAR.add_working_days(date(2099, 12, 31), 500).day.year == 2101
    assert Calendar({date(2027, 1, 1): True}).is_working_day(date(2027, 1, 1)), "who declares a day knows more"


def test_a11_the_announced_years_agree_with_the_law() -> None:
    years = range(FIRST_ANNOUNCED_YEAR, LAST_ANNOUNCED_YEAR + 1)
    assert [day for year in years for day in statutory_days(year) if CALENDAR.is_working_day(day)] == []


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.integers(0, 60))
def test_the_end_is_a_working_day_and_counts_back(start: date, count: int) -> None:
    end = CALENDAR.add_working_days(start, count).day
    assert CALENDAR.working_days_between(start, end) == count
    assert count == 0 or CALENDAR.is_working_day(end)
    assert end - start <= timedelta(days=2 * count + 16)
