"""What dormant lists do without a request: the gathering, some results at a time."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, provides
from app.market.dormant import service


async def gather_some(session: Session, list_id: UUID, now: datetime) -> None:
    """The next results are looked at."""
    await service.gather(session, list_id, now)


LINKS: Final[tuple[Link, ...]] = (provides(deadlines.HANDLERS, service.GATHER, gather_some),)
