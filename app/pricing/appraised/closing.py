"""From an accepted purchase offer to the deal: the listing is held, gates open, and when nothing blocks, it is a deal.

Every function here is called with listing and offer locked, in this order.
"""

from datetime import datetime
from typing import Any

from app.core import deadlines
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.problems import Problem
from app.law.figures import parameter
from app.market.deals.models import Deal
from app.market.listings.models import Listing
from app.pricing import closing
from app.pricing.appraised import rules
from app.pricing.appraised.kinds import PurchaseOfferStatus
from app.pricing.appraised.models import PurchaseOffer

SUBJECT = "purchase_offer"
LAPSES = "purchase_offer.lapses"
"""The deadline at which an accepted offer that has not become a deal ends."""
CLOSING_DAYS = "appraised_closing_days"


async def accept(session: Session, actor: Actor, listing: Listing, offer: PurchaseOffer, now: datetime) -> None:
    """The accepted offer holds the listing and opens the gates; without any that blocks there is a deal at once.

    Raises `listing_taken` where another offer was accepted first, `appraisal_expired` and `price_below_floor` for what
    the listing's report does not carry, `result_not_listable` for what became a state secret.
    """
    await closing.refuse_agreement(session, _agreed(listing, offer), actor, now)
    days = int(parameter(CLOSING_DAYS, on=session.city.day_of(now)).value)
    offer.status = PurchaseOfferStatus.ACCEPTED
    offer.accepted_at = now
    offer.lapses_at = rules.closing_ends(now, days, session.city.zone)
    offer.revision += 1
    await closing.hold(session, listing, "uq_purchase_offers_accepted")
    await deadlines.schedule(session, LAPSES, offer.id, offer.lapses_at)
    tell(session, offer, "purchase_offer.accepted")
    await try_close(session, listing, offer, asked_by=actor)


async def try_close(
    session: Session, listing: Listing, offer: PurchaseOffer, *, asked_by: Actor | None = None
) -> Problem | None:
    """Make the deal of an accepted offer, or answer what blocks it, judged by today's facts.

    The report must be valid today, and gates that became needed since are opened. A result that became a state secret
    meanwhile ends the sale.
    """
    now = await read_clock(session)
    deal = await closing.make_deal(session, _agreed(listing, offer), now, asked_by=asked_by)
    if isinstance(deal, closing.Over):
        await refuse(session, listing, offer, deal.reason, now)
        return None
    if not isinstance(deal, Deal):
        return deal
    offer.status = PurchaseOfferStatus.CLOSED
    offer.deal_id = deal.id
    offer.revision += 1
    tell(session, offer, "purchase_offer.closed", deal_id=deal.id)
    return None


async def refuse(session: Session, listing: Listing, offer: PurchaseOffer, reason: str, now: datetime) -> None:
    """An accepted offer ends without a deal, and the listing is back on offer, or lapses past its end.

    The deadline of the sale stays and will find nothing to do: it may be what calls.
    """
    offer.status = PurchaseOfferStatus.REFUSED
    offer.status_reason = reason
    offer.revision += 1
    await closing.let_go(session, listing, now)
    tell(session, offer, "purchase_offer.refused")


def _agreed(listing: Listing, offer: PurchaseOffer) -> closing.Agreed:
    buying = closing.one_buyer(offer.buyer_id, abroad=offer.abroad, chosen=True)
    return closing.Agreed((SUBJECT, offer.id), listing, buying, offer.price)


def tell(session: Session, offer: PurchaseOffer, event: str, **more: Any) -> None:
    """Append the event for the two sides alone, without any amount."""
    body = {"number": offer.number, "status": offer.status, "listing_id": offer.listing_id}
    audience = [offer.seller_id, offer.buyer_id]
    events.append(session, event, (SUBJECT, offer.id), audience=audience, payload=body | more)
