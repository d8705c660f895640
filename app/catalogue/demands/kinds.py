"""The kinds and states of demands: pure, so that rules may know them without a database."""

from enum import StrEnum


class DemandKind(StrEnum):
    """What is asked for: a technology that somebody wants to have (需求), one to be tried in a place of its own, an
    open application scenario (应用场景, policy art. 6), or a problem with a bounty (揭榜挂帅, art. 8).
    """

    NEED = "need"
    SCENARIO = "scenario"
    CHALLENGE = "challenge"


class ScenarioArea(StrEnum):
    """The areas of open scenarios in policy art. 6 (基层治理、社会民生、产业升级、科技创新); it says 等."""

    GOVERNANCE = "governance"
    PUBLIC_LIFE = "public_life"
    INDUSTRY = "industry"
    INNOVATION = "innovation"
    OTHER = "other"


class DemandStatus(StrEnum):
    """Where a demand stands in public. A correction that is being checked does not change it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    MET = "met"
    CLOSED = "closed"
    EXPIRED = "expired"
    REMOVED = "removed"


PUBLIC_STATUSES = (DemandStatus.PUBLISHED, DemandStatus.MET, DemandStatus.CLOSED, DemandStatus.EXPIRED)
LIVE_STATUSES = (DemandStatus.PUBLISHED, DemandStatus.EXPIRED)
"""It may still be met: its time to answer may be over, what was answered in time is not."""


class CheckStatus(StrEnum):
    """Where the demander's draft stands, of the first version or of a correction. Passed: it is what is published."""

    EDITING = "editing"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    RETURNED = "returned"
    PASSED = "passed"


class DemandMover(StrEnum):
    """Who moves a demand on: people of its demander, the operator, a deal, time, a challenge that failed."""

    DEMANDER = "demander"
    OPERATOR = "operator"
    DEAL = "deal"
    TIME = "time"
    CHALLENGE = "challenge"


class DemandMove(StrEnum):
    """A step in the public life of a demand."""

    PUBLICATION = "publication"
    REOPENING = "reopening"
    CLOSURE = "closure"
    FULFILMENT = "fulfilment"
    EXPIRY = "expiry"
    REMOVAL = "removal"


class CheckMove(StrEnum):
    """A step of a draft on its way to be published."""

    EDIT = "edit"
    SUBMISSION = "submission"
    RECALL = "recall"
    RETURN = "return"
    FIRST_CHECK = "first_check"
    SECOND_CHECK = "second_check"


class SolutionWay(StrEnum):
    """The four ways in which a demander may have its problem solved (解决方式)."""

    TRANSFER_OR_LICENCE = "transfer_or_licence"
    COMMISSIONED_DEVELOPMENT = "commissioned_development"
    JOINT_DEVELOPMENT = "joint_development"
    CONSULTING_OR_SERVICE = "consulting_or_service"


class ClosureReason(StrEnum):
    """Why a demander closes its demand."""

    SOLVED_OTHERWISE = "solved_otherwise"
    NO_LONGER_NEEDED = "no_longer_needed"
    NO_FUNDS = "no_funds"
    POSTED_AGAIN = "posted_again"
    NOTHING_SUITABLE = "nothing_suitable"
