"""Requests and responses of public notices and objections."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from app.catalogue.results.kinds import TransferMode
from app.catalogue.rights.schemas import SealedAsset
from app.core.schemas import Amount, Input, Output, Readable, Share, Written
from app.market.deals.kinds import PriceBasis
from app.market.listings.kinds import PricingMode
from app.pricing.negotiated.kinds import NegotiationStatus, ObjectionOutcome
from app.pricing.negotiated.notice.kinds import InterestKind

Statement = Annotated[str, StringConstraints(min_length=1, max_length=5000), Written]
Contact = Annotated[str, StringConstraints(min_length=3, max_length=200), Readable]


class Interest(Output):
    """A flag on the notice. For a related party, `finding` says why; completers are not named."""

    kind: InterestKind
    organisation_id: UUID | None
    finding: str | None


class NoticeParty(Output):
    """A party named on the notice."""

    id: UUID
    name: str
    share: Share


class NoticePrice(Output):
    """The price published: what is certain of it (CNY), whether that is all, and how it is paid."""

    amount: Amount
    basis: PriceBasis
    payment: list[dict[str, Any]] = Field(
        description="As in the terms of the offer: see `payment` of `Terms`. Sealed as of that day"
    )
    conversion: dict[str, Any] | None = Field(
        description="As in the terms of the offer: see `conversion` of `Terms`. Sealed as of that day"
    )


class NoticeContent(Output):
    """What was published (公示内容), sealed: its canonical JSON is stored, hashed and served to the byte."""

    number: str
    listing_id: UUID
    listing_number: str
    name: str
    abstract: str
    assets: list[SealedAsset] | None = Field(
        default=None, description="The rights that are sold; missing in notices of release 0.1"
    )
    transfer_mode: TransferMode
    pricing_mode: PricingMode
    price: NoticePrice
    sellers: list[NoticeParty]
    buyers: list[NoticeParty]
    interested: list[Interest]
    published_on: date
    first_day: date
    last_day: date


class ObjectionDecisionOut(Output):
    """What became of an objection. Who objected is not told."""

    objection_id: UUID
    filed_at: datetime
    outcome: ObjectionOutcome
    statement: str
    decided_at: datetime


class NoticeOut(Output):
    """A public notice. The day after the publication is day 1; objections are taken until `ends_at`."""

    id: UUID
    number: str
    status: NegotiationStatus
    takes_objections: bool
    content: NoticeContent
    sha256: str
    published_at: datetime
    first_day: date
    last_day: date
    ends_at: datetime
    open_objections: int
    decisions: list[ObjectionDecisionOut]
    server_time: datetime


class ObjectionIn(Input):
    """An objection: signed, with a contact. Reason and contact are read by the market's staff and the seller alone."""

    reason: Statement
    contact: Contact


class ObjectionDecisionIn(Input):
    """The operator's decision. `statement` is published with the notice: name nobody in it."""

    outcome: ObjectionOutcome
    statement: Statement


class ObjectionOut(Output):
    """An objection, for who filed it, the seller and the market's staff."""

    id: UUID
    notice_id: UUID
    organisation_id: UUID | None
    reason: str
    contact: str
    filed_at: datetime
    decision: ObjectionDecisionOut | None
