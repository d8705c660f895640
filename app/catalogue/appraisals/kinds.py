"""The kinds and states of appraisals: pure, so that rules may know them without a database."""

from enum import StrEnum


class AppraisalMethod(StrEnum):
    """How the value was found: cost (成本法), market (市场法) or income (收益法)."""

    COST = "cost"
    MARKET = "market"
    INCOME = "income"


class ReportStatus(StrEnum):
    """What the operator's review found. Only an accepted report carries a price."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
