"""What time does to negotiations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines
from app.pricing.negotiated.notice import objections
from app.pricing.negotiated.notice import service as notice


@deadlines.handles(notice.ENDED)
async def notice_ended(session: AsyncSession, notice_id: UUID, now: datetime) -> None:
    """A notice has ended: the negotiation closes, or waits for what blocks it."""
    await objections.close_at_end(session, notice_id)
