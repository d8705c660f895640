"""HTTP of organisations that look like one."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from app.core.access import STAFF_ROLES, Actor, Role
from app.core.problems import Language
from app.core.schemas import AskedFlag
from app.core.web.access import allow
from app.core.web.http import Endpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.identity.duplicates import queries, schemas, service
from app.identity.duplicates.models import OrganisationDuplicate
from app.identity.duplicates.rules import REMEDY

router = Router(route_class=Endpoint, tags=("identity",))

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="identity:write")]
Reader = Annotated[Actor, allow(*STAFF_ROLES, scope="identity:read")]


@router.get("/organisation-duplicates", operation_id="list_organisation_duplicates")
async def list_duplicates(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS)],
    request: Request,
    decided: Annotated[AskedFlag, Query(description="Those that are decided, and not those that are open")] = False,
) -> Page[schemas.DuplicateOut]:
    """List the organisations that look like one, newest first, until the operator decides.

    They are found when an organisation is recorded, renamed or corrected.
    """
    found = await queries.list_duplicates(session, page, decided=decided)
    return found.shown(lambda row: _shown(row, request))


@router.post("/organisation-duplicates/{duplicate_id}/decision", operation_id="decide_organisation_duplicate")
async def decide(
    actor: Operator, session: Session, duplicate_id: UUID, body: schemas.DecisionIn, request: Request
) -> schemas.DuplicateOut:
    """Find that two organisations are the same, and which is kept, or that they are not.

    It is remembered: the pair is not shown as open again. A wrong decision is decided again, with the reason.
    """
    return _shown(await service.decide(session, actor, duplicate_id, body), request)


def _shown(row: OrganisationDuplicate, request: Request) -> schemas.DuplicateOut:
    if row.kept_id is None:
        return schemas.DuplicateOut.of(row, remedy=None)
    language: Language = request.scope.get("language", "en")
    other = row.second_id if row.kept_id == row.first_id else row.first_id
    return schemas.DuplicateOut.of(row, remedy=REMEDY.render(language, {"kept": row.kept_id, "other": other}))
