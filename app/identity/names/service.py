"""Use cases of names: an organisation is renamed on a day, and old papers keep the name of their day."""

from datetime import timedelta
from uuid import UUID

from app.core.access import Actor
from app.core.clock import read_today
from app.core.database import Session
from app.core.history import events
from app.core.web.preconditions import Precondition
from app.identity import problems, rules
from app.identity import queries as identity
from app.identity.duplicates.service import look_for
from app.identity.kinds import Verification
from app.identity.models import FormerName, Organisation
from app.identity.names import queries, schemas


async def rename(
    session: Session, actor: Actor, organisation_id: UUID, body: schemas.RenameIn, precondition: Precondition
) -> Organisation:
    """Record a new name from a day on, which has come; until the day before the organisation bore the former.

    Raises `not_found`, `nothing_to_correct` for the name that it has, `date_in_future`, `period_not_later` for a day on
    which a later name holds already, `organisation_name_taken`.
    """
    organisation = await identity.lock_organisation(session, organisation_id)
    precondition.check(organisation.revision)
    if body.name == organisation.name:
        raise problems.NOTHING_TO_CORRECT()
    rules.check_not_future("valid_from", body.valid_from, await read_today(session))
    before = await queries.former_names(session, organisation.id)
    if before:
        rules.end_before(body.valid_from, before[-1].valid_to + timedelta(days=1))
    await check_free(session, organisation, body.name)
    former = FormerName(
        organisation_id=organisation.id,
        name=organisation.name,
        valid_to=body.valid_from - timedelta(days=1),
        source=body.source,
        recorded_by=actor.person_id,
    )
    organisation.former_names.append(former)
    organisation.name = body.name
    organisation.revision += 1
    await look_for(session, organisation.id)
    shown = organisation.verification in (Verification.VERIFIED, Verification.SUSPENDED)
    events.append(
        session,
        "organisation.renamed",
        ("organisation", organisation.id),
        audience=[organisation.id, *([events.PUBLIC] if shown else events.STAFF)],
        payload={"name": body.name, "former_name": former.name, "valid_from": body.valid_from},
    )
    return organisation


async def check_free(session: Session, organisation: Organisation, name: str) -> None:
    """The name is nobody else's; it is locked until the transaction ends. Raises `organisation_name_taken`."""
    namesake = await identity.namesake(session, name, organisation.uscc, besides=organisation.id)
    if namesake is not None:
        raise problems.NAME_TAKEN(field="name", name=name, id=namesake)
