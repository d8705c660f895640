"""What listed sales do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.access import Actor
from app.core.database import Session
from app.core.hooks import Link, follows, provides
from app.market.deals import hooks as deal_hooks
from app.market.deals.models import Deal
from app.market.gates import subjects
from app.market.listings import queries as listings
from app.market.listings.kinds import Allocation, PricingMode
from app.market.listings.modes import PROCEDURES
from app.pricing import contests
from app.pricing.listed import closing, queries, service
from app.pricing.listed.announcement import notice
from app.pricing.listed.kinds import SalePhase
from app.pricing.listed.mode import Competitive


async def notice_ends(session: Session, listing_id: UUID, now: datetime) -> None:
    """A notice or its extension has ended: registrants are counted, or judged first."""
    await service.end_notice(session, listing_id, now)


async def review_ends(session: Session, listing_id: UUID, now: datetime) -> None:
    """The review has ended: who was not refused is counted."""
    await service.end_notice(session, listing_id, now)


async def suspension_ends(session: Session, listing_id: UUID, now: datetime) -> None:
    """Nobody lifted a suspension in time: the listing lapses."""
    await service.end_suspension(session, listing_id, now)


async def when_deal_ends_end_sale(session: Session, deal: Deal, now: datetime) -> None:
    """The deal of a sale ended without a contract. The listing has lapsed with it: its notice is over, and who else
    registered has the deposit back; the seller lists again [P].
    """
    sale = await queries.sale_of(session, deal.listing_id) if deal.listing_id else None
    if sale is not None and sale.deal_id == deal.id:
        sale.phase, sale.reason = SalePhase.ENDED, f"deal: {deal.status}"


async def lock(session: Session, listing_id: UUID) -> bool:
    await listings.lock_listing(session, listing_id)
    sale = await queries.sale_of(session, listing_id)
    return sale is not None and sale.phase == SalePhase.HELD


async def sees(session: Session, actor: Actor, listing_id: UUID) -> bool:
    sale = await queries.sale_of(session, listing_id)
    return sale is not None and sale.winner_id is not None and actor.organisation_id == sale.winner_id


async def when_gate_is_settled_go_on(session: Session, listing_id: UUID, refusal: str | None, now: datetime) -> None:
    listing = await listings.lock_listing(session, listing_id)
    sale = await queries.sale_of(session, listing_id)
    assert sale is not None
    if refusal is not None:
        await closing.refuse(session, listing, sale, refusal, now)
    else:
        await closing.try_close(session, listing, sale)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, notice.NOTICE_ENDS, notice_ends),
    provides(deadlines.HANDLERS, notice.REVIEW_ENDS, review_ends),
    provides(deadlines.HANDLERS, notice.SUSPENSION_ENDS, suspension_ends),
    provides(PROCEDURES, (PricingMode.LISTED, Allocation.COMPETITIVE), Competitive()),
    provides(
        subjects.SUBJECTS, closing.SUBJECT, subjects.Subject(lock=lock, sees=sees, settled=when_gate_is_settled_go_on)
    ),
    provides(contests.ENDED, PricingMode.LISTED, service.when_bidding_ends_sell_or_lapse),
    follows(deal_hooks.ended, when_deal_ends_end_sale),
)
