"""What anchoring does without a request: the deadline of each target."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, provides
from app.system.anchors import service
from app.system.anchors.kinds import AnchorTarget


async def file_is_due(session: Session, _chain_id: UUID, now: datetime) -> None:
    """A day has begun: its anchor goes into the file."""
    await service.anchor(session, AnchorTarget.FILE, now)


async def url_is_due(session: Session, _chain_id: UUID, now: datetime) -> None:
    """A day has begun: its anchor goes to the address."""
    await service.anchor(session, AnchorTarget.URL, now)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, service.kind_of(AnchorTarget.FILE), file_is_due),
    provides(deadlines.HANDLERS, service.kind_of(AnchorTarget.URL), url_is_due),
)
