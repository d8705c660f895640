"""What a key can do."""

from enum import StrEnum


class ActKind(StrEnum):
    """Where an act is on record."""

    EVENT = "event"
    BID = "bid"
