"""HTTP of gates."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.schemas import AskedFlag
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.market.gates import queries, schemas, service

router = Router(route_class=Endpoint, tags=("gates",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="deals:read")]
Closer = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, Role.OPERATOR, scope="deals:write", merged=True)]


@router.get("/gates", operation_id="list_gates")
async def list_gates(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
    only_open: AskedFlag = False,
    subject_id: UUID | None = None,
) -> Page[schemas.GateOut]:
    """List the gates that you have to settle, and those that your own sales wait for.

    Operator and auditor see all. With `subject_id`, both sides see those of one sale: a negotiation, purchase
    offer, auction, first-come deal, or the listing of a competitive sale.
    """
    found = await queries.list_gates(session, actor, page, only_open=only_open, subject_id=subject_id)
    now = await read_clock(session)
    return found.shown(lambda row: schemas.gate_out(row, now))


@router.get("/gates/{gate_id}", operation_id="read_gate")
async def read_gate(actor: Reader, session: Session, gate_id: UUID) -> schemas.GateOut:
    """Read a gate. The sides, its holder, operator and auditor may."""
    return schemas.gate_out(await queries.get_gate(session, actor, gate_id), await read_clock(session))


@router.post("/gates/{gate_id}/closure", status_code=201, operation_id="close_gate")
async def close_gate(actor: Closer, session: Session, gate_id: UUID, body: schemas.ClosureIn) -> schemas.GateOut:
    """Settle a gate, once: clear it with its evidence, or refuse, which ends the sale."""
    return schemas.gate_out(await service.close(session, actor, gate_id, body), await read_clock(session))
