"""HTTP of names."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.web.access import allow
from app.core.web.http import Endpoint, IfMatch, Session
from app.core.web.routing import Router
from app.identity.names import schemas, service
from app.identity.schemas import OrganisationOut

router = Router(route_class=Endpoint, tags=("identity",))

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="identity:write")]


@router.post("/organisations/{organisation_id}/names", status_code=201, operation_id="rename_organisation")
async def rename(
    actor: Operator, session: Session, organisation_id: UUID, body: schemas.RenameIn, if_match: IfMatch
) -> OrganisationOut:
    """Record that an organisation bears a new name from a day on.

    Papers keep the name of their day, and a search finds it by either.
    """
    return OrganisationOut.model_validate(await service.rename(session, actor, organisation_id, body, if_match))
