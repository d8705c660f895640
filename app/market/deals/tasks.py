"""What time does to deals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines
from app.market.deals import service


@deadlines.handles(service.CONTRACT_DUE)
async def expire_at_due(session: AsyncSession, deal_id: UUID, now: datetime) -> None:
    """A deal whose contract was not signed in time expires."""
    await service.expire_deal(session, deal_id, now)
