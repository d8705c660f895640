"""HTTP of appointments."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.schemas import ReasonIn
from app.core.web.access import allow
from app.core.web.http import Endpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.identity.appointments import queries, rules, schemas, service
from app.identity.models import Appointment

router = Router(route_class=Endpoint, tags=("identity",))

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="identity:write")]
Reader = Annotated[Actor, allow(Role.OPERATOR, Role.AUDITOR, scope="identity:read")]


@router.post("/appointments", status_code=201, operation_id="ask_for_appointment")
async def ask(actor: Operator, session: Session, body: schemas.AppointmentIn) -> schemas.AppointmentOut:
    """Ask that somebody be appointed to the market. Another operator confirms it, and only then it counts.

    An auditor has no other role.
    """
    return _shown(await service.ask(session, actor, body))


@router.get("/appointments", operation_id="list_appointments")
async def list_appointments(
    actor: Reader, session: Session, page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)]
) -> Page[schemas.AppointmentOut]:
    """List the appointments to the market, oldest first. Those that wait or ended are among them."""
    return (await queries.list_appointments(session, page)).shown(_shown)


@router.get("/appointments/{appointment_id}", operation_id="read_appointment")
async def read_appointment(actor: Reader, session: Session, appointment_id: UUID) -> schemas.AppointmentOut:
    """Read an appointment, with who asked for it and who confirmed it."""
    return _shown(await queries.read_appointment(session, appointment_id))


@router.post("/appointments/{appointment_id}/confirmation", operation_id="confirm_appointment")
async def confirm(actor: Operator, session: Session, appointment_id: UUID) -> schemas.AppointmentOut:
    """Confirm an appointment that another operator asked for."""
    return _shown(await service.confirm(session, actor, appointment_id))


@router.post("/appointments/{appointment_id}/end", operation_id="end_appointment")
async def end(actor: Operator, session: Session, appointment_id: UUID, body: ReasonIn) -> schemas.AppointmentOut:
    """End an appointment, or take back one that waits. The person's keys for the market stop at once."""
    return _shown(await service.end(session, appointment_id, body.reason))


def _shown(row: Appointment) -> schemas.AppointmentOut:
    status = rules.status_of(row.awaits_confirmation, row.ended_at)
    return schemas.AppointmentOut.of(row, name=row.person.name, status=status)
