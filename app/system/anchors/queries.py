"""Reading what was anchored, and what is to be."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.core.database import Session
from app.core.deadlines import Deadline
from app.core.history.audit import Seal
from app.core.history.events import Event
from app.system.anchors.kinds import AnchorTarget


async def pending(session: Session, subject_id: UUID, kinds: Collection[str]) -> set[str]:
    """Those kinds of which the subject has a pending deadline."""
    statement = select(Deadline.kind).where(
        Deadline.subject_id == subject_id, Deadline.kind.in_(kinds), Deadline.settled_at.is_(None)
    )
    return set((await session.execute(statement)).scalars())


async def last_day(session: Session, subject_id: UUID, target: AnchorTarget) -> date | None:
    """The day of the last anchor that was sent to a target."""
    statement = (
        select(Event.payload["day"].astext)
        .where(
            Event.subject_id == subject_id,
            Event.type == "audit.anchored",
            Event.payload["target"].astext == target.value,
        )
        .order_by(Event.seq.desc())
        .limit(1)
    )
    day = (await session.execute(statement)).scalar_one_or_none()
    return None if day is None else date.fromisoformat(day)


async def hashes_at(session: Session, positions: Collection[int]) -> dict[int, bytes]:
    """The hashes of the chain at some positions."""
    statement = select(Seal.position, Seal.hash).where(Seal.position.in_(sorted(set(positions))))
    return {row.position: row.hash for row in await session.execute(statement)}
