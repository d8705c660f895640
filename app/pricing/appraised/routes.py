"""HTTP of purchase offers on appraised listings: read by the two sides and the auditor alone."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.schemas import ReasonIn
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, MoneyEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.market.gates.queries import gates_of
from app.market.gates.schemas import gate_out
from app.market.listings.queries import sealed_assets
from app.pricing.appraised import closing, queries, schemas, service
from app.pricing.appraised.models import PurchaseOffer

router = Router(route_class=Endpoint, tags=("appraised",))
money_router = Router(route_class=MoneyEndpoint)

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="deals:read")]
Party = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="deals:write", merged=True)]
Buyer = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="deals:write")]


@money_router.post("/listings/{listing_id}/purchase-offers", status_code=201, operation_id="make_purchase_offer")
async def make_offer(
    actor: Buyer, session: Session, listing_id: UUID, body: schemas.PurchaseOfferIn
) -> schemas.PurchaseOfferOut:
    """Offer to buy a published listing whose price rests on an appraisal. Only the seller reads the offer."""
    return await _answer(session, await service.make_offer(session, actor, listing_id, body))


@router.get("/purchase-offers", operation_id="list_purchase_offers")
async def list_offers(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
) -> Page[schemas.PurchaseOfferSummary]:
    """List the offers that your organisation made or received, newest first. The auditor sees all."""
    found = await queries.list_offers(session, actor, page)
    return found.shown(schemas.PurchaseOfferSummary.model_validate)


@router.get("/purchase-offers/{offer_id}", operation_id="read_purchase_offer")
async def read_offer(actor: Reader, session: Session, offer_id: UUID) -> schemas.PurchaseOfferOut:
    """Read an offer with its gates. Its two sides and the auditor may."""
    return await _answer(session, await queries.get_offer(session, actor, offer_id))


@router.post("/purchase-offers/{offer_id}/withdrawal", operation_id="withdraw_purchase_offer")
async def withdraw(actor: Party, session: Session, offer_id: UUID, body: ReasonIn) -> schemas.PurchaseOfferOut:
    """Withdraw your open offer, if you made it revocable. The seller reads the reason."""
    return await _answer(session, await service.withdraw(session, actor, offer_id, body.reason))


@money_router.post("/purchase-offers/{offer_id}/acceptance", operation_id="accept_purchase_offer")
async def accept(actor: Party, session: Session, offer_id: UUID) -> schemas.PurchaseOfferOut:
    """Accept an offer on your listing, which is held for the buyer. With nothing left to settle there is a deal."""
    return await _answer(session, await service.accept(session, actor, offer_id))


@money_router.post("/purchase-offers/{offer_id}/closing", operation_id="close_purchase_offer")
async def close(actor: Party, session: Session, offer_id: UUID) -> schemas.PurchaseOfferOut:
    """Make the deal of an offer you accepted, if nothing blocks it. The refusal says what does."""
    return await _answer(session, await service.close(session, actor, offer_id))


async def _answer(session: Session, offer: PurchaseOffer) -> schemas.PurchaseOfferOut:
    now = await read_clock(session)
    gates = [gate_out(gate, now) for gate in await gates_of(session, closing.SUBJECT, offer.id)]
    assets = await sealed_assets(session, offer.listing_id, offer.listing_version)
    return schemas.PurchaseOfferOut.of(offer, assets=assets, gates=gates, server_time=now)


router.include_router(money_router)
