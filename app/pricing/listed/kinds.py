"""The kinds and states of listed: pure, so that rules may know them without a database."""

from enum import StrEnum


class SalePhase(StrEnum):
    """Where a sale stands: the notice runs or stands still; registrants are judged after its end; two or more bid;
    one is chosen and something must be settled first; there is a deal; or it ended without one.
    """

    NOTICE = "notice"
    REVIEW = "review"
    BIDDING = "bidding"
    HELD = "held"
    SOLD = "sold"
    ENDED = "ended"


class RegistrantStatus(StrEnum):
    """Where a registration stands: live, ended by its organisation or by a refusal, not counted, or counted."""

    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    LAPSED = "lapsed"
    BIDDING = "bidding"
    WON = "won"
    LOST = "lost"


class Judge(StrEnum):
    """Who decides whether a registrant meets the conditions."""

    SELLER = "seller"
    OPERATOR = "operator"


class Qualification(StrEnum):
    """A decision on a registrant."""

    QUALIFIED = "qualified"
    REFUSED = "refused"


class RevisionStatus(StrEnum):
    """Where a proposed revision stands; moot where the notice ended before it was published."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    RETURNED = "returned"
    MOOT = "moot"


class Verdict(StrEnum):
    """What the end of a notice leads to."""

    REVIEW = "review"
    ONE = "one"
    SEVERAL = "several"
    EXTENSION = "extension"
    LAPSE = "lapse"
