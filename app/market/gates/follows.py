"""What gates do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, provides
from app.market.gates import service


async def lapse_at_end(session: Session, gate_id: UUID, now: datetime) -> None:
    """A gate whose period is over closes by itself."""
    await service.lapse(session, gate_id, now)


LINKS: Final[tuple[Link, ...]] = (provides(deadlines.HANDLERS, service.LAPSES, lapse_at_end),)
