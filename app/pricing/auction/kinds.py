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
    VOIDED = "voided"
    REVEALED = "revealed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DEFAULTED = "defaulted"
    OFFERED = "offered"


class VoidingGround(StrEnum):
    """Why bids are voided: made with a key in wrong hands, or by an organisation that was suspended or refused."""

    KEY_STOLEN = "key_stolen"
    ORGANISATION_STOPPED = "organisation_stopped"


class LogState(StrEnum):
    """What a signed head says of its log: that bids may follow, or how it ended."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class AuctionForm(StrEnum):
    """How the bidding goes: ascending and open (增价拍卖), one sealed bid each (一次报价), descending (减价拍卖)."""

    ENGLISH = "english"
    SEALED = "sealed"
    DUTCH = "dutch"


class Refusal(StrEnum):
    """Why a well-formed bid of an admitted bidder was not accepted. Such a bid is in the log all the same."""

    TOO_LOW = "bid_too_low"
    TOO_LATE = "bid_too_late"
    ALREADY_LEADING = "bid_already_leading"
    MAXIMUM_BELOW_AMOUNT = "bid_maximum_below_amount"
    ALREADY_TAKEN = "bid_already_taken"


class Ending(StrEnum):
    """How an auction ended."""

    SOLD = "sold"
    BELOW_RESERVE = "below_reserve"
    NO_BIDS = "no_bids"
