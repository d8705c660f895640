"""What periods do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, provides
from app.law.calendar import queries as calendar
from app.law.periods import hooks, queries, recompute


async def go_on(session: Session, override_id: UUID, now: datetime) -> None:
    """The next periods over a declared day."""
    await recompute.after_override(session, await calendar.get_override(session, override_id))


async def follow(session: Session, period_id: UUID, now: datetime) -> None:
    """Tell a subject that was held while its period was recomputed."""
    period = await queries.get_by_id(session, period_id)
    if period is not None:
        await hooks.recounted(session, period.subject_type, period.subject_id, wait=True)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, recompute.RECOMPUTE, go_on),
    provides(deadlines.HANDLERS, recompute.FOLLOW, follow),
)
