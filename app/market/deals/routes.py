"""HTTP of deals."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, MoneyEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.market.deals import queries, schemas, service
from app.market.deals.models import Deal
from app.market.listings.queries import sealed_assets

router = Router(route_class=Endpoint, tags=("deals",))
money_router = Router(route_class=MoneyEndpoint)

Reader = Annotated[Actor, allow(*EVERY_ROLE, Role.BROKER_IN_PERSON, scope="deals:read")]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="deals:write")]
PartyOrOperator = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.OPERATOR, scope="deals:write", merged=True)]


@money_router.post("/deals/recorded", status_code=201, operation_id="record_deal")
async def record_deal(actor: Operator, session: Session, body: schemas.RecordedDealIn) -> schemas.DealOut:
    """Record a deal concluded elsewhere, with its public source. Its contract can then be registered here."""
    return await _answer(session, await service.record_deal(session, actor, body))


@router.get("/deals", operation_id="list_deals")
async def list_deals(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
) -> Page[schemas.DealOut]:
    """List your organisation's deals, newest first. Staff see all, a broker in person those of the own cases."""
    found = await queries.list_deals(session, actor, page)
    now = await read_clock(session)
    return found.shown(lambda row: schemas.DealOut.of(row, assets=None, server_time=now))


@router.get("/deals/{deal_id}", operation_id="read_deal")
async def read_deal(actor: Reader, session: Session, deal_id: UUID) -> schemas.DealOut:
    """Read a deal. Its parties and staff may, and a broker in person who served in it."""
    return await _answer(session, await queries.get_deal(session, actor, deal_id))


@router.post("/deals/{deal_id}/cancellation", operation_id="cancel_deal")
async def cancel_deal(
    actor: PartyOrOperator, session: Session, deal_id: UUID, body: schemas.DealCancellationIn
) -> schemas.DealOut:
    """Cancel a deal before its contract is signed, with the reason. Its listing goes back on sale or lapses.

    A buyer that cancels forfeits its deposit: if the seller defaulted, ask the operator to cancel
    instead.
    """
    return await _answer(session, await service.cancel_deal(session, actor, deal_id, body))


@router.post("/deals/{deal_id}/default-finding", status_code=201, operation_id="find_deal_default")
async def find_default(
    actor: Operator, session: Session, deal_id: UUID, body: schemas.DefaultFindingIn
) -> schemas.DealOut:
    """Record who defaulted on a deal that expired while a deposit was held. The buyer forfeits it, or it goes back."""
    return await _answer(session, await service.find_default(session, actor, deal_id, body))


async def _answer(session: Session, deal: Deal) -> schemas.DealOut:
    assets = await sealed_assets(session, deal.listing_id, deal.listing_version)
    return schemas.DealOut.of(deal, assets=assets, server_time=await read_clock(session))


router.include_router(money_router)
