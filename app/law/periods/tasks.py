"""What falls due on the calendar: the rest of a recomputation, and subjects that were held during it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.deadlines import handles
from app.core.settings import get_settings
from app.law.calendar import queries as calendar
from app.law.periods import followers, queries, recompute


@handles(recompute.RECOMPUTE)
async def go_on(session: AsyncSession, override_id: UUID, now: datetime) -> None:
    """The next periods over a declared day."""
    await recompute.after_override(session, get_settings(), await calendar.get_override(session, override_id))


@handles(recompute.FOLLOW)
async def follow(session: AsyncSession, period_id: UUID, now: datetime) -> None:
    """Tell a subject that was held while its period was recomputed."""
    period = await queries.get_by_id(session, period_id)
    if period is not None:
        await followers.tell(session, period.subject_type, period.subject_id, wait=True)
