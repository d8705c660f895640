"""What time does to purchase offers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines
from app.pricing.appraised import closing, service


@deadlines.handles(service.EXPIRES)
async def expire_at_end(session: AsyncSession, offer_id: UUID, now: datetime) -> None:
    """An open offer is over at its expiry."""
    await service.expire(session, offer_id, now)


@deadlines.handles(closing.LAPSES)
async def lapse_at_end(session: AsyncSession, offer_id: UUID, now: datetime) -> None:
    """An accepted offer closes in time, or ends."""
    await service.lapse(session, offer_id, now)
