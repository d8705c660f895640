"""The kinds and states of auction: pure, so that rules may know them without a database."""

from enum import StrEnum


class AuctionStatus(StrEnum):
    """Where an auction stands. Whether bids are taken is a matter of time: announced, from its start to its end."""

    PROPOSED = "proposed"
    ANNOUNCED = "announced"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    CANCELLED = "cancelled"


LIVE_STATUSES = (AuctionStatus.PROPOSED, AuctionStatus.ANNOUNCED, AuctionStatus.SUSPENDED)


class EntryKind(StrEnum):
    """What an entry of an auction's log says."""

    SCHEDULED = "scheduled"
    ADMITTED = "admitted"
    BID = "bid"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REVEALED = "revealed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DEFAULTED = "defaulted"
    OFFERED = "offered"
