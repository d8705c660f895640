"""What deals do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, provides
from app.market.deals import service


async def expire_at_due(session: Session, deal_id: UUID, now: datetime) -> None:
    """A deal whose contract was not signed in time expires."""
    await service.expire_deal(session, deal_id, now)


LINKS: Final[tuple[Link, ...]] = (provides(deadlines.HANDLERS, service.CONTRACT_DUE, expire_at_due),)
