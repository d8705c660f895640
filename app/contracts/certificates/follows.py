"""What certificates do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.contracts import hooks as contracts
from app.contracts.certificates import service
from app.contracts.settlement.service import MOVED
from app.core import deadlines
from app.core.hooks import Link, follows, provides
from app.core.settings import Settings


async def follow_money(session: AsyncSession, settings: Settings, deal_id: UUID, now: datetime) -> None:
    """Money moved on a deal: ask for what is missing, begin the days for its certificate, or pay out."""
    await service.look_again(session, settings, deal_id, now)


async def overdue(session: AsyncSession, settings: Settings, deal_id: UUID, now: datetime) -> None:
    """A certificate was not issued in its days."""
    await service.note_overdue(session, deal_id)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, MOVED, follow_money),
    provides(deadlines.HANDLERS, service.OVERDUE, overdue),
    follows(contracts.ended, service.when_contract_ends_revoke_certificate),
)
