"""HTTP of purchases at the asking price."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.web.access import allow
from app.core.web.http import MoneyEndpoint, Session
from app.core.web.routing import Router
from app.market.deals.schemas import DealOut
from app.market.listings.queries import sealed_assets
from app.pricing.first_come import schemas, service

router = Router(route_class=MoneyEndpoint, tags=("first-come",))

Buyer = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="deals:write")]


@router.post("/listings/{listing_id}/purchase", status_code=201, operation_id="purchase_listing")
async def purchase(actor: Buyer, session: Session, listing_id: UUID, body: schemas.PurchaseIn) -> DealOut:
    """Buy at the asking price, first come first served. The answer is the deal; sign by its `contract_due_at`."""
    deal = await service.purchase(session, actor, listing_id, body)
    assets = await sealed_assets(session, deal.listing_id, deal.listing_version)
    return DealOut.of(deal, assets=assets, server_time=await read_clock(session))
