"""HTTP of incidents."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.schemas import ReasonIn
from app.core.web.access import allow
from app.core.web.http import Endpoint, Session
from app.core.web.lists import Paging
from app.core.web.pages import Page
from app.core.web.routing import Router
from app.system.incidents import schemas, service

router = Router(route_class=Endpoint, tags=("identity",))

Reporter = Annotated[Actor, allow(Role.ADMIN, Role.OPERATOR, scope="identity:write", unverified=True, merged=True)]
Reader = Annotated[Actor, allow(Role.ADMIN, Role.OPERATOR, Role.AUDITOR, scope="identity:read")]


@router.post("/api-keys/{key_id}/incident", operation_id="report_key_incident")
async def report(actor: Reporter, session: Session, key_id: UUID, body: ReasonIn) -> schemas.IncidentOut:
    """Report that a key is in wrong hands. It ends with all that came from it, and the answer says what was done.

    With it end the keys that it issued, that replaced it, and of people whom it invited; what it invited is taken back.
    """
    done = await service.report(session, actor, key_id, body.reason)
    return schemas.IncidentOut(
        key_ids=done.key_ids,
        ended_key_ids=done.ended,
        revoked_invitation_ids=done.invitation_ids,
        acts=[schemas.ActOut.model_validate(row) for row in done.acts.rows],
        next_cursor=done.acts.next_cursor,
    )


@router.get("/api-keys/{key_id}/acts", operation_id="list_key_acts")
async def list_acts(actor: Reader, session: Session, key_id: UUID, page: Paging) -> Page[schemas.ActOut]:
    """List what was done with a key and those that came from it, bids too, oldest first.

    There is no other order.
    """
    return (await service.acts_of(session, actor, key_id, page)).shown(schemas.ActOut.model_validate)
