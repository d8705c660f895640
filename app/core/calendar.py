"""Working days (工作日) of the State Council's calendar, and periods counted in calendar or working days.

`chinesecalendar` knows the holidays of the years already announced. Beyond them only weekends are known, so a date
reached there is `provisional` until the operator's override table, or a newer release, says more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays
from sqlalchemy import Date, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

FIRST_ANNOUNCED_YEAR = min(holidays).year
LAST_ANNOUNCED_YEAR = max(holidays).year


class CalendarOverride(Base):
    """A day the operator declared a working day or not, with the notice it rests on."""

    __tablename__ = "calendar_overrides"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    is_working: Mapped[bool]
    reference: Mapped[str]


@dataclass(frozen=True, slots=True)
class PeriodEnd:
    """The last day of a period; `provisional` when it rests on a year whose holidays are not announced."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays plus the operator's overrides. Pure: load it once, ask it often."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_announced(self, day: date) -> bool:
        return day in self.overrides or FIRST_ANNOUNCED_YEAR <= day.year <= LAST_ANNOUNCED_YEAR

    def is_working_day(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        if FIRST_ANNOUNCED_YEAR <= day.year <= LAST_ANNOUNCED_YEAR:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < 5

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


async def load_calendar(session: AsyncSession) -> Calendar:
    """The calendar with the operator's overrides as they stand now."""
    rows = (await session.execute(select(CalendarOverride.day, CalendarOverride.is_working))).all()
    return Calendar({row.day: row.is_working for row in rows})
