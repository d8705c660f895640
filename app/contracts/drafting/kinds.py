"""The kinds of what a deal says of its contract: pure, so that rules may know them without a database."""

from enum import StrEnum


class Source(StrEnum):
    """Where a field of the draft comes from: the deal, the terms its parties agreed on, or the published text."""

    DEAL = "deal"
    TERMS = "terms"
    PUBLISHED = "published"


class Standing(StrEnum):
    """What a departure from the deal is held to: refused after a public competition, else named by a supplement."""

    REFUSED = "refused"
    SUPPLEMENT = "supplement"


class DepartureField(StrEnum):
    """What a contract may say otherwise than its deal."""

    TYPE = "type"
    PAYMENT_TERMS = "payment_terms"
    TOTAL_AMOUNT = "total_amount"
    VALID_TO = "valid_to"
    SELLERS = "sellers"
    BUYERS = "buyers"
