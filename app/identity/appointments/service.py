"""Use cases of appointments; each runs in the caller's transaction.

One operator asks and another confirms. Ending takes one: what is taken away in doubt can be given again.
"""

from uuid import UUID

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.database import Session, add_unique
from app.core.history import events
from app.core.problems import UNKNOWN_REFERENCE
from app.identity import problems
from app.identity import queries as people
from app.identity.appointments import queries, rules, schemas
from app.identity.appointments.kinds import AppointmentStatus
from app.identity.models import Appointment, Person


async def ask(session: Session, actor: Actor, body: schemas.AppointmentIn) -> Appointment:
    """Ask for an appointment, as an operator. It gives nothing before another operator confirms it.

    Raises `unknown_reference`, `second_person_needed` for oneself, `roles_incompatible`, `already_appointed`.
    """
    role = Role(body.role)
    person: Person | None = Person(name=body.name or "")
    if body.person_id is None:
        session.add(person)
        await session.flush()
    else:
        rules.check_asks_for_other(actor.person_id, body.person_id)
        person = await queries.lock_person(session, body.person_id)
    if person is None:
        raise UNKNOWN_REFERENCE(field="person_id", what=problems.PERSON)
    rules.check_compatible(role, await queries.roles_of(session, person.id))
    appointment = Appointment(person_id=person.id, role=role, awaits_confirmation=True, asked_by=actor.person_id)
    taken = problems.ALREADY_APPOINTED(field="role", role=role)
    await add_unique(session, appointment, taken, "uq_appointments_current")
    _tell(session, "appointment.asked", appointment)
    return await queries.get_appointment(session, appointment.id)


async def confirm(session: Session, actor: Actor, appointment_id: UUID) -> Appointment:
    """Confirm what another operator asked for; the role counts from now. Keys that a broker has in person end.

    Raises `not_found`, `nothing_to_confirm`, `second_person_needed`, `roles_incompatible`.
    """
    appointment = await queries.get_appointment(session, appointment_id)
    rules.check_confirmable(rules.status_of(appointment.awaits_confirmation, appointment.ended_at))
    for person_id in (appointment.asked_by, appointment.person_id):
        if person_id is not None:
            rules.check_asks_for_other(actor.person_id, person_id)
    rules.check_compatible(Role(appointment.role), await queries.roles_of(session, appointment.person_id))
    if not await people.acts_for(session, appointment.person_id, None):
        # A broker's keys in person must not become keys of the market.
        await people.end_keys(session, appointment.person_id, None, await read_clock(session))
    appointment.awaits_confirmation = False
    appointment.confirmed_by = actor.person_id
    _tell(session, "person.appointed", appointment)
    return appointment


async def end(session: Session, appointment_id: UUID, reason: str) -> Appointment:
    """End an appointment, or take back one that waits; the person's keys of the market end with it.

    Of a person with other roles too: they make new keys by a new invitation, for a key must not take roles up again.
    """
    appointment = await queries.get_appointment(session, appointment_id)
    if appointment.ended_at is not None:
        return appointment
    was = rules.status_of(appointment.awaits_confirmation, appointment.ended_at)
    appointment.ended_at = now = await read_clock(session)
    if was is AppointmentStatus.IN_FORCE:
        await people.end_keys(session, appointment.person_id, None, now)
    _tell(session, "appointment.ended", appointment, {"reason": reason})
    return appointment


def _tell(session: Session, type_: str, row: Appointment, more: dict[str, str] | None = None) -> None:
    payload = {"appointment_id": row.id, "role": row.role} | (more or {})
    events.append(session, type_, ("person", row.person_id), audience=[events.OPERATOR], payload=payload)
