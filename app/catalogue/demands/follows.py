"""What demands do without a request: when a deadline falls due."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.catalogue.demands import checks, service
from app.catalogue.demands.responses import service as responses
from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, provides


async def expire_at_end(session: Session, demand_id: UUID, now: datetime) -> None:
    """A demand still open at the end of its last day expires."""
    await service.expire(session, demand_id)


async def tell_check_overdue(session: Session, demand_id: UUID, now: datetime) -> None:
    """A draft was not decided on in time."""
    await checks.tell_overdue(session, demand_id)


async def lapse_responses(session: Session, demand_id: UUID, now: datetime) -> None:
    """A demand has ended: the responses that wait lapse, some at a time."""
    if await responses.lapse_some(session, demand_id):
        await deadlines.schedule(session, service.ENDED, demand_id, now)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, service.EXPIRES, expire_at_end),
    provides(deadlines.HANDLERS, service.CHECK_DUE, tell_check_overdue),
    provides(deadlines.HANDLERS, service.ENDED, lapse_responses),
)
