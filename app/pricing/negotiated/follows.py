"""What negotiations do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.access import Actor
from app.core.database import Session
from app.core.hooks import Link, provides
from app.market.gates import subjects
from app.market.listings.kinds import PricingMode
from app.market.listings.modes import PROCEDURES
from app.pricing.negotiated import closing, queries
from app.pricing.negotiated.kinds import NegotiationStatus
from app.pricing.negotiated.mode import Negotiated
from app.pricing.negotiated.notice import objections
from app.pricing.negotiated.notice import service as notice


async def notice_ended(session: Session, notice_id: UUID, now: datetime) -> None:
    """A notice has ended: the negotiation closes, or waits for what blocks it."""
    await objections.close_at_end(session, notice_id)


async def lock(session: Session, negotiation_id: UUID) -> bool:
    return (await objections.lock_both(session, negotiation_id))[1].status == NegotiationStatus.AGREED


async def sees(session: Session, actor: Actor, negotiation_id: UUID) -> bool:
    negotiation = await queries.read_negotiation(session, negotiation_id)
    sides = [negotiation.seller_id, *(row.organisation_id for row in negotiation.buyers)]
    return actor.organisation_id is not None and actor.organisation_id in sides


async def when_gate_is_settled_go_on(
    session: Session, negotiation_id: UUID, refusal: str | None, now: datetime
) -> None:
    listing, negotiation = await objections.lock_both(session, negotiation_id)
    if refusal is not None:
        await closing.refuse(session, listing, negotiation, refusal, now)
    else:
        await closing.try_close(session, listing, negotiation)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, notice.ENDED, notice_ended),
    provides(PROCEDURES, (PricingMode.NEGOTIATED, None), Negotiated()),
    provides(
        subjects.SUBJECTS, closing.SUBJECT, subjects.Subject(lock=lock, sees=sees, settled=when_gate_is_settled_go_on)
    ),
)
