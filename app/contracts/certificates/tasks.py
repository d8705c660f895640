"""What time does to settlements and certificates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.contracts.certificates import service
from app.contracts.settlement.service import MOVED
from app.core import deadlines
from app.core.settings import get_settings


@deadlines.handles(MOVED)
async def follow_money(session: AsyncSession, deal_id: UUID, now: datetime) -> None:
    """Money moved on a deal: ask for what is missing, begin the days for its certificate, or pay out."""
    await service.look_again(session, get_settings(), deal_id, now)


@deadlines.handles(service.OVERDUE)
async def overdue(session: AsyncSession, deal_id: UUID, now: datetime) -> None:
    """A certificate was not issued in its days."""
    await service.note_overdue(session, deal_id)
