"""HTTP of departures."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.web.access import allow
from app.core.web.http import Endpoint, Session
from app.core.web.routing import Router
from app.identity.departures import queries, schemas, service
from app.identity.schemas import EmploymentOut

router = Router(route_class=Endpoint, tags=("identity",))

Ender = Annotated[Actor, allow(Role.OPERATOR, Role.ADMIN, scope="identity:write", unverified=True, merged=True)]
Reader = Annotated[Actor, allow(Role.OPERATOR, Role.ADMIN, scope="identity:read")]
PATH = "/organisations/{organisation_id}/people/{person_id}/departure"


@router.get(PATH, operation_id="preview_departure")
async def preview(actor: Reader, session: Session, organisation_id: UUID, person_id: UUID) -> schemas.DeparturePreview:
    """Preview what ends when a person leaves. Keys that the own ones issued are among it."""
    return await service.preview(session, actor, organisation_id, person_id)


@router.post(PATH, status_code=201, operation_id="record_departure")
async def depart(
    actor: Ender, session: Session, organisation_id: UUID, person_id: UUID, body: schemas.DepartureIn
) -> schemas.DepartureOut:
    """Record that a person leaves: membership, employment and keys end with the last day.

    A day that has passed ends them at once. Until then it can be taken back.
    """
    made = await service.depart(session, actor, organisation_id, person_id, body.last_day, body.reason)
    return schemas.DepartureOut.model_validate(made)


@router.get("/departures/{departure_id}", operation_id="read_departure")
async def read_departure(actor: Reader, session: Session, departure_id: UUID) -> schemas.DepartureOut:
    """Read a departure: whether it is done, or was taken back."""
    return schemas.DepartureOut.model_validate(await queries.get_departure(session, actor, departure_id))


@router.delete(PATH, status_code=204, operation_id="take_back_departure")
async def take_back(actor: Ender, session: Session, organisation_id: UUID, person_id: UUID) -> None:
    """Take back a departure whose last day is not over."""
    await service.take_back(session, actor, organisation_id, person_id)


@router.post("/employments/{employment_id}/end", operation_id="end_employment")
async def end_employment(actor: Ender, session: Session, employment_id: UUID) -> EmploymentOut:
    """End an employment. Today is its last day, and with it end the broker's membership and keys of the agency."""
    return EmploymentOut.model_validate(await service.end_employment(session, actor, employment_id))
