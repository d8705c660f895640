"""HTTP of rights."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.catalogue.rights import queries, schemas, service, views
from app.core.access import Actor, Role
from app.core.web.access import EVERY_ROLE, allow, public
from app.core.web.http import Endpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router

router = Router(route_class=Endpoint, tags=("ip-assets",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="results:read")]
Viewer = Annotated[Actor | None, public(scope="results:read")]
Recorder = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.OPERATOR, scope="results:write", merged=True)]


@router.get("/ip-assets", operation_id="list_ip_assets")
async def list_ip_assets(
    actor: Reader, session: Session, page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)]
) -> Page[schemas.AssetSummary]:
    """List the rights of your own and co-owned results. Staff see all."""
    return (await queries.list_assets(session, actor, page)).shown(schemas.AssetSummary.model_validate)


@router.get("/ip-assets/{number}", operation_id="read_ip_asset")
async def read_ip_asset(
    actor: Viewer, session: Session, number: Annotated[str, Path(min_length=1, max_length=60)]
) -> schemas.AssetOut:
    """Read the standing of a right and what was granted in it, by its id or its number.

    Everybody sees what was published of it; a party of a grant sees that grant; keeper, owners and staff see more.
    """
    return await views.asset_of(session, actor, number)


@router.post("/ip-assets/{asset_id}/events", status_code=201, operation_id="record_asset_event")
async def record_asset_event(
    actor: Recorder, session: Session, asset_id: UUID, body: schemas.AssetEventIn
) -> schemas.AssetEventOut:
    """Record what happened to a right, such as that it lapsed or was pledged.

    Listings that hang on a right that lapsed, was invalidated, pledged or licensed elsewhere go off sale.
    """
    return schemas.AssetEventOut.model_validate(await service.record_event(session, actor, asset_id, body))
