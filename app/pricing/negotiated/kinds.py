"""The kinds and states of negotiated: pure, so that rules may know them without a database."""

from enum import StrEnum


class NegotiationStatus(StrEnum):
    """Where a negotiation stands. Agreed: the notice runs, or something still blocks; closed: there is a deal."""

    OPEN = "open"
    AGREED = "agreed"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NegotiationSide(StrEnum):
    """Which side an offer comes from."""

    BUYER = "buyer"
    SELLER = "seller"


class ObjectionOutcome(StrEnum):
    """What the operator decided of an objection."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
