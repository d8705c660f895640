"""The first operators, made on the machine: two of them appoint everybody else through the API."""

from datetime import timedelta

from sqlalchemy import func, select

from app.core.access import Role
from app.core.clock import read_clock
from app.core.database import Session, connect
from app.core.history import events
from app.core.settings import Settings
from app.identity.keys.service import Origin, create_key
from app.identity.models import Appointment, Organisation, Person

OPERATOR_KEY_DAYS = 366


async def _add_operator(session: Session, name: str) -> str:
    person = Person(name=name)
    session.add(person)
    await session.flush()
    appointment = Appointment(person_id=person.id, role=Role.OPERATOR)
    session.add(appointment)
    await session.flush()
    payload = {"appointment_id": appointment.id, "role": Role.OPERATOR}
    events.append(session, "person.appointed", ("person", person.id), audience=[events.OPERATOR], payload=payload)
    ends = await read_clock(session) + timedelta(days=OPERATOR_KEY_DAYS)
    key = await create_key(session, person.id, None, "bootstrap", ["*:*"], ends, Origin())
    return key.secret


async def create_operator(settings: Settings, name: str) -> str:
    """Create an operator in the database of `settings`; answers the secret of a key for a year."""
    database = connect(settings)
    try:
        async with database.transaction() as session:
            return await _add_operator(session, name)
    finally:
        await database.close()


async def is_empty(settings: Settings) -> bool:
    """Whether no organisation was ever recorded in the database of `settings`."""
    database = connect(settings)
    try:
        async with database.reading() as session:
            return (await session.execute(select(func.count()).select_from(Organisation))).scalar_one() == 0
    finally:
        await database.close()
