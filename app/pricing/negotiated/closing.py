"""From agreement to deal: the listing is held, gates open, the notice runs, and when nothing blocks, there is a deal.

Every function here is called with listing and negotiation locked, in this order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.catalogue.results import queries as results
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.problems import Problem
from app.market.deals.kinds import PartyRole, PriceSource
from app.market.deals.models import Deal
from app.market.deals.rules import PartyShare
from app.market.deals.service import publish_price
from app.market.gates import openings
from app.market.gates import queries as gates
from app.market.gates.models import Gate
from app.market.listings.models import Listing
from app.pricing import closing
from app.pricing.negotiated import queries, rules
from app.pricing.negotiated.kinds import NegotiationStatus
from app.pricing.negotiated.models import Negotiation, Offer
from app.pricing.negotiated.notice import service as notice
from app.pricing.negotiated.rules import RunningNotice
from app.pricing.negotiated.terms.shapes import Terms

SUBJECT = "negotiation"
NOTICE_OPTIONAL = "negotiated_notice_optional"


def buyers_of(negotiation: Negotiation) -> list[PartyShare]:
    """The buyers as parties of a deal."""
    return [PartyShare(PartyRole.BUYER, row.organisation_id, row.share) for row in negotiation.buyers]


async def agree(
    session: Session, actor: Actor, listing: Listing, negotiation: Negotiation, offer: Offer, now: datetime
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
    await closing.hold(session, listing, "uq_negotiations_agreed")
    tell(session, negotiation, "negotiation.agreed", {"offer_id": offer.id})
    result = await results.read_result(session, listing.result_id)
    sale = await closing.refuse_agreement(session, _agreed(listing, negotiation, offer), actor, now)
    if Terms.model_validate(offer.terms).public_notice:
        flags = await notice.interests(session, sale, negotiation)
        negotiation.notice = await notice.publish(session, listing, negotiation, offer, result, flags, now)
    await openings.open_gates(session, (SUBJECT, negotiation.id), negotiation.seller_id, sale, now)
    await try_close(session, listing, negotiation, asked_by=actor)


async def try_close(
    session: Session, listing: Listing, negotiation: Negotiation, *, asked_by: Actor | None = None
) -> Problem | None:
    """Make the deal of an agreed negotiation, or answer what blocks it. What blocks is judged by today's facts.

    A result that became a state secret meanwhile ends the negotiation.
    """
    now = await read_clock(session)
    assert negotiation.agreed_offer_id is not None
    offer = await queries.get_offer(session, negotiation.agreed_offer_id)
    running = await _running(session, negotiation)

    def waits_for(known: Sequence[Gate]) -> Problem | None:
        return rules.block(running, gates.still_open(known), negotiation.id, now)

    deal = await closing.make_deal(
        session, _agreed(listing, negotiation, offer), now, asked_by=asked_by, waits_for=waits_for
    )
    if isinstance(deal, closing.Over):
        await refuse(session, listing, negotiation, deal.reason, now)
        return None
    if not isinstance(deal, Deal):
        return deal
    negotiation.status = NegotiationStatus.CLOSED
    negotiation.deal_id = deal.id
    negotiation.revision += 1
    tell(session, negotiation, "negotiation.closed", {"deal_id": deal.id})
    if negotiation.notice is not None:
        publish_price(deal, PriceSource.NOTICE, negotiation.notice.number, negotiation.notice.published_at)
        await notice.close(session, negotiation.notice, deal=True, now=now)
    return None


async def refuse(session: Session, listing: Listing, negotiation: Negotiation, reason: str, now: datetime) -> None:
    """An agreed negotiation ends without a deal, and the listing is back on offer, or lapses past its end."""
    negotiation.status = NegotiationStatus.REFUSED
    negotiation.status_reason = reason
    negotiation.revision += 1
    await closing.let_go(session, listing, now)
    tell(session, negotiation, "negotiation.refused")
    if negotiation.notice is not None:
        await notice.close(session, negotiation.notice, deal=False, now=now)


async def _running(session: Session, negotiation: Negotiation) -> RunningNotice | None:
    published = negotiation.notice
    if published is None:
        return None
    undecided = await queries.open_objections(session, published.id)
    return RunningNotice(published.number, published.last_day, published.ends_at, undecided)


def _agreed(listing: Listing, negotiation: Negotiation, offer: Offer) -> closing.Agreed:
    abroad = Terms.model_validate(offer.terms).abroad
    buying = openings.Buying(buyers_of(negotiation), negotiation.lead_id, abroad, related_needs_approval=True)
    subject = (SUBJECT, negotiation.id)
    return closing.Agreed(subject, listing, buying, offer.price, offer.price_basis, offer.terms)


def tell(session: Session, negotiation: Negotiation, event: str, payload: Mapping[str, Any] | None = None) -> None:
    """Append the event for the two sides alone, without any amount."""
    audience = [negotiation.seller_id, *(row.organisation_id for row in negotiation.buyers)]
    body = {"number": negotiation.number, "status": negotiation.status, "listing_id": negotiation.listing_id}
    events.append(session, event, (SUBJECT, negotiation.id), audience=audience, payload=body | dict(payload or {}))
