"""Requests and responses of appraisals."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.catalogue.appraisals.kinds import AppraisalMethod, ReportStatus
from app.core.schemas import Amount, Day, Id, Input, Name, Output, PositiveMoney, Prose, Readable, RuleOut, Share

ReportNumber = Annotated[str, StringConstraints(min_length=1, max_length=100), Readable]
BaseDate = Annotated[Day, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]


class ReportIn(Input):
    """A report, recorded by its appraiser, or by the unit that keeps the result, which says whose it is."""

    number: ReportNumber = Field(description="The appraiser's own number of the report")
    result_id: Id
    appraiser_id: Id | None = Field(default=None, description="Needed unless the appraiser itself records it")
    base_date: BaseDate = Field(description="评估基准日, not in the future")
    method: AppraisalMethod
    value: PositiveMoney = Field(description="评估值")
    document_id: Id = Field(description="The report itself: an uploaded document of one's own organisation")


class ReportReviewIn(Input):
    """What the operator found."""

    decision: Literal[ReportStatus.ACCEPTED, ReportStatus.REFUSED]
    reason: Prose | None = Field(default=None, description="Needed for a refusal")


class ReapprovalIn(Input):
    """A price below the floor, approved again by the body that approved the transfer."""

    approved_by: Name = Field(description="The approving body")
    approved_on: BaseDate = Field(description="Not in the future, and while the report may be used")
    lowest_price: PositiveMoney = Field(description="The lowest price approved, below the floor")
    document_id: Id = Field(description="The approval: an uploaded document")


class DocumentRef(Output):
    """A document and the hash of its content."""

    id: UUID
    filename: str
    sha256: str


class ReapprovalOut(Output):
    """A recorded re-approval."""

    id: UUID
    approved_by: str
    approved_on: date
    lowest_price: Amount
    document: DocumentRef
    recorded_at: datetime


class ReportSummary(Output):
    """A report as a list shows it."""

    id: UUID
    number: str
    appraiser_id: UUID
    result_id: UUID
    base_date: date
    method: AppraisalMethod
    value: Amount
    valid_to: date = Field(description="The last day on which a price may rest on it")
    status: ReportStatus
    revision: int


class FloorOut(Output):
    """How low a price may go today without a further re-approval."""

    share: Share = Field(description="Part of the appraised value")
    amount: Amount = Field(description="That part, in whole fens")
    lowest_price: Amount = Field(description="The floor, or less where that was re-approved")
    source: RuleOut
    reference: str
    mark: str


class ReportOut(ReportSummary):
    """A report for the owners of the result, its appraiser and the market's staff."""

    appraiser_name: str
    submitted_by_id: UUID
    document: DocumentRef
    review_reason: str | None
    reviewed_at: datetime | None
    expired: bool
    validity_source: RuleOut
    price_floor: FloorOut
    reapprovals: list[ReapprovalOut]
    server_time: datetime
