"""Whence it is known what kind of day a day is."""

from enum import StrEnum


class DaySource(StrEnum):
    """Whence it is known whether a day is a working day. Provisional: weekends only, the year is not announced."""

    ANNOUNCED = "announced"
    OVERRIDE = "override"
    PROVISIONAL = "provisional"
