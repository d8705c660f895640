"""The steps of recognition and registration, who takes them, and what they do to the period."""

from enum import Enum, StrEnum

from app.contracts.problems import SELLER as SELLER_OF_CONTRACT
from app.core.problems import Text


class Step(StrEnum):
    """A step of an application, by the last part of its path."""

    APPLICATION = "registration"
    ACCEPTANCE = "acceptance"
    SUPPLEMENT_REQUEST = "supplement-request"
    RESUBMISSION = "resubmission"
    APPROVAL = "approval"
    REFUSAL = "refusal"
    CANCELLATION = "cancellation"


class Taker(Enum):
    """Who takes a step. A registrar must not belong to a party of the contract (应当回避)."""

    SELLER = SELLER_OF_CONTRACT
    APPLICANT = Text("the applicant", "申请方")
    REGISTRAR = Text("the registrar", "登记员")


class Clock(StrEnum):
    """What a step does to the registrar's period."""

    BEGINS = "begins today"
    STOPS = "stops; no day is due"
    MET = "ends, met"
