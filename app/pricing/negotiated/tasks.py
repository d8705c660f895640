"""What time does to negotiations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines
from app.pricing.negotiated import closing, objections


@deadlines.handles(closing.NOTICE_ENDED)
async def notice_ended(session: AsyncSession, negotiation_id: UUID, now: datetime) -> None:
    """A notice has ended: the negotiation closes, or waits for what blocks it."""
    await objections.close_at_end(session, negotiation_id, now)
