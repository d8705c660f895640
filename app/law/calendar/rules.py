"""Working days (工作日) of the State Council's calendar, and periods counted in calendar or working days.

`chinesecalendar` knows the holidays of the years already announced. Beyond them only weekends and the holidays that the
law fixes are known, so a date reached there is `provisional` until the operator's override table, or a newer release,
says more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays

from app.law.calendar.kinds import DaySource
from app.law.calendar.statutory import statutory_days

FIRST_ANNOUNCED_YEAR = min(holidays).year
LAST_ANNOUNCED_YEAR = max(holidays).year


@dataclass(frozen=True, slots=True)
class PeriodEnd:
    """The last day of a period; `provisional` when it rests on a year whose holidays are not announced."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays plus the operator's overrides. Pure: load it once, ask it often.

    `seq` is the place in the history of overrides up to which this calendar knows them.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    seq: int = 0

    def source_of(self, day: date) -> DaySource:
        """Whence `is_working_day` knows its answer."""
        if day in self.overrides:
            return DaySource.OVERRIDE
        if FIRST_ANNOUNCED_YEAR <= day.year <= LAST_ANNOUNCED_YEAR:
            return DaySource.ANNOUNCED
        return DaySource.STATUTORY if day in statutory_days(day.year) else DaySource.PROVISIONAL

    def is_announced(self, day: date) -> bool:
        return self.source_of(day) is not DaySource.PROVISIONAL

    def with_override(self, day: date, is_working: bool | None) -> "Calendar":
        """The calendar after one more declaration; None withdraws the day's."""
        others = {known: value for known, value in self.overrides.items() if known != day}
        return Calendar(others if is_working is None else others | {day: is_working}, self.seq)

    def is_working_day(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        if FIRST_ANNOUNCED_YEAR <= day.year <= LAST_ANNOUNCED_YEAR:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < 5 and day not in statutory_days(day.year)

    def add_working_days(self, start: date, count: int) -> PeriodEnd:
        """The day on which `count` working days after `start` have passed; the day of `start` does not count."""
        day, left, provisional = start, count, False
        while left > 0:
            day += timedelta(days=1)
            provisional |= not self.is_announced(day)
            left -= self.is_working_day(day)
        return PeriodEnd(day, provisional)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`."""
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
