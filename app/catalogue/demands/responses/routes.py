"""HTTP of responses to demands: read by the two sides and the auditor alone."""

from typing import Annotated
from uuid import UUID

from app.catalogue.demands.responses import queries, schemas, service, views
from app.core.access import Actor, Role
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, IfMatch, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router

router = Router(route_class=Endpoint, tags=("demands",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="demands:read")]
Responder = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="demands:write")]
Party = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="demands:write", merged=True)]


@router.post("/demands/{demand_id}/responses", status_code=201, operation_id="respond_to_demand")
async def respond(
    actor: Responder, session: Session, demand_id: UUID, body: schemas.DemandResponseIn
) -> schemas.DemandResponseOut:
    """Respond to a published demand, with your results or your team. Only its demander learns of it."""
    return await views.full(session, actor, await service.respond(session, actor, demand_id, body))


@router.get("/demand-responses", operation_id="list_demand_responses")
async def list_responses(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
) -> Page[schemas.DemandResponseSummary]:
    """List the responses that your organisation has sent or got, newest first. The auditor sees all."""
    found = await queries.list_responses(session, actor, page)
    sides = await views.sides(session, actor, found.rows)
    return found.shown(lambda row: schemas.DemandResponseSummary.of(row, **sides[row.id]))


@router.get("/demand-responses/{response_id}", operation_id="read_demand_response")
async def read_response(actor: Reader, session: Session, response_id: UUID) -> schemas.DemandResponseOut:
    """Read a response that your organisation has sent or got."""
    return await views.full(session, actor, await queries.get_response(session, actor, response_id))


@router.put("/demand-responses/{response_id}", operation_id="amend_demand_response")
async def amend(
    actor: Party, session: Session, response_id: UUID, body: schemas.DemandResponseBody, if_match: IfMatch
) -> schemas.DemandResponseOut:
    """Replace what your response offers, until it is over."""
    return await views.full(session, actor, await service.amend(session, actor, response_id, body, if_match))


@router.post("/demand-responses/{response_id}/shortlisting", operation_id="shortlist_demand_response")
async def shortlist(actor: Party, session: Session, response_id: UUID) -> schemas.DemandResponseOut:
    """Put a response to your demand on the short list. Its responder learns who you are."""
    return await views.full(session, actor, await service.shortlist(session, actor, response_id))


@router.post("/demand-responses/{response_id}/agreement", operation_id="agree_on_demand_response")
async def agree(actor: Party, session: Session, response_id: UUID) -> schemas.DemandResponseOut:
    """Agree on a response on the short list, to negotiate a deal. One response of a demand at a time."""
    return await views.full(session, actor, await service.agree(session, actor, response_id))


@router.post("/demand-responses/{response_id}/decline", operation_id="decline_demand_response")
async def decline(
    actor: Party, session: Session, response_id: UUID, body: schemas.DeclineIn
) -> schemas.DemandResponseOut:
    """Decline a response to your demand, with a reason from a list. Also one that you had agreed on."""
    return await views.full(session, actor, await service.decline(session, actor, response_id, body))


@router.post("/demand-responses/{response_id}/withdrawal", operation_id="withdraw_demand_response")
async def withdraw(actor: Party, session: Session, response_id: UUID) -> schemas.DemandResponseOut:
    """Take your response back."""
    return await views.full(session, actor, await service.withdraw(session, actor, response_id))
