"""Reading of appointments."""

from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.core.access import Role
from app.core.database import Session, find_one, read_one
from app.core.problems import Text
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.appointments.rules import StaffRole
from app.identity.models import Appointment, Person

APPOINTMENT = Text("appointment", "任用")
ORDERS: Final = Orders("id", Appointment.id)
FILTERS: Final = (
    equal(Appointment.role, StaffRole, "To this role"),
    equal(Appointment.person_id, UUID, "Of this person"),
)


@cache
def _with_person() -> ExecutableOption:
    """What is loaded with it; made at first use, since it makes SQLAlchemy configure every mapper."""
    return selectinload(Appointment.person)


async def list_appointments(session: Session, page: PageRequest) -> Found[Appointment]:
    """A page in order of asking, those that ended too."""
    return await read_page(session, select(Appointment).options(_with_person()), page, ORDERS)


async def lock_person(session: Session, person_id: UUID) -> Person | None:
    """A person, locked: what they are in the market is decided one after another."""
    return await find_one(session, select(Person).where(Person.id == person_id).with_for_update(), fresh=True)


async def read_appointment(session: Session, appointment_id: UUID) -> Appointment:
    """One appointment with its person; raises `not_found`."""
    return await read_one(
        session, select(Appointment).where(Appointment.id == appointment_id).options(_with_person()), APPOINTMENT
    )


async def get_appointment(session: Session, appointment_id: UUID) -> Appointment:
    """One appointment, its person locked; raises `not_found`."""
    statement = select(Appointment).where(Appointment.id == appointment_id)
    found = await read_one(session, statement, APPOINTMENT)
    await lock_person(session, found.person_id)
    return await read_one(session, statement.options(_with_person()), APPOINTMENT, fresh=True)


async def roles_of(session: Session, person_id: UUID) -> frozenset[Role]:
    """A person's roles in the market, those that wait for a confirmation too."""
    statement = select(Appointment.role).where(Appointment.person_id == person_id, Appointment.ended_at.is_(None))
    return frozenset(Role(role) for role in (await session.execute(statement)).scalars())
