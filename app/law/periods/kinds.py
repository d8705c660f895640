"""The kinds and states of periods: pure, so that rules may know them without a database."""

from enum import StrEnum


class Unit(StrEnum):
    """What a period is counted in: calendar days (自然日), working days (工作日), or months (月)."""

    CALENDAR = "calendar"
    WORKING = "working"
    MONTH = "month"


class PeriodStatus(StrEnum):
    """Open: it runs, or has run out and nobody has drawn the consequence yet."""

    OPEN = "open"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    ENDED = "ended"


class Sense(StrEnum):
    """At least: others rely on the period running so long. At most: something has to happen within it."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
