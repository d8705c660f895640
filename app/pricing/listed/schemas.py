"""Requests and responses of competitive listed sales."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.core.schemas import Agreed, Amount, Flag, Input, Line, Name, Output, PositiveMoney, Prose, Whole, unset
from app.pricing.kinds import ContestForm
from app.pricing.listed.kinds import Judge, Qualification, RegistrantStatus, RevisionStatus, SalePhase

WorkingDays = Annotated[Whole, Field(ge=1, le=250)]
SeenVersion = Annotated[Whole, Field(ge=1, le=2**31 - 1, description="The `version` you read")]


class ListedConditionsIn(Input):
    """The conditions of the sale; they are published and sealed with the listing."""

    deposit_amount: PositiveMoney = Field(description="What each registrant pays in, exactly; below the asking price")
    notice_working_days: WorkingDays = Field(description="Working days of the public notice; at least the rule's")
    extension_working_days: WorkingDays | None = Field(
        default=None, description="Working days of each extension if nobody registers; null: none is announced"
    )
    extensions_max: Whole = Field(default=0, ge=0, le=20, description="How often it is extended at most")
    qualification: Prose = Field(
        description="What a buyer must satisfy (受让条件); nobody is refused for anything else"
    )
    bidding: ContestForm = Field(description="How two or more registrants bid")
    rights_abroad: Flag = Field(default=False, description="The rights reach beyond the mainland: export rules apply")


class ListedConditionsOut(Output):
    """The conditions of a sale, as drafted or, once published, as sealed."""

    deposit_amount: Amount
    notice_working_days: int
    extension_working_days: int | None
    extensions_max: int
    qualification: str
    bidding: ContestForm
    rights_abroad: bool


class ListedSaleOut(Output):
    """How far a sale has come. `closes_at` is the end of the notice, or of a suspension, at which it would lapse."""

    listing_id: UUID
    phase: SalePhase
    closes_at: datetime | None
    extensions_used: int
    extensions_max: int
    contest_id: UUID | None
    reason: str | None
    server_time: datetime


class RegistrantIn(Input):
    """Register as intending transferee for what you read. The deposit is asked for at once."""

    listing_version: SeenVersion
    meets_conditions: Agreed = Field(description="You meet the published `qualification` and accept the terms")
    buyer_abroad: Flag = Field(default=False, description="The buyer is not of the mainland: export rules apply")


class RegistrantConfirmationIn(Input):
    """Agree to what was published since you registered."""

    listing_version: SeenVersion
    meets_conditions: Agreed


class QualificationIn(Input):
    """A decision on a registrant. A refusal names the published condition that is not met."""

    outcome: Qualification
    reason: Line | None = None


class QualificationOut(Output):
    judge: Judge
    listing_version: int
    outcome: Qualification
    reason: str | None
    decided_at: datetime


class RegistrantOut(Output):
    """A registration, for its organisation, the seller, the operator and the auditor. `related_party` is only flagged.

    The deposit is found by `GET /v1/deposits?subject_id=` with the listing's id.
    """

    id: UUID
    number: str
    listing_id: UUID
    organisation_id: UUID
    listing_version: int
    status: RegistrantStatus
    status_reason: str | None
    buyer_abroad: bool
    related_party: str | None
    registered_at: datetime
    confirmed_at: datetime
    decisions: list[QualificationOut]
    revision: int
    server_time: datetime


class RevisionIn(Input):
    """What to change of a published listing; what is left out stays. The notice then begins again in full."""

    title: Name = Field(default_factory=unset)
    summary: Prose = Field(default_factory=unset)
    terms: Prose = Field(default_factory=unset)
    territory: Name = Field(default_factory=unset)
    asking_price: PositiveMoney = Field(default_factory=unset)
    conditions: ListedConditionsIn = Field(default_factory=unset, description="All of them, where any changes")
    reason: Line = Field(description="Why what was published must change, and who approved it")


class RevisionOut(Output):
    """A proposed revision, for the seller, its agency and the market's staff."""

    id: UUID
    listing_id: UUID
    base_version: int
    changes: dict[str, Any] = Field(description="The fields of `RevisionIn` that change, with their new values")
    reason: str
    status: RevisionStatus
    status_reason: str | None
    version: int | None = Field(description="As which version it was published")
    proposed_at: datetime
    decided_at: datetime | None
