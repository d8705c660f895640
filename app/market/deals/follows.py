"""What deals do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines
from app.core.hooks import Link, provides
from app.core.settings import Settings
from app.market.deals import service


async def expire_at_due(session: AsyncSession, settings: Settings, deal_id: UUID, now: datetime) -> None:
    """A deal whose contract was not signed in time expires."""
    await service.expire_deal(session, settings, deal_id, now)


LINKS: Final[tuple[Link, ...]] = (provides(deadlines.HANDLERS, service.CONTRACT_DUE, expire_at_due),)
