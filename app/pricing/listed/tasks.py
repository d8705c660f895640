"""What time does to competitive listed sales."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines
from app.core.settings import get_settings
from app.pricing.listed import notice, service


@deadlines.handles(notice.NOTICE_ENDS)
async def notice_ends(session: AsyncSession, listing_id: UUID, now: datetime) -> None:
    """A notice or its extension has ended: registrants are counted, or judged first."""
    await service.end_notice(session, get_settings(), listing_id, now)


@deadlines.handles(notice.REVIEW_ENDS)
async def review_ends(session: AsyncSession, listing_id: UUID, now: datetime) -> None:
    """The review has ended: who was not refused is counted."""
    await service.end_notice(session, get_settings(), listing_id, now)


@deadlines.handles(notice.SUSPENSION_ENDS)
async def suspension_ends(session: AsyncSession, listing_id: UUID, now: datetime) -> None:
    """Nobody lifted a suspension in time: the listing lapses."""
    await service.end_suspension(session, get_settings(), listing_id, now)
