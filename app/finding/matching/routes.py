"""HTTP of matching: asked by the side that a demand or a listing belongs to, and by the market's staff."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from app.catalogue.demands import queries as demands
from app.catalogue.demands import rules as demand_rules
from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.problems import NOT_FOUND
from app.core.schemas import AskedFlag
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, Session, refusals
from app.core.web.lists import Paging
from app.core.web.pages import PageRequest
from app.core.web.routing import Router
from app.finding import service
from app.finding.matching import facts, feedback, queries, schemas
from app.finding.matching.kinds import DemandMatchKind, ListingMatchKind, MatchKind
from app.finding.matching.service import Matching, weights
from app.market.listings import rules as listing_rules
from app.market.listings.queries import LISTING

router = Router(route_class=Endpoint, tags=("finding",))

OfDemand = Annotated[Actor, allow(*EVERY_ROLE, scope="demands:read")]
OfListing = Annotated[Actor, allow(*EVERY_ROLE, scope="listings:read")]
Demander = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="demands:write")]
Seller = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, scope="listings:write")]
Declined = Annotated[AskedFlag, Query(description="True: also what your side declined")]


async def _answered(
    request: Request, session: Session, index: str, subject_id: UUID, kind: MatchKind, page: PageRequest, *, too: bool
) -> Response:
    finder = service.of(request.app)
    today = session.city.day_of(await read_clock(session))
    # Its connection goes back: what follows takes others of the same few readers, and four requests that held one each
    # would wait for each other until none is answered.
    await session.close()
    rows = await service.read_in_order(finder.context.database, index, [str(subject_id)])
    if not rows:
        raise NOT_FOUND(what=demands.DEMAND if index == "demands" else LISTING)
    thing = facts.demand(rows[0]) if index == "demands" else facts.offer(rows[0])
    found = await weights(finder.context.database, subject_id, today)
    body, engine = await Matching(finder, thing, kind, found, too).answer(page)
    return Response(body, headers={service.ENGINE: engine}, media_type="application/json")


@router.get(
    "/demands/{demand_id}/matches",
    operation_id="list_demand_matches",
    response_model=schemas.DemandMatches,
    responses=refusals(409),
)
async def list_demand_matches(
    actor: OfDemand,
    request: Request,
    session: Session,
    page: Paging,
    demand_id: UUID,
    kind: DemandMatchKind,
    declined: Declined = False,
) -> Response:
    """List what may meet your published demand, each with a score and why.

    They come in the order of their scores. What you declined is left out, and what you declined it for weighs more.
    """
    demand = await demands.get_draft(session, actor, demand_id)
    demand_rules.check_open(demand.status, demand.closes_at, await read_clock(session))
    return await _answered(request, session, "demands", demand.id, kind, page, too=declined)


@router.get(
    "/listings/{listing_id}/matches",
    operation_id="list_listing_matches",
    response_model=schemas.ListingMatches,
    responses=refusals(409),
)
async def list_listing_matches(
    actor: OfListing,
    request: Request,
    session: Session,
    page: Paging,
    listing_id: UUID,
    kind: ListingMatchKind,
    declined: Declined = False,
) -> Response:
    """List who may want what your listing offers, each with a score and why.

    They come in the order of their scores. Who hides its name stays hidden."""
    listing = await queries.get_listing(session, actor, listing_id)
    listing_rules.check_open(listing.status, listing.closes_at, await read_clock(session))
    return await _answered(request, session, "listings", listing.id, kind, page, too=declined)


@router.post("/demands/{demand_id}/match-feedback", operation_id="note_demand_match")
async def note_demand_match(
    actor: Demander, session: Session, demand_id: UUID, body: schemas.DemandFeedbackIn
) -> schemas.MatchFeedbackOut:
    """Note what you think of a match of your demand: seen, asked, agreed, or declined.

    `declined` has a reason. But for `seen`, the other side hears of it. What was said already stands.
    """
    return schemas.MatchFeedbackOut.of(await feedback.of_demand(session, actor, demand_id, body))


@router.post("/listings/{listing_id}/match-feedback", operation_id="note_listing_match")
async def note_listing_match(
    actor: Seller, session: Session, listing_id: UUID, body: schemas.ListingFeedbackIn
) -> schemas.MatchFeedbackOut:
    """Note what you think of a match of your listing: seen, asked, agreed, or declined.

    `declined` has a reason. But for `seen`, the other side hears of it. What was said already stands.
    """
    return schemas.MatchFeedbackOut.of(await feedback.of_listing(session, actor, listing_id, body))
