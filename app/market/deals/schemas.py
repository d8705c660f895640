"""Requests and responses of deals."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field, HttpUrl

from app.catalogue.results.kinds import TransferMode
from app.catalogue.rights.schemas import SealedAsset
from app.core.schemas import Amount, Day, Id, Input, Line, Money, Output, Share
from app.market.deals.kinds import DealOrigin, DealStatus, Defaulted, PartyRole, PriceBasis
from app.market.listings.kinds import PricingMode


class PartyIn(Input):
    """An organisation on a side of a deal or of its contract, and its part of that side."""

    organisation_id: Id
    share: Share


class RecordedDealIn(Input):
    """A deal concluded elsewhere, recorded from a public source so that its contract can be registered here."""

    subject: Line
    result_id: Id | None = None
    pricing_mode: PricingMode
    transfer_mode: TransferMode
    price: Money
    agreed_on: Day | None = Field(default=None, description="The local day on which it was concluded, where known")
    published_on: Day | None = Field(
        default=None, description="The day its source made it public; stands for `agreed_on` where that is not known"
    )
    source_url: HttpUrl = Field(description="Where the deal is published", max_length=2000)
    sellers: list[PartyIn] = Field(min_length=1, max_length=20)
    buyers: list[PartyIn] = Field(min_length=1, max_length=20)
    agencies: list[PartyIn] = Field(default=[], max_length=20)


class DealCancellationIn(Input):
    """Why the deal ends without a contract."""

    reason: Line
    defaulted: Defaulted | None = Field(
        default=None, description="Who defaulted; the operator says so where a deposit is held, a party never does"
    )


class DefaultFindingIn(Input):
    """Who defaulted on a deal that ended while a deposit was held: the buyer forfeits it, else it goes back."""

    defaulted: Defaulted
    reason: Line


class DefaultOut(Output):
    """Who let the deal fail, for its parties and the market's staff."""

    defaulted: Defaulted
    reason: str
    found_at: datetime


class DealPartyOut(Output):
    role: PartyRole
    organisation_id: UUID
    share: Share


class DealAppraisalOut(Output):
    """The appraisal report on which the price rests: its value and floor (CNY) as judged on that day."""

    report_id: UUID
    number: str
    base_date: date
    valid_to: date
    value: Amount
    floor_share: Share
    price_floor: Amount
    reapproval_id: UUID | None = Field(description="The re-approval that a price below the floor rests on")
    judged_on: date


class DealOut(Output):
    """An agreement on a price. `related_party` holds the finding that makes seller and buyer related parties.

    `price` is what is certain of it, and `price_basis` whether that is all; `terms` are those of a negotiated deal.
    """

    id: UUID
    number: str
    origin: DealOrigin
    listing_id: UUID | None
    listing_version: int | None
    result_id: UUID | None
    pricing_mode: PricingMode
    transfer_mode: TransferMode
    subject: str
    price: Amount
    price_basis: PriceBasis
    terms: dict[str, Any] | None = Field(
        description="Of a negotiated deal, with the fields of `Terms`, in the form of that day; of others null"
    )
    status: DealStatus
    status_reason: str | None
    agreed_at: datetime
    contract_due_at: datetime | None
    server_time: datetime
    source_url: str | None
    published_on: date | None
    related_party: str | None
    appraisal: DealAppraisalOut | None
    assets: list[SealedAsset] | None = Field(
        default=None, description="The rights of the version of the listing that was agreed on; null in lists"
    )
    parties: list[DealPartyOut]
    default: DefaultOut | None = Field(description="Who defaulted, where it had a deposit and that is decided")
    revision: int
