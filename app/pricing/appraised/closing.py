"""From an accepted purchase offer to the deal: the listing is held, gates open, and when nothing blocks, it is a deal.

Every function here is called with listing and offer locked, in this order.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.results.service import BECAME_SECRET
from app.core import deadlines
from app.core.clock import local_date, read_clock
from app.core.history import events
from app.core.problems import Problem
from app.core.settings import Settings
from app.law.figures import parameter
from app.market.deals.kinds import PartyRole
from app.market.deals.problems import LISTING_TAKEN
from app.market.deals.rules import PartyShare
from app.market.deals.service import create_deal
from app.market.gates import openings
from app.market.gates import rules as gate_rules
from app.market.listings import appraisal
from app.market.listings import service as listing_service
from app.market.listings.models import Listing
from app.pricing.appraised import rules
from app.pricing.appraised.kinds import PurchaseOfferStatus
from app.pricing.appraised.models import PurchaseOffer

SUBJECT = "purchase_offer"
LAPSES = "purchase_offer.lapses"
"""The deadline at which an accepted offer that has not become a deal ends."""
CLOSING_DAYS = "appraised_closing_days"
BECAME_UNLISTABLE = "The result may not be sold any more / 该成果已不得转让"


async def accept(
    session: AsyncSession, settings: Settings, listing: Listing, offer: PurchaseOffer, now: datetime
) -> None:
    """The accepted offer holds the listing and opens the gates; without any that blocks there is a deal at once.

    Raises `listing_taken` where another offer was accepted first, `appraisal_expired` and `price_below_floor` for what
    the listing's report does not carry, `result_not_listable` for what became a state secret.
    """
    today = local_date(now, settings.zone)
    await appraisal.check_price(session, listing, offer.price, today)
    sale = await _find_sale(session, settings, listing, offer, now)
    openings.refuse_never(sale, today)
    offer.status = PurchaseOfferStatus.ACCEPTED
    offer.accepted_at = now
    offer.lapses_at = rules.closing_ends(now, int(parameter(CLOSING_DAYS, on=today).value), settings.zone)
    offer.revision += 1
    await _flush_accepted(session, listing)
    listing_service.reserve(session, listing)
    await deadlines.schedule(session, LAPSES, offer.id, offer.lapses_at)
    tell(session, offer, "purchase_offer.accepted")
    await try_close(session, settings, listing, offer)


async def _flush_accepted(session: AsyncSession, listing: Listing) -> None:
    number = listing.number
    try:
        await session.flush()
    except IntegrityError as error:
        # The row lock on the listing decides; the index holds the promise even against a caller who forgot it.
        if "uq_purchase_offers_accepted" in str(error.orig):
            raise LISTING_TAKEN(number=number) from error
        raise


async def try_close(
    session: AsyncSession, settings: Settings, listing: Listing, offer: PurchaseOffer
) -> Problem | None:
    """Make the deal of an accepted offer, or answer what blocks it, judged by today's facts.

    The report must be valid today, and gates that became needed since are opened. A result that became a state secret
    meanwhile ends the sale.
    """
    now = await read_clock(session)
    today = local_date(now, settings.zone)
    sale = await _find_sale(session, settings, listing, offer, now)
    if gate_rules.never(sale, today):
        await refuse(session, listing, offer, BECAME_UNLISTABLE, now)
        return None
    gates = await openings.open_gates(session, settings, (SUBJECT, offer.id), offer.seller_id, sale, now)
    block = await appraisal.what_blocks(session, listing, offer.price, today) or openings.what_blocks(gates)
    if block is not None:
        return block
    deal = await create_deal(
        session, settings, listing, buyers=[buyer_of(offer)], price=offer.price, agreed_at=now, held=True
    )
    offer.status = PurchaseOfferStatus.CLOSED
    offer.deal_id = deal.id
    offer.revision += 1
    tell(session, offer, "purchase_offer.closed", deal_id=deal.id)
    return None


async def refuse(session: AsyncSession, listing: Listing, offer: PurchaseOffer, reason: str, now: datetime) -> None:
    """An accepted offer ends without a deal, and the listing is back on offer, or lapses past its end.

    The deadline of the sale stays and will find nothing to do: it may be what calls.
    """
    offer.status = PurchaseOfferStatus.REFUSED
    offer.status_reason = reason
    offer.revision += 1
    listing_service.release(session, listing, now)
    # A result that became secret while it was held for the buyer must not come back on offer.
    await deadlines.schedule(session, BECAME_SECRET, listing.result_id, now)
    tell(session, offer, "purchase_offer.refused")


def buyer_of(offer: PurchaseOffer) -> PartyShare:
    """The buyer as party of a deal."""
    return PartyShare(PartyRole.BUYER, offer.buyer_id)


async def _find_sale(
    session: AsyncSession, settings: Settings, listing: Listing, offer: PurchaseOffer, now: datetime
) -> gate_rules.Sale:
    # One buyer was chosen, not found in the open: a related party needs its approval.
    buying = openings.Buying([buyer_of(offer)], offer.buyer_id, offer.abroad, related_needs_approval=True)
    return await openings.find_sale(session, settings, listing, buying, now)


def tell(session: AsyncSession, offer: PurchaseOffer, event: str, **more: Any) -> None:
    """Append the event for the two sides alone, without any amount."""
    body = {"number": offer.number, "status": offer.status, "listing_id": offer.listing_id}
    audience = [offer.seller_id, offer.buyer_id]
    events.append(session, event, (SUBJECT, offer.id), audience=audience, payload=body | more)
