"""What certificates do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.contracts import hooks as contracts
from app.contracts.certificates import service
from app.contracts.settlement.service import MOVED
from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, follows, provides


async def follow_money(session: Session, deal_id: UUID, now: datetime) -> None:
    """Money moved on a deal: ask for what is missing, begin the days for its certificate, or pay out."""
    await service.look_again(session, deal_id, now)


async def overdue(session: Session, deal_id: UUID, now: datetime) -> None:
    """A certificate was not issued in its days."""
    await service.note_overdue(session, deal_id)


async def ground_due(session: Session, deal_id: UUID, now: datetime) -> None:
    """The days for mending a certificate's ground are over."""
    await service.judge_ground(session, deal_id, now)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, MOVED, follow_money),
    provides(deadlines.HANDLERS, service.OVERDUE, overdue),
    provides(deadlines.HANDLERS, service.GROUND_DUE, ground_due),
    follows(contracts.ended, service.when_contract_ends_revoke_certificate),
)
