"""Requests and responses of negotiations."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from app.catalogue.rights.schemas import SealedAsset
from app.core.schemas import Amount, Id, Input, Line, Moment, Name, Output, Share, Written
from app.market.deals.kinds import PriceBasis
from app.market.deals.schemas import PartyIn
from app.market.gates.schemas import GateOut
from app.pricing.negotiated.kinds import NegotiationSide, NegotiationStatus
from app.pricing.negotiated.terms.shapes import Terms


class OfferIn(Input):
    """An offer or counter-offer: its terms, and until when it binds who makes it."""

    terms: Terms
    expires_at: Moment
    message: Annotated[str, StringConstraints(min_length=1, max_length=2000), Written] | None = None


class NegotiationIn(OfferIn):
    """The first offer on a listing. Left out, `buyers` is your organisation alone."""

    buyers: list[PartyIn] = Field(default=[], max_length=20, description="You, who lead, and those who buy with you")


class OfferAcceptanceIn(Input):
    """The offer you read and accept: nobody accepts terms they have not seen."""

    offer_id: Id


class RelatedPartyApprovalIn(Input):
    """The approval of a related-party deal: by which body, on what paper."""

    approved_by: Line = Field(description="The approving body")
    reference: Name
    document_id: Id


class BuyerOut(Output):
    """A buyer and its part."""

    organisation_id: UUID
    share: Share


class OfferOut(Output):
    """An offer. `price` is what is certain of the price, CNY; `terms_sha256` the hash of the canonical terms."""

    id: UUID
    number: int
    side: NegotiationSide
    terms: dict[str, Any] = Field(
        description="As they were sent, with the fields of `Terms`; hashed in the form that they had that day"
    )
    terms_sha256: str
    price: Amount
    price_basis: PriceBasis
    message: str | None
    made_at: datetime
    expires_at: datetime


class NegotiationOut(Output):
    """A negotiation as its sides see it. `last_offer` stands until its expiry, if the negotiation is open."""

    id: UUID
    number: str
    listing_id: UUID
    listing_version: int
    seller_id: UUID
    lead_id: UUID
    buyers: list[BuyerOut]
    status: NegotiationStatus
    status_reason: str | None
    last_offer: OfferOut
    opened_at: datetime
    agreed_at: datetime | None
    agreed_offer_id: UUID | None
    notice_id: UUID | None
    notice_ends_at: datetime | None
    assets: list[SealedAsset] = Field(description="The rights that the listing offered in this version")
    gates: list[GateOut]
    deal_id: UUID | None
    revision: int
    server_time: datetime


class NegotiationTerminationOut(Output):
    """What the operator sees of a negotiation that it ended: no offers."""

    id: UUID
    number: str
    status: NegotiationStatus
    status_reason: str | None
    server_time: datetime


class NegotiationSummary(Output):
    """A negotiation in a list."""

    id: UUID
    number: str
    listing_id: UUID
    seller_id: UUID
    lead_id: UUID
    status: NegotiationStatus
    last_offer: OfferOut
    opened_at: datetime
    agreed_at: datetime | None
    deal_id: UUID | None
