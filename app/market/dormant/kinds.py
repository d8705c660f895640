"""The states of a list of dormant results and of what stands in it: pure."""

from enum import StrEnum


class DormantListStatus(StrEnum):
    """Where a yearly list stands: it is gathered, its units check it, it is published."""

    GATHERING = "gathering"
    CHECKING = "checking"
    PUBLISHED = "published"


class DormantStatus(StrEnum):
    """What a unit has said of a result in the list. Left `waiting`, it is published as it was gathered."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    EXPLAINED = "explained"
    CORRECTED = "corrected"


class DormancyReason(StrEnum):
    """Why a result was not converted, as its unit explains it."""

    NEEDS_DEVELOPMENT = "needs_development"
    NO_DEMAND = "no_demand"
    RIGHTS_DISPUTED = "rights_disputed"
    SUPERSEDED = "superseded"
    RETAINED_FOR_RESEARCH = "retained_for_research"
    OTHER = "other"


class NotDormant(StrEnum):
    """Why a result does not belong in the list, by the rule."""

    NOT_PUBLICLY_FUNDED = "not_publicly_funded"
    SECRET = "secret"
    IN_TIME = "in_time"
    CONVERSION_BEGUN = "conversion_begun"
    AGREED = "agreed"
