"""The kinds and states of deals: pure, so that rules may know them without a database."""

from enum import StrEnum


class DealOrigin(StrEnum):
    """Made on the exchange, or concluded elsewhere and recorded here so that its contract can be registered."""

    EXCHANGE = "exchange"
    RECORDED = "recorded"


class DealStatus(StrEnum):
    """Where a deal stands: agreed, under contract, or ended without one."""

    AGREED = "agreed"
    CONTRACTED = "contracted"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class PriceBasis(StrEnum):
    """What a deal's `price` says (价款性质): the whole, its certain part next to contingent money, or nothing yet."""

    FIXED = "fixed"
    FIXED_AND_CONTINGENT = "fixed_and_contingent"
    CONTINGENT = "contingent"
    UNKNOWN = "unknown"
    NONE = "none"


class PriceSource(StrEnum):
    """Where everybody can read a deal's price: the public notice, the source it was recorded from, an auction's log."""

    NOTICE = "notice"
    SOURCE = "source"
    AUCTION = "auction"


LIVE_STATUSES = (DealStatus.AGREED, DealStatus.CONTRACTED)


class PartyRole(StrEnum):
    """On which side an organisation stands."""

    SELLER = "seller"
    BUYER = "buyer"
    AGENCY = "agency"


class Defaulted(StrEnum):
    """Who defaulted on a deal that had a deposit: its buyer, which forfeits it; its seller; or neither."""

    BUYER = "buyer"
    SELLER = "seller"
    NONE = "none"
