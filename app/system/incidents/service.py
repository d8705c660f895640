"""A key is in wrong hands: end it with all that came from it, and tell what was done."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.web.pages import Found, PageRequest
from app.identity import hooks
from app.identity.invitations import service as invitations
from app.identity.keys import queries as keys
from app.identity.keys.service import audience_of
from app.identity.lineage import queries as lineage
from app.system.incidents import queries

FIRST_ACTS = 100
MOST_KEYS = 500


@dataclass(frozen=True, slots=True)
class Incident:
    """What was ended, and the first of what was done."""

    key_ids: list[UUID]
    ended: list[UUID]
    invitation_ids: list[UUID]
    acts: Found[Row[Any]]


async def report(session: Session, actor: Actor, key_id: UUID, reason: str) -> Incident:
    """End a key, those that it issued or that replaced it, and those of people whom it invited. Raises `not_found`.

    Reported again it ends nothing more, and answers the same keys.
    """
    key = await keys.lock_key(session, actor, key_id)
    family = await lineage.made_with(session, [key.id])
    invited = await invitations.revoke_asked_with(session, family)
    ended = await lineage.end(session, [key.id], await read_clock(session), incident=True)
    acts = await queries.acts_of(session, family, PageRequest(limit=FIRST_ACTS, cursor=None))
    payload = {"reason": reason, "keys": len(ended), "invitations": len(invited)}
    events.append(
        session, "api_key.incident", ("api_key", key.id), audience=[events.OPERATOR, *audience_of(key)], payload=payload
    )
    if key.organisation_id is not None:
        await hooks.key_stolen.announce(session, key.organisation_id, await read_clock(session))
    return Incident(list(family[:MOST_KEYS]), ended[:MOST_KEYS], [row.id for row in invited], acts)


async def acts_of(session: Session, actor: Actor, key_id: UUID, page: PageRequest) -> Found[Row[Any]]:
    """A page of what was done with a key that the actor sees, and with those that came from it. Raises `not_found`."""
    key = await keys.get_key(session, actor, key_id)
    return await queries.acts_of(session, await lineage.made_with(session, [key.id]), page)
