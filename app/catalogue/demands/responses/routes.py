"""HTTP of responses to demands: read by the two sides and the auditor alone."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from app.catalogue.demands import queries as demands
from app.catalogue.demands.responses import queries, schemas, service
from app.catalogue.demands.responses.kinds import NAMED_STATUSES, ResponseStatus
from app.catalogue.demands.responses.models import DemandResponse
from app.catalogue.demands.schemas import Demander
from app.catalogue.results import queries as results
from app.core.access import Actor, Role
from app.core.database import Session as DatabaseSession
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, IfMatch, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router

router = Router(route_class=Endpoint, tags=("demands",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="demands:read")]
Party = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="demands:write")]


@router.post("/demands/{demand_id}/responses", status_code=201, operation_id="respond_to_demand")
async def respond(
    actor: Party, session: Session, demand_id: UUID, body: schemas.DemandResponseIn
) -> schemas.DemandResponseOut:
    """Respond to a published demand, with your results or your team. Only its demander learns of it."""
    return await _out(session, actor, await service.respond(session, actor, demand_id, body))


@router.get("/demand-responses", operation_id="list_demand_responses")
async def list_responses(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS)],
    demand_id: UUID | None = None,
    status: ResponseStatus | None = None,
) -> Page[schemas.DemandResponseSummary]:
    """List the responses that your organisation has sent or got, newest first. The auditor sees all."""
    found = await queries.list_responses(session, actor, page, demand_id, status)
    sides = await _sides(session, actor, found.rows)
    return found.shown(lambda row: schemas.DemandResponseSummary.of(row, **sides[row.id]))


@router.get("/demand-responses/{response_id}", operation_id="read_demand_response")
async def read_response(actor: Reader, session: Session, response_id: UUID) -> schemas.DemandResponseOut:
    """Read a response that your organisation has sent or got."""
    return await _out(session, actor, await queries.get_response(session, actor, response_id))


@router.put("/demand-responses/{response_id}", operation_id="amend_demand_response")
async def amend(
    actor: Party, session: Session, response_id: UUID, body: schemas.DemandResponseBody, if_match: IfMatch
) -> schemas.DemandResponseOut:
    """Replace what your response offers, until it is over."""
    return await _out(session, actor, await service.amend(session, actor, response_id, body, if_match))


@router.post("/demand-responses/{response_id}/shortlisting", operation_id="shortlist_demand_response")
async def shortlist(actor: Party, session: Session, response_id: UUID) -> schemas.DemandResponseOut:
    """Put a response to your demand on the short list. Its responder learns who you are."""
    return await _out(session, actor, await service.shortlist(session, actor, response_id))


@router.post("/demand-responses/{response_id}/agreement", operation_id="agree_on_demand_response")
async def agree(actor: Party, session: Session, response_id: UUID) -> schemas.DemandResponseOut:
    """Agree on a response on the short list, to negotiate a deal. One response of a demand at a time."""
    return await _out(session, actor, await service.agree(session, actor, response_id))


@router.post("/demand-responses/{response_id}/decline", operation_id="decline_demand_response")
async def decline(
    actor: Party, session: Session, response_id: UUID, body: schemas.DeclineIn
) -> schemas.DemandResponseOut:
    """Decline a response to your demand, with a reason from a list. Also one that you had agreed on."""
    return await _out(session, actor, await service.decline(session, actor, response_id, body))


@router.post("/demand-responses/{response_id}/withdrawal", operation_id="withdraw_demand_response")
async def withdraw(actor: Party, session: Session, response_id: UUID) -> schemas.DemandResponseOut:
    """Take your response back."""
    return await _out(session, actor, await service.withdraw(session, actor, response_id))


async def _out(session: DatabaseSession, actor: Actor, row: DemandResponse) -> schemas.DemandResponseOut:
    sides = await _sides(session, actor, [row])
    known = await results.offered(session, [part.result_id for part in row.results])
    shown = [
        schemas.OfferedResultOut.of(known[part.result_id], result_id=part.result_id)
        for part in row.results
        if part.result_id in known
    ]
    return schemas.DemandResponseOut.of(row, results=shown, **sides[row.id])


async def _sides(
    session: DatabaseSession, actor: Actor, rows: Sequence[DemandResponse]
) -> dict[UUID, dict[str, Demander | None]]:
    """Both sides of each response by name; a hidden demander only where this actor may know."""
    names = await queries.names_of(session, rows)
    hidden = await demands.hidden_names(session, {row.demand_id for row in rows})
    return {
        row.id: {
            "responder": Demander(id=row.responder_id, name=names[row.responder_id]),
            "demander": Demander(id=row.demander_id, name=names[row.demander_id])
            if row.status in NAMED_STATUSES or row.demand_id not in hidden or actor.organisation_id != row.responder_id
            else None,
        }
        for row in rows
    }
