"""Use cases of organisations that look like one: they are found when one is written, and a person decides."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.ids import new_id
from app.identity.duplicates import queries, schemas
from app.identity.duplicates.models import OrganisationDuplicate
from app.identity.duplicates.rules import check_kept


async def look_for(session: Session, organisation_id: UUID) -> None:
    """Note who looks like an organisation that was recorded, renamed or corrected.

    A pair that is known stays as it is: what is decided is not asked again.
    """
    await session.flush()
    pairs = []
    for other_id, likenesses in await queries.alike(session, organisation_id):
        first_id, second_id = sorted((organisation_id, other_id))
        pairs.append({"id": new_id(), "first_id": first_id, "second_id": second_id, "likenesses": likenesses})
    if pairs:
        pairs.sort(key=lambda pair: (pair["first_id"], pair["second_id"]))
        await session.execute(insert(OrganisationDuplicate).on_conflict_do_nothing(), pairs)


async def decide(session: Session, actor: Actor, duplicate_id: UUID, body: schemas.DecisionIn) -> OrganisationDuplicate:
    """Find that two are the same, and which is kept, or that they are not. Said again, it stays as it was.

    A decision that was wrong is decided again: the events tell each, with its reason. Raises `not_found`,
    `kept_not_of_pair`.
    """
    row = await queries.get_duplicate(session, duplicate_id, lock=True)
    check_kept(body.finding, body.kept_id, (row.first_id, row.second_id))
    if (row.finding, row.kept_id) == (body.finding, body.kept_id):
        return row
    at = await read_clock(session)
    row.finding, row.kept_id, row.reason = body.finding, body.kept_id, body.reason
    row.decided_by, row.decided_at = actor.person_id, at
    payload = body.model_dump() | {"first_id": row.first_id, "second_id": row.second_id}
    events.append(
        session,
        "organisation.duplicate_decided",
        ("organisation_duplicate", row.id),
        audience=events.STAFF,
        payload=payload,
    )
    return row
