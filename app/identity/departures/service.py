"""Use cases of departures: membership, employment and keys end by one act, with the end of a day."""

from datetime import date, datetime
from uuid import UUID

from app.core import deadlines
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.problems import NOT_FOUND
from app.identity import problems
from app.identity import queries as people
from app.identity.departures import queries, schemas
from app.identity.models import Departure, Employment
from app.identity.rules import check_near
from app.law.periods.rules import end_moment

DUE = "departure.due"
EMPLOYMENT_ENDED = "employment ended"


async def preview(session: Session, actor: Actor, organisation_id: UUID, person_id: UUID) -> schemas.DeparturePreview:
    """What would end with a person's leaving now. Raises `not_found` for who is not there."""
    queries.check_may_see(actor, organisation_id)
    now = await read_clock(session)
    membership = await queries.membership_of(session, person_id, organisation_id, lock=False)
    today = session.city.day_of(now)
    employment = await queries.employment_of(session, person_id, organisation_id, today, today, lock=False)
    if membership is None and employment is None:
        raise NOT_FOUND(what=problems.PERSON)
    own = await queries.working_keys(session, person_id, organisation_id, now)
    return schemas.DeparturePreview(
        is_member=membership is not None,
        is_admin=membership is not None and membership.role == "admin",
        employment_id=employment.id if employment else None,
        key_ids=list(own),
        issued_key_ids=list(await queries.issued_with(session, own, now)),
    )


async def depart(
    session: Session, actor: Actor, organisation_id: UUID, person_id: UUID, last_day: date, reason: str
) -> Departure:
    """Record that a person leaves with the end of a day; one that has passed ends everything now.

    Raises `not_found` for who is not there, `departure_recorded` where it was recorded before and is not done.
    """
    queries.check_may_see(actor, organisation_id)
    now = await read_clock(session)
    today = session.city.day_of(now)
    check_near("last_day", last_day, today)
    if await queries.pending(session, person_id, organisation_id) is not None:
        raise problems.DEPARTURE_RECORDED()
    membership = await queries.membership_of(session, person_id, organisation_id)
    employment = await queries.employment_of(session, person_id, organisation_id, last_day, today)
    if membership is None and employment is None:
        raise NOT_FOUND(what=problems.PERSON)
    departure = Departure(
        person_id=person_id,
        organisation_id=organisation_id,
        last_day=last_day,
        ends_at=end_moment(last_day, session.city.zone),
        reason=reason,
        recorded_by=actor.person_id,
        employment_id=employment.id if employment else None,
        employed_until=employment.valid_to if employment else None,
    )
    session.add(departure)
    await session.flush()
    if employment is not None:
        _shorten(session, employment, last_day)
    _tell(session, "person.leaving", departure)
    if departure.ends_at <= now:
        await finish(session, departure, now)
    else:
        await deadlines.schedule(session, DUE, departure.id, departure.ends_at)
    return departure


async def end_employment(session: Session, actor: Actor, employment_id: UUID) -> Employment:
    """End an employment with today as its last day, and what hangs on it; the agency's admin or the operator may.

    One that has ended stays as it is, and one that has not begun is left its first day.
    """
    employment = await people.get_employment(session, employment_id)
    queries.check_may_see(actor, employment.agency_id)
    today = session.city.day_of(await read_clock(session))
    if employment.valid_to is not None and employment.valid_to <= today:
        return employment
    if employment.valid_from > today:
        _shorten(session, employment, today)
        return employment
    person_id = await queries.person_of(session, employment.broker_id)
    await depart(session, actor, employment.agency_id, person_id, today, EMPLOYMENT_ENDED)
    return employment


async def take_back(session: Session, actor: Actor, organisation_id: UUID, person_id: UUID) -> None:
    """Take back a departure that has not come; the employment goes on as before. Raises `not_found`.

    One whose last day is over has come, whether the worker came since or not.
    """
    queries.check_may_see(actor, organisation_id)
    departure = await queries.pending(session, person_id, organisation_id)
    now = await read_clock(session)
    if departure is None or departure.ends_at <= now:
        raise NOT_FOUND(what=queries.DEPARTURE)
    departure.taken_back_at = now
    if departure.employment_id is not None:
        employment = await queries.lock_employment(session, departure.employment_id)
        employment.valid_to = departure.employed_until
    _tell(session, "person.stays", departure)
    await deadlines.cancel(session, DUE, departure.id)


async def when_due(session: Session, departure_id: UUID, now: datetime) -> None:
    """The last day is over."""
    departure = await queries.lock_departure(session, departure_id)
    if departure.done_at is None and departure.taken_back_at is None:
        await finish(session, departure, now)


async def finish(session: Session, departure: Departure, now: datetime) -> None:
    """End membership and keys, with what the keys issued; the employment says its last day already."""
    membership = await queries.membership_of(session, departure.person_id, departure.organisation_id)
    if membership is not None:
        membership.ended_at = now
    await people.end_keys(session, departure.person_id, departure.organisation_id, now)
    departure.done_at = now
    events.append(session, "person.left", ("person", departure.person_id), audience=[departure.organisation_id])


def _shorten(session: Session, employment: Employment, last_day: date) -> None:
    last = max(employment.valid_from, last_day)
    if employment.valid_to is None or employment.valid_to > last:
        employment.valid_to = last
        events.append(
            session,
            "broker.released",
            ("broker", employment.broker_id),
            audience=[*events.STAFF, employment.agency_id],
            payload={"agency_id": employment.agency_id, "valid_to": last},
        )


def _tell(session: Session, type_: str, departure: Departure) -> None:
    payload = {"last_day": departure.last_day, "reason": departure.reason}
    subject = ("person", departure.person_id)
    events.append(session, type_, subject, audience=[events.OPERATOR, departure.organisation_id], payload=payload)
