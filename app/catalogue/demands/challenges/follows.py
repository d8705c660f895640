"""What challenges do without a request: with the life of their demand, and when a deadline falls due."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.catalogue.demands import hooks
from app.catalogue.demands.challenges import service
from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, follows, provides


async def award_at_end(session: Session, demand_id: UUID, now: datetime) -> None:
    """The notice of the scores has ended."""
    await service.end_notice(session, demand_id, now)


async def decline_others(session: Session, demand_id: UUID, now: datetime) -> None:
    """A challenge was awarded: the other bids are declined, some at a time."""
    if await service.decline_others(session, demand_id):
        await deadlines.schedule(session, service.OTHERS, demand_id, now)


LINKS: Final[tuple[Link, ...]] = (
    follows(hooks.published, service.open_challenge),
    follows(hooks.expired, service.close_bids),
    follows(hooks.ended, service.end_with_demand),
    provides(deadlines.HANDLERS, service.NOTICE_ENDED, award_at_end),
    provides(deadlines.HANDLERS, service.OTHERS, decline_others),
)
