"""HTTP of mergers."""

from typing import Annotated
from uuid import UUID

from app.core.access import STAFF_ROLES, Actor, Role
from app.core.schemas import ReasonIn
from app.core.web.access import allow
from app.core.web.http import Endpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.identity.mergers import queries, schemas, service
from app.identity.mergers.models import Merger

router = Router(route_class=Endpoint, tags=("identity",))

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="identity:write")]
Reader = Annotated[Actor, allow(*STAFF_ROLES, scope="identity:read")]


@router.post("/organisation-mergers", status_code=201, operation_id="ask_for_merger")
async def ask(actor: Operator, session: Session, body: schemas.MergerIn) -> schemas.MergerOut:
    """Ask that an organisation end in another one from a day on. Another operator confirms it.

    Open deals, listings and deposits stay in its name, and the successor's people act in them with keys for it. What is
    done is not undone.
    """
    return _shown(await service.ask(session, actor, body))


@router.get("/organisation-mergers", operation_id="list_mergers")
async def list_mergers(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS)],
    organisation_id: UUID | None = None,
) -> Page[schemas.MergerOut]:
    """List the mergers, newest first. Those that wait or were taken back are among them."""
    return (await queries.list_mergers(session, page, organisation_id)).shown(_shown)


@router.get("/organisation-mergers/{merger_id}", operation_id="read_merger")
async def read_merger(actor: Reader, session: Session, merger_id: UUID) -> schemas.MergerOut:
    """Read a merger, with who asked for it and who confirmed it."""
    return _shown(await queries.get_merger(session, merger_id))


@router.post("/organisation-mergers/{merger_id}/confirmation", operation_id="confirm_merger")
async def confirm(actor: Operator, session: Session, merger_id: UUID) -> schemas.MergerOut:
    """Confirm a merger that another operator asked for. On its day the merged organisation's keys end."""
    return _shown(await service.confirm(session, actor, merger_id))


@router.post("/organisation-mergers/{merger_id}/withdrawal", operation_id="take_back_merger")
async def take_back(actor: Operator, session: Session, merger_id: UUID, body: ReasonIn) -> schemas.MergerOut:
    """Take a merger back before its day."""
    return _shown(await service.take_back(session, merger_id, body.reason))


def _shown(row: Merger) -> schemas.MergerOut:
    return schemas.MergerOut.of(row, status=service.status_of(row))
