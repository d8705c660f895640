"""Whence it is known what kind of day a day is."""

from enum import StrEnum


class DaySource(StrEnum):
    """Whence it is known whether a day is a working day.

    Statutory: a law fixes the holiday. Provisional: of a year that is not announced only its weekends are known.
    """

    ANNOUNCED = "announced"
    OVERRIDE = "override"
    STATUTORY = "statutory"
    PROVISIONAL = "provisional"
