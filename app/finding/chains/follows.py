"""What the industry map does without a request: placing by a new version, and removing what one has replaced."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, provides
from app.finding.chains import service


async def place_next_things(session: Session, version_id: UUID, now: datetime) -> None:
    """The next things are placed by a new version."""
    await service.place_some(session, version_id, now)


async def clear_what_was_replaced(session: Session, version_id: UUID, now: datetime) -> None:
    """The next rows of a map that is shown no more are removed."""
    await service.clear_some(session, version_id, now)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, service.PLACE, place_next_things),
    provides(deadlines.HANDLERS, service.CLEAR, clear_what_was_replaced),
)
