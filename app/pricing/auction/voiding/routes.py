"""HTTP of voiding bids."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.web.access import allow
from app.core.web.http import Endpoint, MoneyEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.pricing.auction import queries as auctions
from app.pricing.auction.voiding import queries, schemas, service

router = Router(route_class=Endpoint, tags=("auctions",))
money_router = Router(route_class=MoneyEndpoint)

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="auctions:write")]
Reader = Annotated[Actor, allow(Role.OPERATOR, Role.AUDITOR, scope="auctions:read")]


@money_router.post("/auctions/{auction_id}/voidings", status_code=201, operation_id="ask_to_void_bids")
async def ask(actor: Operator, session: Session, auction_id: UUID, body: schemas.BidVoidingIn) -> schemas.BidVoidingOut:
    """Ask that bids of a suspended auction be voided. Another operator confirms it, and only then it counts.

    They were made with a key of an incident, or by an organisation that was suspended or refused.
    """
    return schemas.BidVoidingOut.model_validate(await service.ask(session, actor, auction_id, body))


@money_router.post("/auctions/{auction_id}/voidings/{voiding_id}/confirmation", operation_id="confirm_voiding")
async def confirm(actor: Operator, session: Session, auction_id: UUID, voiding_id: UUID) -> schemas.BidVoidingOut:
    """Void the bids that another operator asked for. The log says where the bidding stands without them."""
    return schemas.BidVoidingOut.model_validate(await service.confirm(session, actor, auction_id, voiding_id))


@router.get("/auctions/{auction_id}/voidings", operation_id="list_voidings")
async def list_voidings(
    actor: Reader, session: Session, auction_id: UUID, page: Annotated[PageRequest, sorted_by(queries.ORDERS)]
) -> Page[schemas.BidVoidingOut]:
    """List what operators asked to void in an auction, and who confirmed it. The log names no person."""
    auction = await auctions.get_auction(session, actor, auction_id)
    return (await queries.list_voidings(session, auction.id, page)).shown(schemas.BidVoidingOut.model_validate)


@router.get("/auctions/{auction_id}/voidings/{voiding_id}", operation_id="read_voiding")
async def read_voiding(actor: Reader, session: Session, auction_id: UUID, voiding_id: UUID) -> schemas.BidVoidingOut:
    """Read what an operator asked to void, and who confirmed it."""
    return schemas.BidVoidingOut.model_validate(await queries.get_voiding(session, auction_id, voiding_id))


router.include_router(money_router)
