"""What purchase offers do without a request: when a deadline falls due, and when others announce or ask."""

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
from app.pricing.appraised import closing, queries, service
from app.pricing.appraised.kinds import PurchaseOfferStatus
from app.pricing.appraised.mode import Appraised
from app.pricing.appraised.service import lock_both


async def expire_at_end(session: Session, offer_id: UUID, now: datetime) -> None:
    """An open offer is over at its expiry."""
    await service.expire(session, offer_id, now)


async def lapse_at_end(session: Session, offer_id: UUID, now: datetime) -> None:
    """An accepted offer closes in time, or ends."""
    await service.lapse(session, offer_id, now)


async def lock(session: Session, offer_id: UUID) -> bool:
    return (await lock_both(session, offer_id))[1].status == PurchaseOfferStatus.ACCEPTED


async def sees(session: Session, actor: Actor, offer_id: UUID) -> bool:
    offer = await queries.read_offer(session, offer_id)
    return actor.organisation_id is not None and actor.organisation_id in (offer.seller_id, offer.buyer_id)


async def when_gate_is_settled_go_on(session: Session, offer_id: UUID, refusal: str | None, now: datetime) -> None:
    listing, offer = await lock_both(session, offer_id)
    if refusal is not None:
        await closing.refuse(session, listing, offer, refusal, now)
    else:
        await closing.try_close(session, listing, offer)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, service.EXPIRES, expire_at_end),
    provides(deadlines.HANDLERS, closing.LAPSES, lapse_at_end),
    provides(PROCEDURES, (PricingMode.APPRAISED, None), Appraised()),
    provides(
        subjects.SUBJECTS, closing.SUBJECT, subjects.Subject(lock=lock, sees=sees, settled=when_gate_is_settled_go_on)
    ),
)
