"""The kinds and states of responses to demands: pure, so that rules may know them without a database."""

from enum import StrEnum


class ResponderCapacity(StrEnum):
    """As what somebody responds: it holds results, it has a team that can solve the problem, or it is an agency."""

    HOLDER = "holder"
    TEAM = "team"
    AGENCY = "agency"


class ResponseStatus(StrEnum):
    """Where a response stands. Agreed: both sides go on to a deal; fulfilled: its contract is signed."""

    SENT = "sent"
    SHORTLISTED = "shortlisted"
    AGREED = "agreed"
    FULFILLED = "fulfilled"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


OPEN_STATUSES = (ResponseStatus.SENT, ResponseStatus.SHORTLISTED, ResponseStatus.AGREED)
WAITING_STATUSES = (ResponseStatus.SENT, ResponseStatus.SHORTLISTED)
NAMED_STATUSES = (ResponseStatus.SHORTLISTED, ResponseStatus.AGREED, ResponseStatus.FULFILLED)
"""In these the responder knows who asks, also where the public does not."""


class ResponseMove(StrEnum):
    """A step in the life of a response."""

    AMENDMENT = "amendment"
    SHORTLISTING = "shortlisting"
    AGREEMENT = "agreement"
    DECLINE = "decline"
    WITHDRAWAL = "withdrawal"
    HANDOVER = "handover"
    FULFILMENT = "fulfilment"
    AWARD = "award"
    LAPSE = "lapse"


class ResponseMover(StrEnum):
    """Who moves a response on: either side, a deal, the end of the demand, the procedure of a challenge."""

    DEMANDER = "demander"
    RESPONDER = "responder"
    DEAL = "deal"
    DEMAND = "demand"
    CHALLENGE = "challenge"


class DeclineReason(StrEnum):
    """Why a demander declines. Structured, so that a ranking can learn from it."""

    NOT_THE_PROBLEM = "not_the_problem"
    NOT_READY = "not_ready"
    PRICE = "price"
    TERMS = "terms"
    RIGHTS = "rights"
    PLACE = "place"
    CHOSE_ANOTHER = "chose_another"
    NO_AGREEMENT = "no_agreement"
    OTHER = "other"
