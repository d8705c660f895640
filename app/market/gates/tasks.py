"""What time does to gates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines
from app.market.gates import service


@deadlines.handles(service.LAPSES)
async def lapse_at_end(session: AsyncSession, gate_id: UUID, now: datetime) -> None:
    """A gate whose period is over closes by itself."""
    await service.lapse(session, gate_id, now)
