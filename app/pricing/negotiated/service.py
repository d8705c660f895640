"""Use cases of negotiations (协议定价): opening, offers, acceptance, withdrawal. Lock order: listing, negotiation."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.access import Actor
from app.core.canonical import canonical_json, sha256_hex
from app.core.clock import read_clock
from app.core.database import Session, add_unique
from app.core.ids import NumberPrefix, readable_number
from app.core.problems import UNKNOWN_REFERENCE
from app.identity import queries as identity
from app.identity.mergers.queries import check_none_merged
from app.identity.problems import ORGANISATION
from app.law.figures import parameter
from app.law.quotas.kinds import Quota
from app.law.quotas.rules import check_room
from app.market.deals.kinds import PartyRole
from app.market.deals.problems import LISTING_TAKEN
from app.market.deals.rules import PartyShare, check_parties
from app.market.listings import queries as listings
from app.market.listings import rules as listing_rules
from app.market.listings.kinds import ListingStatus
from app.market.listings.publication import require_verified
from app.pricing.negotiated import closing, queries, rules, schemas
from app.pricing.negotiated.kinds import NegotiationSide, NegotiationStatus
from app.pricing.negotiated.models import Negotiation, NegotiationBuyer, Offer
from app.pricing.negotiated.notice import service as notice
from app.pricing.negotiated.problems import NEGOTIATION_EXISTS
from app.pricing.negotiated.rules import OfferFacts
from app.pricing.negotiated.terms import rules as terms_rules
from app.pricing.offers.rules import check_expiry

OFFER_MAX_DAYS = "negotiation_offer_max_days"
TAKEN = frozenset({ListingStatus.RESERVED, ListingStatus.SOLD})


async def open_negotiation(
    session: Session, actor: Actor, listing_id: UUID, body: schemas.NegotiationIn
) -> Negotiation:
    """Open a negotiation for the actor's organisation, alone or leading others, all verified, with the first offer.

    Raises `not_negotiated`, `listing_not_open`, `own_listing`, `buyer_not_among`, `negotiation_exists`, and what
    `make_offer` raises.
    """
    lead_id = actor.organisation()
    listing = await listings.get_listing(session, actor, listing_id)
    rules.check_mode(listing.pricing_mode)
    buyers = [PartyShare(PartyRole.BUYER, party.organisation_id, party.share) for party in body.buyers]
    buyers = buyers or [PartyShare(PartyRole.BUYER, lead_id)]
    barred = await listings.selling_side(session, listing)
    rules.check_buyers(lead_id, [buyer.organisation_id for buyer in buyers], barred)
    check_parties([PartyShare(PartyRole.SELLER, listing.seller_id), *buyers])
    await _require_verified(session, buyers)
    await check_none_merged(session, {buyer.organisation_id for buyer in buyers} - {lead_id}, "buyers")
    now = await read_clock(session)
    check_room(Quota.REQUESTS, await queries.count_open(session, lead_id), session.city.day_of(now))
    listing_rules.check_open(listing.status, listing.closes_at, now)
    buyers.sort(key=lambda buyer: buyer.organisation_id != lead_id)
    negotiation = Negotiation(
        number=await readable_number(session, NumberPrefix.NEGOTIATION, now),
        listing_id=listing.id,
        listing_version=listing.version,
        seller_id=listing.seller_id,
        lead_id=lead_id,
        opened_at=now,
        buyers=[
            NegotiationBuyer(organisation_id=buyer.organisation_id, share=buyer.share, position=position)
            for position, buyer in enumerate(buyers)
        ],
    )
    await add_unique(session, negotiation, NEGOTIATION_EXISTS(number=listing.number), "uq_negotiations_live_lead")
    closing.tell(session, negotiation, "negotiation.opened")
    await _offer(session, actor, negotiation, NegotiationSide.BUYER, body, 1, now)
    return await queries.read_negotiation(session, negotiation.id)


async def make_offer(session: Session, actor: Actor, negotiation_id: UUID, body: schemas.OfferIn) -> Negotiation:
    """Answer the standing offer with another, or offer again where one's own has expired.

    Raises `offer_binding` while one's own offer stands, `offer_expiry_past`, `notice_mandatory`, `listing_not_open`,
    and the refusals of `terms_rules.check_terms`.
    """
    negotiation = await queries.get_negotiation(session, actor, negotiation_id)
    side = rules.side_of(actor.organisation(), negotiation.seller_id, negotiation.lead_id)
    negotiation = await queries.lock_negotiation(session, negotiation_id)
    rules.check_status(negotiation.status, NegotiationStatus.OPEN)
    now = await read_clock(session)
    last = await queries.last_offer(session, negotiation.id)
    rules.check_not_bound(facts_of(last), side, now)
    listing = await listings.get_listing(session, actor, negotiation.listing_id)
    listing_rules.check_open(listing.status, listing.closes_at, now)
    await _offer(session, actor, negotiation, side, body, last.number + 1, now)
    negotiation.revision += 1
    return negotiation


async def accept(session: Session, actor: Actor, negotiation_id: UUID, offer_id: UUID) -> Negotiation:
    """Accept the other side's standing offer: the listing is held, and the public notice begins.

    Of two acceptances on one listing the first one counts, decided under the listing's lock. Raises `listing_taken`,
    `listing_not_open`, `offer_replaced`, `own_offer`, `offer_expired`, and for a listing that names an appraisal report
    `price_below_floor`, `appraisal_expired`.
    """
    found = await queries.get_negotiation(session, actor, negotiation_id)
    side = rules.side_of(actor.organisation(), found.seller_id, found.lead_id)
    listing = await listings.lock_public(session, found.listing_id)
    negotiation = await queries.lock_negotiation(session, negotiation_id)
    rules.check_status(negotiation.status, NegotiationStatus.OPEN)
    now = await read_clock(session)
    last = await queries.last_offer(session, negotiation.id)
    rules.check_acceptance(facts_of(last), side, offer_id, now)
    if listing.status in TAKEN:
        raise LISTING_TAKEN(number=listing.number)
    listing_rules.check_open(listing.status, listing.closes_at, now)
    await _require_verified(session, [*closing.buyers_of(negotiation), PartyShare(PartyRole.SELLER, listing.seller_id)])
    await closing.agree(session, actor, listing, negotiation, last, now)
    return negotiation


async def withdraw(session: Session, actor: Actor, negotiation_id: UUID, reason: str) -> Negotiation:
    """Leave an open negotiation. Raises `offer_binding` for who is bound by an offer that stands."""
    negotiation = await queries.get_negotiation(session, actor, negotiation_id)
    side = rules.side_of(actor.organisation(), negotiation.seller_id, negotiation.lead_id)
    negotiation = await queries.lock_negotiation(session, negotiation_id)
    rules.check_status(negotiation.status, NegotiationStatus.OPEN)
    now = await read_clock(session)
    rules.check_not_bound(facts_of(await queries.last_offer(session, negotiation.id)), side, now)
    negotiation.status = NegotiationStatus.WITHDRAWN
    negotiation.status_reason = reason
    negotiation.revision += 1
    closing.tell(session, negotiation, "negotiation.withdrawn")
    return negotiation


async def terminate(session: Session, negotiation_id: UUID, reason: str) -> Negotiation:
    """The operator ends an agreed negotiation that cannot go on (终结) [P]: the listing is free again.

    A joint buyer that never answers, or a report that expired and is not replaced, would hold listing and parties for
    good. As for a listed sale, operating rules (2009) art. 24. Raises `negotiation_not_open`.
    """
    found = await queries.read_negotiation(session, negotiation_id)
    listing = await listings.lock_listing(session, found.listing_id)
    negotiation = await queries.lock_negotiation(session, negotiation_id)
    rules.check_status(negotiation.status, NegotiationStatus.AGREED)
    await closing.refuse(session, listing, negotiation, reason, await read_clock(session))
    return negotiation


async def close(session: Session, actor: Actor, negotiation_id: UUID) -> Negotiation:
    """Close an agreed negotiation now, if the worker has not run yet; else the refusal says what blocks it."""
    found = await queries.get_negotiation(session, actor, negotiation_id)
    rules.side_of(actor.organisation(), found.seller_id, found.lead_id)
    listing = await listings.lock_listing(session, found.listing_id)
    negotiation = await queries.lock_negotiation(session, negotiation_id)
    rules.check_status(negotiation.status, NegotiationStatus.AGREED)
    block = await closing.try_close(session, listing, negotiation, asked_by=actor)
    if block is not None:
        raise block
    return negotiation


def facts_of(offer: Offer) -> OfferFacts:
    """What the rules ask of the last offer."""
    return OfferFacts(offer.id, offer.number, offer.side, offer.expires_at)


async def _offer(
    session: Session,
    actor: Actor,
    negotiation: Negotiation,
    side: NegotiationSide,
    body: schemas.OfferIn,
    number: int,
    now: datetime,
) -> None:
    today = session.city.day_of(now)
    check_expiry(body.expires_at, now, int(parameter(OFFER_MAX_DAYS, on=today).value))
    terms_rules.check_terms(body.terms, today)
    seller = (await identity.organisations_by_id(session, [negotiation.seller_id]))[negotiation.seller_id]
    rules.check_notice_choice(
        public_notice=body.terms.public_notice,
        state_founded=seller.state_founded,
        optional=parameter(closing.NOTICE_OPTIONAL, on=today).value == Decimal(1),
        seller=seller.name,
        days=notice.days_of(today),
    )
    terms: dict[str, Any] = body.terms.model_dump(mode="json")
    offer = Offer(
        negotiation_id=negotiation.id,
        number=number,
        side=side,
        terms=terms,
        terms_sha256=sha256_hex(canonical_json(terms)),
        price=terms_rules.price_of(body.terms),
        price_basis=terms_rules.basis_of(body.terms),
        message=body.message,
        made_at=now,
        expires_at=body.expires_at,
        made_by_person_id=actor.person_id,
    )
    session.add(offer)
    await session.flush()
    closing.tell(session, negotiation, "offer.made", {"offer_id": offer.id, "offer_number": number, "side": side})


async def _require_verified(session: Session, buyers: list[PartyShare]) -> None:
    known = await identity.organisations_by_id(session, [buyer.organisation_id for buyer in buyers])
    for buyer in buyers:
        if buyer.organisation_id not in known:
            raise UNKNOWN_REFERENCE(field="buyers", what=ORGANISATION)
        require_verified(known[buyer.organisation_id])
