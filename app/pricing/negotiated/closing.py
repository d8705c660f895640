"""From agreement to deal: the listing is held, gates open, the notice runs, and when nothing blocks, there is a deal.

Every function here is called with listing and negotiation locked, in this order.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.results import queries as results
from app.catalogue.results.service import BECAME_SECRET
from app.core import deadlines
from app.core.clock import local_date, read_clock
from app.core.history import events
from app.core.problems import Problem
from app.core.settings import Settings
from app.market.deals.kinds import PartyRole, PriceSource
from app.market.deals.problems import LISTING_TAKEN
from app.market.deals.rules import PartyShare
from app.market.deals.service import create_deal, publish_price
from app.market.gates import openings
from app.market.gates import queries as gates
from app.market.gates import rules as gate_rules
from app.market.listings import appraisal
from app.market.listings import service as listing_service
from app.market.listings.models import Listing
from app.pricing.negotiated import queries, rules
from app.pricing.negotiated.kinds import NegotiationStatus
from app.pricing.negotiated.models import Negotiation, Offer
from app.pricing.negotiated.notice import service as notice
from app.pricing.negotiated.rules import RunningNotice
from app.pricing.negotiated.terms.shapes import Terms

SUBJECT = "negotiation"
NOTICE_OPTIONAL = "negotiated_notice_optional"
BECAME_UNLISTABLE = "The result may not be sold any more / 该成果已不得转让"


def buyers_of(negotiation: Negotiation) -> list[PartyShare]:
    """The buyers as parties of a deal."""
    return [PartyShare(PartyRole.BUYER, row.organisation_id, row.share) for row in negotiation.buyers]


async def agree(
    session: AsyncSession,
    settings: Settings,
    listing: Listing,
    negotiation: Negotiation,
    offer: Offer,
    now: datetime,
) -> None:
    """The accepted offer holds the listing, opens the gates, and is published where it must or shall be.

    Raises `listing_taken` where another negotiation was agreed first, and `result_not_listable` for what became a
    state secret or prohibited from export; for a price that the listing's appraisal report does not carry, what
    `appraisal.check_price` raises.
    """
    negotiation.status = NegotiationStatus.AGREED
    negotiation.agreed_at = now
    negotiation.agreed_offer_id = offer.id
    negotiation.revision += 1
    await _flush_agreed(session, listing)
    listing_service.reserve(session, listing)
    tell(session, negotiation, "negotiation.agreed", {"offer_id": offer.id})
    terms = Terms.model_validate(offer.terms)
    result = await results.read_result(session, listing.result_id)
    sale = await _find_sale(session, settings, listing, negotiation, terms, now)
    openings.refuse_never(sale, local_date(now, settings.zone))
    await appraisal.check_price(session, listing, offer.price, local_date(now, settings.zone))
    if terms.public_notice:
        flags = await notice.interests(session, sale, negotiation)
        negotiation.notice = await notice.publish(session, settings, listing, negotiation, offer, result, flags, now)
    await openings.open_gates(session, settings, (SUBJECT, negotiation.id), negotiation.seller_id, sale, now)
    await try_close(session, settings, listing, negotiation)


async def _flush_agreed(session: AsyncSession, listing: Listing) -> None:
    number = listing.number
    try:
        await session.flush()
    except IntegrityError as error:
        # The row lock on the listing decides; the index holds the promise even against a caller who forgot it.
        if "uq_negotiations_agreed" in str(error.orig):
            raise LISTING_TAKEN(number=number) from error
        raise


async def try_close(
    session: AsyncSession, settings: Settings, listing: Listing, negotiation: Negotiation
) -> Problem | None:
    """Make the deal of an agreed negotiation, or answer what blocks it. What blocks is judged by today's facts.

    A result that became a state secret meanwhile ends the negotiation.
    """
    now = await read_clock(session)
    assert negotiation.agreed_offer_id is not None
    offer = await queries.get_offer(session, negotiation.agreed_offer_id)
    terms = Terms.model_validate(offer.terms)
    sale = await _find_sale(session, settings, listing, negotiation, terms, now)
    if gate_rules.never(sale, local_date(now, settings.zone)):
        await refuse(session, settings, listing, negotiation, BECAME_UNLISTABLE, now)
        return None
    subject = (SUBJECT, negotiation.id)
    known = await openings.open_gates(session, settings, subject, negotiation.seller_id, sale, now)
    running = None
    if negotiation.notice is not None:
        undecided = await queries.open_objections(session, negotiation.notice.id)
        published = negotiation.notice
        running = RunningNotice(published.number, published.last_day, published.ends_at, undecided)
    block = rules.block(running, gates.still_open(known), negotiation.id, now)
    if block is None:
        block = await appraisal.what_blocks(session, listing, offer.price, local_date(now, settings.zone))
    if block is not None:
        return block
    deal = await create_deal(
        session, settings, listing, buyers=buyers_of(negotiation), price=offer.price, agreed_at=now,
        price_basis=offer.price_basis, terms=offer.terms, held=True,
    )  # fmt: skip
    negotiation.status = NegotiationStatus.CLOSED
    negotiation.deal_id = deal.id
    negotiation.revision += 1
    tell(session, negotiation, "negotiation.closed", {"deal_id": deal.id})
    if negotiation.notice is not None:
        publish_price(deal, PriceSource.NOTICE, negotiation.notice.number, negotiation.notice.published_at)
        await notice.close(session, settings, negotiation.notice, deal=True, now=now)
    return None


async def refuse(
    session: AsyncSession, settings: Settings, listing: Listing, negotiation: Negotiation, reason: str, now: datetime
) -> None:
    """An agreed negotiation ends without a deal, and the listing is back on offer, or lapses past its end."""
    negotiation.status = NegotiationStatus.REFUSED
    negotiation.status_reason = reason
    negotiation.revision += 1
    listing_service.release(session, listing, now)
    # A result that became secret while it was held for the buyer must not come back on offer.
    await deadlines.schedule(session, BECAME_SECRET, listing.result_id, now)
    tell(session, negotiation, "negotiation.refused")
    if negotiation.notice is not None:
        await notice.close(session, settings, negotiation.notice, deal=False, now=now)


async def _find_sale(
    session: AsyncSession, settings: Settings, listing: Listing, negotiation: Negotiation, terms: Terms, now: datetime
) -> gate_rules.Sale:
    buying = openings.Buying(buyers_of(negotiation), negotiation.lead_id, terms.abroad, related_needs_approval=True)
    return await openings.find_sale(session, settings, listing, buying, now)


def tell(session: AsyncSession, negotiation: Negotiation, event: str, payload: Mapping[str, Any] | None = None) -> None:
    """Append the event for the two sides alone, without any amount."""
    audience = [negotiation.seller_id, *(row.organisation_id for row in negotiation.buyers)]
    body = {"number": negotiation.number, "status": negotiation.status, "listing_id": negotiation.listing_id}
    events.append(session, event, (SUBJECT, negotiation.id), audience=audience, payload=body | dict(payload or {}))
