"""Requests and responses of purchase offers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.catalogue.rights.schemas import SealedAsset
from app.core.schemas import Amount, Flag, Input, Moment, Output, PositiveMoney, Written
from app.market.gates.schemas import GateOut
from app.pricing.appraised.kinds import PurchaseOfferStatus


class PurchaseOfferIn(Input):
    """A declaration to buy at a price, paid at once, on the terms that were published."""

    price: PositiveMoney
    expires_at: Moment = Field(description="The seller may accept up to this moment")
    abroad: Flag = Field(description="You are, or the rights are to be used, outside the mainland")
    revocable: Flag = Field(default=False, description="May be withdrawn before it is accepted; otherwise it binds you")
    message: Annotated[str, StringConstraints(min_length=1, max_length=2000), Written] | None = None


class PurchaseOfferSummary(Output):
    """A purchase offer in a list."""

    id: UUID
    number: str
    listing_id: UUID
    listing_version: int
    seller_id: UUID
    buyer_id: UUID
    price: Amount
    abroad: bool
    revocable: bool
    message: str | None
    status: PurchaseOfferStatus
    status_reason: str | None
    made_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    lapses_at: datetime | None = Field(description="When an accepted offer ends that has not become a deal")
    deal_id: UUID | None
    revision: int


class PurchaseOfferOut(PurchaseOfferSummary):
    """A purchase offer as its two sides see it, with the gates that stand before the deal."""

    assets: list[SealedAsset] = Field(description="The rights that the listing offered in this version")
    gates: list[GateOut]
    server_time: datetime
