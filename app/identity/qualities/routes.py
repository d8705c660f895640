"""HTTP of qualities."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.web.access import allow, public
from app.core.web.http import Endpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.identity.models import OrganisationQuality
from app.identity.qualities import queries, schemas, service

router = Router(route_class=Endpoint, tags=("identity",))

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="identity:write")]
Viewer = Annotated[Actor | None, public(scope="identity:read")]


@router.post("/organisations/{organisation_id}/qualities", status_code=201, operation_id="record_quality")
async def record_quality(
    actor: Operator, session: Session, organisation_id: UUID, body: schemas.QualityIn
) -> schemas.QualityOut:
    """Record what an organisation is recognised as, from a day on. A university may be a technology-transfer agency.

    An organisation of the kind technology-transfer agency becomes one by its verification.
    """
    return _shown(await service.record(session, actor, organisation_id, body), actor)


@router.post("/organisation-qualities/{quality_id}/end", operation_id="end_quality")
async def end_quality(
    actor: Operator, session: Session, quality_id: UUID, body: schemas.QualityEndIn
) -> schemas.QualityOut:
    """End a quality before its paper does. A wrong record is no end: correct it."""
    return _shown(await service.end(session, actor, quality_id, body), actor)


@router.get("/organisation-qualities", operation_id="list_qualities")
async def list_qualities(
    actor: Viewer,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
) -> Page[schemas.QualityOut]:
    """List what organisations are recognised as, oldest record first.

    Who is a technology-transfer agency on a day is asked by `quality` and `on`.
    """
    found = await queries.list_qualities(session, actor, page)
    return found.shown(lambda row: _shown(row, actor))


@router.get("/organisation-qualities/{quality_id}", operation_id="read_quality")
async def read_quality(actor: Viewer, session: Session, quality_id: UUID) -> schemas.QualityOut:
    """Read what an organisation is recognised as. It is public as its organisation is."""
    return _shown(await queries.visible_quality(session, actor, quality_id), actor)


def _shown(row: OrganisationQuality, actor: Actor | None) -> schemas.QualityOut:
    if actor is not None and actor.is_staff:
        return schemas.QualityOut.model_validate(row)
    return schemas.QualityOut.of(row, recorded_by=None, ended_by=None)
