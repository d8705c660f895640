"""The first operator, made from the command line: every later person is recorded through the API."""

from sqlalchemy import func, select

from app.core.access import Role
from app.core.database import Session, connect
from app.core.history import events
from app.core.settings import Settings
from app.identity import service
from app.identity.models import Appointment, Organisation, Person

OPERATOR_KEY_DAYS = 366


async def _add_operator(session: Session, name: str) -> str:
    person = Person(name=name)
    session.add(person)
    await session.flush()
    session.add(Appointment(person_id=person.id, role=Role.OPERATOR))
    events.append(
        session, "person.appointed", ("person", person.id), audience=[events.STAFF], payload={"role": Role.OPERATOR}
    )
    key = await service.create_key(session, person.id, None, "bootstrap", ["*:*"], OPERATOR_KEY_DAYS)
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
