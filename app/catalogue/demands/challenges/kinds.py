"""The states of challenges (揭榜挂帅): pure, so that rules may know them without a database."""

from enum import StrEnum


class ChallengeStatus(StrEnum):
    """Where a challenge stands: bids come in, experts judge, the scores are on notice, it is awarded or has failed."""

    OPEN = "open"
    JUDGING = "judging"
    NOTICE = "notice"
    AWARDED = "awarded"
    FAILED = "failed"


class ChallengeMove(StrEnum):
    """A step in the life of a challenge."""

    CLOSING = "closing"
    SCORING = "scoring"
    REJUDGING = "rejudging"
    AWARD = "award"
    FAILURE = "failure"


class ChallengeMover(StrEnum):
    """Who moves a challenge on: time, the operator, or the demand that ends under it."""

    TIME = "time"
    OPERATOR = "operator"
    DEMAND = "demand"


class ChallengeObjectionOutcome(StrEnum):
    """What the operator decided of an objection. Upheld: other experts judge again."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
