"""HTTP of auctions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from app.core.access import Actor, Role, allow
from app.pricing.auction import schemas
from app.pricing.auction.bids import BidEndpoint

bid_router = APIRouter(route_class=BidEndpoint, tags=["auctions"])

Bidder = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="auctions:write")]


@bid_router.post("/auctions/{auction_id}/bids", status_code=201, operation_id="place_bid")
async def place_bid(actor: Bidder, auction_id: UUID, body: Annotated[schemas.BidIn, Body()]) -> schemas.BidOut:
    """Bid. The answer says what was decided, by the database's clock after the lock, with a signed receipt."""
    raise AssertionError("`BidEndpoint` answers")
