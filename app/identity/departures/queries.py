"""Reading of departures, and of what hangs on them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from app.core.access import Actor, Role
from app.core.database import Session, find_one, read_one
from app.core.problems import NOT_FOUND, Text
from app.identity.lineage import queries as lineage
from app.identity.models import ApiKey, Broker, Departure, Employment, Membership
from app.identity.problems import PERSON

DEPARTURE = Text("departure", "离任")


def check_may_see(actor: Actor, organisation_id: UUID) -> None:
    """Raises `not_found` for an organisation whose people are not the actor's to end."""
    if not actor.has(Role.OPERATOR) and actor.organisation_id != organisation_id:
        raise NOT_FOUND(what=PERSON)


async def get_departure(session: Session, actor: Actor, departure_id: UUID) -> Departure:
    """A departure that the actor may see; raises `not_found`."""
    departure = await read_one(session, select(Departure).where(Departure.id == departure_id), DEPARTURE)
    check_may_see(actor, departure.organisation_id)
    return departure


async def membership_of(
    session: Session, person_id: UUID, organisation_id: UUID, *, lock: bool = True
) -> Membership | None:
    """A person's current membership, locked for a change."""
    statement = select(Membership).where(
        Membership.person_id == person_id, Membership.organisation_id == organisation_id, Membership.ended_at.is_(None)
    )
    return await find_one(session, statement.with_for_update() if lock else statement, fresh=True)


async def employment_of(
    session: Session, person_id: UUID, agency_id: UUID, last_day: date, today: date, *, lock: bool = True
) -> Employment | None:
    """A person's employment by an agency that runs today, or goes on after the last day, locked for a change."""
    statement = (
        select(Employment)
        .join(Broker)
        .where(
            Broker.person_id == person_id,
            Employment.agency_id == agency_id,
            or_(Employment.valid_to.is_(None), Employment.valid_to >= today, Employment.valid_to > last_day),
        )
        .order_by(Employment.valid_from.desc())
        .limit(1)
    )
    return await find_one(session, statement.with_for_update(of=Employment) if lock else statement, fresh=True)


async def lock_employment(session: Session, employment_id: UUID) -> Employment:
    """One employment, locked."""
    statement = select(Employment).where(Employment.id == employment_id).with_for_update()
    return (await session.execute(statement)).scalar_one()


async def person_of(session: Session, broker_id: UUID) -> UUID:
    """Who a broker is."""
    return (await session.execute(select(Broker.person_id).where(Broker.id == broker_id))).scalar_one()


async def pending(session: Session, person_id: UUID, organisation_id: UUID) -> Departure | None:
    """What was recorded and is not done, locked."""
    statement = select(Departure).where(
        Departure.person_id == person_id,
        Departure.organisation_id == organisation_id,
        Departure.done_at.is_(None),
        Departure.taken_back_at.is_(None),
    )
    return await find_one(session, statement.with_for_update(), fresh=True)


async def lock_departure(session: Session, departure_id: UUID) -> Departure:
    """One departure, locked; raises `not_found`."""
    return await read_one(session, select(Departure).where(Departure.id == departure_id).with_for_update(), DEPARTURE)


async def working_keys(session: Session, person_id: UUID, organisation_id: UUID, now: datetime) -> Sequence[UUID]:
    """The keys of a person for an organisation that work."""
    statement = select(ApiKey.id).where(
        ApiKey.person_id == person_id,
        ApiKey.organisation_id == organisation_id,
        ApiKey.revoked_at.is_(None),
        ApiKey.expires_at > now,
    )
    return (await session.execute(statement.order_by(ApiKey.id))).scalars().all()


async def issued_with(session: Session, key_ids: Sequence[UUID], now: datetime) -> Sequence[UUID]:
    """Keys that hang on some keys and work."""
    family = await lineage.issued_with(session, key_ids)
    statement = select(ApiKey.id).where(
        ApiKey.id.in_(family), ApiKey.id.not_in(key_ids), ApiKey.revoked_at.is_(None), ApiKey.expires_at > now
    )
    return (await session.execute(statement.order_by(ApiKey.id))).scalars().all()
