"""HTTP of hand-overs."""

from typing import Annotated
from uuid import UUID

from app.catalogue.demands.responses import queries as responses
from app.core.access import Actor, Role
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, MoneyEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.pricing.negotiated.handover import queries, schemas, service

router = Router(route_class=Endpoint, tags=("demands",))
money_router = Router(route_class=MoneyEndpoint)

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="demands:read")]
Party = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="deals:write", merged=True)]


@money_router.post("/demand-responses/{response_id}/negotiations", status_code=201, operation_id="negotiate_response")
async def negotiate_response(
    actor: Party, session: Session, response_id: UUID, body: schemas.HandoverIn
) -> schemas.HandoverOut:
    """Open a negotiation from a response that you agreed on, with your first offer. Its contract meets the demand."""
    return schemas.HandoverOut.model_validate(await service.hand_over(session, actor, response_id, body))


@router.get("/demand-responses/{response_id}/negotiations", operation_id="list_response_negotiations")
async def list_negotiations(
    actor: Reader, session: Session, response_id: UUID, page: Annotated[PageRequest, sorted_by(queries.ORDERS)]
) -> Page[schemas.HandoverOut]:
    """List the negotiations that came from a response, oldest first."""
    response = await responses.get_response(session, actor, response_id)
    return (await queries.of_response(session, response.id, page)).shown(schemas.HandoverOut.model_validate)


router.include_router(money_router)
