"""What saved searches do without a request: when a deadline falls due."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, provides
from app.finding.saved import service


async def end_after_last_day(session: Session, search_id: UUID, now: datetime) -> None:
    """A search ends with its last day."""
    await service.end(session, search_id, now)


LINKS: Final[tuple[Link, ...]] = (provides(deadlines.HANDLERS, service.ENDS, end_after_last_day),)
