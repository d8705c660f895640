"""Use cases of hand-overs: an agreed response becomes a negotiation, and its contract meets the demand.

The negotiation is one like any other: same listing, same gates, same public notice. Lock order: demand, response.
"""

from uuid import UUID

from app.catalogue.demands import queries as demands
from app.catalogue.demands import service as demand_service
from app.catalogue.demands.responses import queries as responses
from app.catalogue.demands.responses import service as response_service
from app.catalogue.demands.responses.kinds import ResponseStatus
from app.core.access import Actor
from app.core.database import Session
from app.identity.mergers.queries import with_heirs
from app.market.listings import queries as listings
from app.pricing.negotiated import queries as negotiations
from app.pricing.negotiated import service as negotiation_service
from app.pricing.negotiated.handover import queries, rules, schemas
from app.pricing.negotiated.handover.models import DemandNegotiation
from app.pricing.negotiated.schemas import NegotiationIn


async def hand_over(session: Session, actor: Actor, response_id: UUID, body: schemas.HandoverIn) -> DemandNegotiation:
    """Open a negotiation from an agreed response, as the demander, with the first offer.

    Raises `response_transition_refused` for a response that is not agreed on, `listing_not_offered`, and everything
    that `open_negotiation` raises.
    """
    response = await response_service.lock_agreed(session, actor, response_id)
    listing = await listings.get_listing(session, actor, body.listing_id)
    rules.check_listing(
        listing.number,
        listing.result_id,
        listing.seller_id,
        listing.agency_id,
        response=response.number,
        responders=await with_heirs(session, response.responder_id),
        offered=[part.result_id for part in response.results],
    )
    offer = NegotiationIn.model_validate(body.model_dump(exclude={"listing_id"}))
    negotiation = await negotiation_service.open_negotiation(session, actor, listing.id, offer)
    made = DemandNegotiation(negotiation_id=negotiation.id, response_id=response.id, listing_id=listing.id)
    session.add(made)
    await session.flush()
    await session.refresh(made)
    response_service.tell(session, response, "demand_response.handed_over", {"negotiation_id": negotiation.id})
    return made


async def meet_demand(session: Session, deal_id: UUID) -> None:
    """The contract of a deal is signed: if it came from a demand, the demand is met and its response fulfilled.

    A response that was declined or withdrawn meanwhile meets nothing.
    """
    negotiation = await negotiations.behind(session, deal_id)
    made = await queries.of_negotiation(session, negotiation.id) if negotiation is not None else None
    if made is None:
        return
    seen = await responses.read_response(session, made.response_id)
    demand = await demands.lock_demand(session, seen.demand_id)
    response = await responses.lock_response(session, seen.id)
    if response.status == ResponseStatus.AGREED:
        response_service.fulfil(session, response)
        await demand_service.fulfil(session, demand)
