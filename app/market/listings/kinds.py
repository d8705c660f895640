"""The kinds and states of listings: pure, so that rules may know them without a database."""

from enum import StrEnum


class ListingStatus(StrEnum):
    """Where a listing stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    RESERVED = "reserved"
    SOLD = "sold"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


LIVE_STATUSES = (ListingStatus.PUBLISHED, ListingStatus.SUSPENDED, ListingStatus.RESERVED)
"""On offer, or held for a buyer: such a listing occupies its result."""
OFFERING_STATUSES = (ListingStatus.SUBMITTED, *LIVE_STATUSES)
"""On offer, held for a buyer, or before the operator: what is offered does not change meanwhile."""

PUBLIC_STATUSES = (
    ListingStatus.PUBLISHED,
    ListingStatus.SUSPENDED,
    ListingStatus.RESERVED,
    ListingStatus.SOLD,
    ListingStatus.LAPSED,
)


class Mover(StrEnum):
    """Who moves a listing on: people of the seller, the operator, a deal made on it, time, a change of its result."""

    SELLER = "seller"
    OPERATOR = "operator"
    DEAL = "deal"
    TIME = "time"
    RESULT = "result"


class PricingMode(StrEnum):
    """How the price is found (定价方式, policy art. 12)."""

    NEGOTIATED = "negotiated"
    LISTED = "listed"
    AUCTION = "auction"
    APPRAISED = "appraised"


class Allocation(StrEnum):
    """Who gets a listed result: the first comer at the asking price, which is open only to sellers not founded by the
    state; or, after a public notice, its one registrant, and of several the highest bidder.
    """

    FIRST_COME = "first_come"
    COMPETITIVE = "competitive"


class Move(StrEnum):
    """A step in a listing's life."""

    SUBMISSION = "submission"
    RETURN = "return"
    PUBLICATION = "publication"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    WITHDRAWAL = "withdrawal"
    RESERVATION = "reservation"
    RELEASE = "release"
    SALE = "sale"
    LAPSE = "lapse"
    REMOVAL = "removal"
