"""The kinds and states of appraised: pure, so that rules may know them without a database."""

from enum import StrEnum


class PurchaseOfferStatus(StrEnum):
    """Where a purchase offer stands. Accepted: the listing is held and something still blocks; closed: it is a deal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
