"""HTTP of negotiations: offers are read by the two sides and the auditor alone."""

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
from app.pricing.negotiated import closing, queries, schemas, service
from app.pricing.negotiated.models import Negotiation, Offer
from app.pricing.negotiated.notice import objections

router = Router(route_class=Endpoint, tags=("negotiated",))
money_router = Router(route_class=MoneyEndpoint)

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="deals:read")]
Party = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="deals:write", merged=True)]
Buyer = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="deals:write")]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="deals:write")]
SellerAdmin = Annotated[Actor, allow(Role.ADMIN, scope="deals:write", merged=True)]


@money_router.post("/listings/{listing_id}/negotiations", status_code=201, operation_id="open_negotiation")
async def open_negotiation(
    actor: Buyer, session: Session, listing_id: UUID, body: schemas.NegotiationIn
) -> schemas.NegotiationOut:
    """Open a negotiation on a published listing, with your first offer. Its price must be negotiated."""
    made = await service.open_negotiation(session, actor, listing_id, body)
    return await _answer(session, made)


@router.get("/negotiations", operation_id="list_negotiations")
async def list_negotiations(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.NEGOTIATIONS, queries.FILTERS)],
) -> Page[schemas.NegotiationSummary]:
    """List your organisation's negotiations on either side, newest first. The auditor sees all."""
    found = await queries.list_negotiations(session, actor, page)
    offers = await queries.last_offers(session, [row.id for row in found.rows])
    return found.shown(lambda row: _summary(row, offers[row.id]))


@router.get("/negotiations/{negotiation_id}", operation_id="read_negotiation")
async def read_negotiation(actor: Reader, session: Session, negotiation_id: UUID) -> schemas.NegotiationOut:
    """Read a negotiation with its last offer and its gates. Its two sides and the auditor may."""
    return await _answer(session, await queries.get_negotiation(session, actor, negotiation_id))


@money_router.post("/negotiations/{negotiation_id}/offers", status_code=201, operation_id="make_offer")
async def make_offer(
    actor: Party, session: Session, negotiation_id: UUID, body: schemas.OfferIn
) -> schemas.NegotiationOut:
    """Make a counter-offer, or a new offer where yours has expired. It replaces the other side's."""
    return await _answer(session, await service.make_offer(session, actor, negotiation_id, body))


@router.get("/negotiations/{negotiation_id}/offers", operation_id="list_offers")
async def list_offers(
    actor: Reader, session: Session, negotiation_id: UUID, page: Annotated[PageRequest, sorted_by(queries.OFFERS)]
) -> Page[schemas.OfferOut]:
    """List every offer of a negotiation, oldest first."""
    negotiation = await queries.get_negotiation(session, actor, negotiation_id)
    return (await queries.list_offers(session, negotiation.id, page)).shown(schemas.OfferOut.model_validate)


@money_router.post("/negotiations/{negotiation_id}/acceptance", operation_id="accept_offer")
async def accept_offer(
    actor: Party, session: Session, negotiation_id: UUID, body: schemas.OfferAcceptanceIn
) -> schemas.NegotiationOut:
    """Accept the other side's standing offer. The listing is held for the buyer and the public notice begins."""
    return await _answer(session, await service.accept(session, actor, negotiation_id, body.offer_id))


@router.post("/negotiations/{negotiation_id}/withdrawal", operation_id="withdraw_negotiation")
async def withdraw_negotiation(
    actor: Party, session: Session, negotiation_id: UUID, body: ReasonIn
) -> schemas.NegotiationOut:
    """Leave an open negotiation, unless an offer of yours still stands. The other side reads the reason."""
    return await _answer(session, await service.withdraw(session, actor, negotiation_id, body.reason))


@router.post("/negotiations/{negotiation_id}/approvals", status_code=201, operation_id="approve_related_party")
async def approve_related_party(
    actor: SellerAdmin, session: Session, negotiation_id: UUID, body: schemas.RelatedPartyApprovalIn
) -> schemas.NegotiationOut:
    """Record the approval of a deal between related parties, with its document, as the seller."""
    return await _answer(session, await objections.approve(session, actor, negotiation_id, body))


@money_router.post("/negotiations/{negotiation_id}/closing", operation_id="close_negotiation")
async def close_negotiation(actor: Party, session: Session, negotiation_id: UUID) -> schemas.NegotiationOut:
    """Make the deal now if nothing blocks it; the refusal says what does. The worker does it by itself."""
    return await _answer(session, await service.close(session, actor, negotiation_id))


@router.post("/negotiations/{negotiation_id}/termination", operation_id="terminate_negotiation")
async def terminate_negotiation(
    actor: Operator, session: Session, negotiation_id: UUID, body: ReasonIn
) -> schemas.NegotiationTerminationOut:
    """End an agreed negotiation that cannot go on, with the reason. The listing is on offer again, or lapses."""
    row = await service.terminate(session, negotiation_id, body.reason)
    return schemas.NegotiationTerminationOut.of(row, server_time=await read_clock(session))


def _summary(row: Negotiation, offer: Offer) -> schemas.NegotiationSummary:
    return schemas.NegotiationSummary.of(row, last_offer=offer)


async def _answer(session: Session, row: Negotiation) -> schemas.NegotiationOut:
    now = await read_clock(session)
    gates = [gate_out(gate, now) for gate in await gates_of(session, closing.SUBJECT, row.id)]
    return schemas.NegotiationOut.of(
        row,
        last_offer=await queries.last_offer(session, row.id),
        notice_id=row.notice.id if row.notice else None,
        notice_ends_at=row.notice.ends_at if row.notice else None,
        assets=await sealed_assets(session, row.listing_id, row.listing_version),
        gates=gates,
        server_time=now,
    )


router.include_router(money_router)
