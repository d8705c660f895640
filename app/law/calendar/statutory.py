"""The holidays that the national measures (全国年节及纪念日放假办法) fix, whatever is announced for a year.

What is announced each autumn moves weekends around them; the days themselves are fixed, and nobody works on them.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Final

from app.law import strict_yaml

FROM_2025: Final = date(2025, 1, 1)
"""Order 795 of the State Council added New Year's Eve of the lunar year and 2 May."""
FROM_2008: Final = date(2008, 1, 1)
"""Order 513 took 3 May away, and added Qingming, Dragon Boat and Mid-Autumn."""


@cache
def statutory_days(year: int) -> frozenset[date]:
    """The statutory holidays of a year by the measures then in force, art. 2.

    Before 2000 and after 2099, which nobody may ask about, those of the lunar calendar are not known.
    """
    days = {date(year, 1, 1), date(year, 5, 1), *_run(date(year, 10, 1), 3)}
    lunar = [date.fromisoformat(f"{year}-{day}") for day in _festivals().get(str(year), ())]
    days.update(day for spring in lunar[:1] for day in _run(spring, 3))
    if date(year, 1, 1) < FROM_2008:
        return frozenset(days | {date(year, 5, 2), date(year, 5, 3)})
    if date(year, 1, 1) < FROM_2025:
        return frozenset(days | set(lunar))
    return frozenset(days | set(lunar) | {date(year, 5, 2)} | {spring - timedelta(days=1) for spring in lunar[:1]})


def _run(first: date, count: int) -> set[date]:
    return {first + timedelta(days=n) for n in range(count)}


@cache
def _festivals() -> Mapping[str, list[str]]:
    file = resources.files("app.law.calendar") / "festivals.yaml"
    found: Mapping[str, list[str]] = strict_yaml.load(file.read_text(encoding="utf-8"), file.name)
    return found
