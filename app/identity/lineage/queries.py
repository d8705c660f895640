"""Which keys hang on which: those that a key issued, and they again.

A key ends with the one that issued it. After an incident also those end that replaced it, and those of people whom it
invited: a thief of the first may hold them too.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.core.database import Session
from app.core.history.records import changed
from app.identity.models import ApiKey

_ISSUED = """
    SELECT id FROM api_keys WHERE parent_id = f.id
"""
_MADE_WITH = """
    SELECT id FROM api_keys WHERE parent_id = f.id
    UNION ALL SELECT id FROM api_keys WHERE replaces_id = f.id
    UNION ALL SELECT k.id FROM invitations i JOIN api_keys k ON k.invitation_id = i.id WHERE i.asked_key_id = f.id
"""
_FAMILY = """
WITH RECURSIVE family (id) AS (
    SELECT unnest(CAST(:roots AS uuid[])) UNION SELECT k.id FROM family f, LATERAL ({edges}) k
)
"""
_END = "UPDATE api_keys SET revoked_at = :at WHERE revoked_at IS NULL AND id IN (SELECT id FROM family) RETURNING id"
_ALL = "SELECT id FROM family ORDER BY id"
END_ISSUED = text(_FAMILY.format(edges=_ISSUED) + _END)
END_MADE_WITH = text(_FAMILY.format(edges=_MADE_WITH) + _END)
ISSUED = text(_FAMILY.format(edges=_ISSUED) + _ALL)
MADE_WITH = text(_FAMILY.format(edges=_MADE_WITH) + _ALL)


async def end(session: Session, roots: Iterable[UUID], at: datetime, *, incident: bool = False) -> list[UUID]:
    """End keys with those that hang on them; answers which ended now.

    A key that is being issued meanwhile is met in the next round, for its issuer's row is held until it is written.
    """
    ended: list[UUID] = []
    wanted = {"roots": sorted(set(roots)), "at": at}
    while wanted["roots"]:
        found = (await session.execute(END_MADE_WITH if incident else END_ISSUED, wanted)).scalars().all()
        if not found:
            break
        ended += found
    changed(session, ApiKey, ended)
    return ended


async def made_with(session: Session, roots: Iterable[UUID]) -> Sequence[UUID]:
    """Keys with all that came from them, ended or not."""
    return (await session.execute(MADE_WITH, {"roots": sorted(set(roots))})).scalars().all()


async def issued_with(session: Session, roots: Iterable[UUID]) -> Sequence[UUID]:
    """Keys with all that end with them, ended or not."""
    return (await session.execute(ISSUED, {"roots": sorted(set(roots))})).scalars().all()
