"""HTTP of saved searches."""

from typing import Annotated
from uuid import UUID

from fastapi import Request

from app.core.access import Actor, Role
from app.core.web.access import allow
from app.core.web.http import Endpoint, IfMatch, Session, context_of
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.finding.saved import queries, schemas, service, views
from app.finding.saved.models import SavedSearch

router = Router(route_class=Endpoint, tags=("finding",))

PATH = "/saved-searches/{search_id}"
Owner = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, scope="searches:write")]
Reader = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, Role.AUDITOR, scope="searches:read")]


@router.post("/saved-searches", status_code=201, operation_id="save_search")
async def save(actor: Owner, session: Session, body: schemas.SavedSearchIn) -> schemas.SavedSearchOut:
    """Save a search. Your organisation is told of each listing or demand that a later change makes meet it."""
    return _shown(await service.save(session, actor, body))


@router.get("/saved-searches", operation_id="list_saved_searches")
async def list_saved(
    actor: Reader, session: Session, page: Annotated[PageRequest, sorted_by(queries.ORDERS)]
) -> Page[schemas.SavedSearchOut]:
    """List your organisation's saved searches, newest first."""
    return (await queries.list_saved(session, actor, page)).shown(_shown)


@router.get(PATH, operation_id="read_saved_search")
async def read_saved(actor: Reader, session: Session, search_id: UUID) -> schemas.SavedSearchOut:
    """Read a saved search."""
    return _shown(await queries.get_saved(session, actor, search_id))


@router.put(PATH, operation_id="change_saved_search")
async def change(
    actor: Owner, session: Session, search_id: UUID, body: schemas.SavedSearchIn, if_match: IfMatch
) -> schemas.SavedSearchOut:
    """Replace a saved search. One that has ended is active again. You are told what changes from now on."""
    return _shown(await service.change(session, actor, search_id, body, if_match))


@router.post(f"{PATH}/pause", operation_id="pause_saved_search")
async def pause(actor: Owner, session: Session, search_id: UUID) -> schemas.SavedSearchOut:
    """Pause a saved search. What changes meanwhile is never told."""
    return _shown(await service.pause(session, actor, search_id))


@router.post(f"{PATH}/resumption", operation_id="resume_saved_search")
async def resume(actor: Owner, session: Session, search_id: UUID) -> schemas.SavedSearchOut:
    """Resume a paused search. You are told what changes from now on."""
    return _shown(await service.resume(session, actor, search_id))


@router.delete(PATH, status_code=204, operation_id="delete_saved_search")
async def delete(actor: Owner, session: Session, search_id: UUID) -> None:
    """Delete a saved search with the list of what it found."""
    await service.delete(session, actor, search_id)


@router.get(f"{PATH}/matches", operation_id="list_saved_search_matches")
async def list_matches(
    actor: Reader,
    request: Request,
    session: Session,
    search_id: UUID,
    page: Annotated[PageRequest, sorted_by(queries.MATCHES)],
) -> Page[schemas.SavedSearchMatchOut]:
    """List what a saved search has found, what it found last first, as it stands now."""
    saved = await queries.get_saved(session, actor, search_id)
    found = await queries.list_matches(session, saved.id, page)
    cards = await views.cards(context_of(request).database, saved.searched_for, found.rows)
    return found.shown(lambda row: schemas.SavedSearchMatchOut.of(row, **cards[row.thing_id]))


def _shown(row: SavedSearch) -> schemas.SavedSearchOut:
    return schemas.SavedSearchOut.model_validate(row)
