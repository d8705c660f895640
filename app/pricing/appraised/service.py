"""Use cases of purchase offers (资产评估定价): offering, withdrawal, acceptance. Lock order: listing, offer, report."""

from datetime import datetime
from uuid import UUID

from app.core import deadlines
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session, add_unique
from app.core.ids import NumberPrefix, readable_number
from app.identity import queries as identity
from app.law.figures import parameter
from app.law.quotas.kinds import Quota
from app.law.quotas.rules import check_room
from app.market.deals.problems import LISTING_TAKEN
from app.market.listings import queries as listings
from app.market.listings import rules as listing_rules
from app.market.listings.kinds import ListingStatus
from app.market.listings.models import Listing
from app.market.listings.publication import check_appraised, require_verified
from app.pricing.appraised import closing, queries, rules, schemas
from app.pricing.appraised.kinds import PurchaseOfferStatus
from app.pricing.appraised.models import PurchaseOffer
from app.pricing.appraised.problems import OFFER_EXISTS
from app.pricing.appraised.rules import OfferFacts
from app.pricing.offers.rules import check_expiry

EXPIRES = "purchase_offer.expires"
"""The deadline at which an open offer expires."""
OFFER_MAX_DAYS = "purchase_offer_max_days"
TAKEN = frozenset({ListingStatus.RESERVED, ListingStatus.SOLD})


async def make_offer(session: Session, actor: Actor, listing_id: UUID, body: schemas.PurchaseOfferIn) -> PurchaseOffer:
    """Declare to buy at a price, for the actor's verified organisation; one offer a listing at a time.

    A price below the floor may be offered: the seller then has it re-approved before accepting, or does not accept.
    Raises `not_appraised`, `own_listing`, `organisation_not_verified`, `listing_not_open`, `offer_expiry_past`,
    `offer_expiry_too_far`, `purchase_offer_exists`.
    """
    buyer_id = actor.organisation()
    listing = await listings.get_listing(session, actor, listing_id)
    barred = await listings.selling_side(session, listing)
    rules.check_buyer(listing.pricing_mode, buyer_id, barred)
    require_verified((await identity.organisations_by_id(session, [buyer_id]))[buyer_id])
    before = await queries.lock_live(session, listing.id, buyer_id)
    now = await read_clock(session)
    today = session.city.day_of(now)
    check_room(Quota.REQUESTS, await queries.count_open(session, buyer_id), today)
    listing_rules.check_open(listing.status, listing.closes_at, now)
    check_expiry(body.expires_at, now, int(parameter(OFFER_MAX_DAYS, on=today).value))
    rules.check_none_stands(facts_of(before) if before else None, now)
    if before is not None:
        await _expire(session, before)
    offer = PurchaseOffer(
        **body.model_dump(),
        number=await readable_number(session, NumberPrefix.PURCHASE_OFFER, today.year),
        listing_id=listing.id,
        listing_version=listing.version,
        seller_id=listing.seller_id,
        buyer_id=buyer_id,
        made_at=now,
        made_by_person_id=actor.person_id,
    )
    # Of two first offers at once each sees none; the index lets one pass.
    open_until = offer.expires_at.isoformat()
    taken = OFFER_EXISTS(number=offer.number, status=PurchaseOfferStatus.OPEN, expires_at=open_until)
    await add_unique(session, offer, taken, "uq_purchase_offers_live_buyer")
    await deadlines.schedule(session, EXPIRES, offer.id, offer.expires_at)
    closing.tell(session, offer, "purchase_offer.made")
    return offer


async def withdraw(session: Session, actor: Actor, offer_id: UUID, reason: str) -> PurchaseOffer:
    """Take back an open offer that says that it is revocable. Raises `offer_binding` naming until when it stands."""
    await queries.get_offer(session, actor, offer_id)
    offer = await queries.lock_offer(session, offer_id)
    rules.check_withdrawal(facts_of(offer), actor.organisation(), await read_clock(session))
    offer.status = PurchaseOfferStatus.WITHDRAWN
    offer.status_reason = reason
    offer.revision += 1
    closing.tell(session, offer, "purchase_offer.withdrawn")
    return offer


async def accept(session: Session, actor: Actor, offer_id: UUID) -> PurchaseOffer:
    """Accept an offer: the listing is held, gates open, and without any there is a deal at once.

    Of two acceptances on one listing the first one counts, decided under the listing's lock. Raises `listing_taken`,
    `listing_not_open`, `purchase_offer_not_open`, `offer_expired`, and what `closing.accept` raises.
    """
    found = await queries.get_offer(session, actor, offer_id)
    rules.check_seller(facts_of(found), actor.organisation())
    listing, offer = await lock_both(session, offer_id)
    now = await read_clock(session)
    rules.check_acceptance(facts_of(offer), now)
    if listing.status in TAKEN:
        raise LISTING_TAKEN(number=listing.number)
    listing_rules.check_open(listing.status, listing.closes_at, now)
    sides = await identity.organisations_by_id(session, [offer.seller_id, offer.buyer_id])
    for side in sides.values():
        require_verified(side)
    check_appraised(listing, sides[offer.seller_id], session.city.day_of(now))
    await closing.accept(session, actor, listing, offer, now)
    return offer


async def close(session: Session, actor: Actor, offer_id: UUID) -> PurchaseOffer:
    """Make the deal of an accepted offer now; else the refusal says what blocks it, such as `appraisal_expired`."""
    found = await queries.get_offer(session, actor, offer_id)
    rules.check_seller(facts_of(found), actor.organisation())
    listing, offer = await lock_both(session, offer_id)
    rules.check_status(facts_of(offer), PurchaseOfferStatus.ACCEPTED)
    block = await closing.try_close(session, listing, offer, asked_by=actor)
    if block is not None:
        raise block
    return offer


async def expire(session: Session, offer_id: UUID, now: datetime) -> None:
    """An offer that nobody accepted in time is over."""
    offer = await queries.lock_offer(session, offer_id)
    if offer.status == PurchaseOfferStatus.OPEN and now >= offer.expires_at:
        await _expire(session, offer)


async def lapse(session: Session, offer_id: UUID, now: datetime) -> None:
    """The time to close is over: the deal is made now if nothing blocks it; else the listing is free again."""
    listing, offer = await lock_both(session, offer_id)
    if offer.status != PurchaseOfferStatus.ACCEPTED:
        return
    block = await closing.try_close(session, listing, offer)
    if block is not None:
        title = block.kind.title
        await closing.refuse(session, listing, offer, f"{block.kind.code}: {title.en} / {title.zh}", now)


async def lock_both(session: Session, offer_id: UUID) -> tuple[Listing, PurchaseOffer]:
    """An offer and its listing, locked in the order in which everything here locks them."""
    found = await queries.read_offer(session, offer_id)
    listing = await listings.lock_listing(session, found.listing_id)
    return listing, await queries.lock_offer(session, offer_id)


def facts_of(offer: PurchaseOffer) -> OfferFacts:
    """What the rules ask of an offer."""
    return OfferFacts(offer.number, offer.status, offer.seller_id, offer.buyer_id, offer.expires_at, offer.revocable)


async def _expire(session: Session, offer: PurchaseOffer) -> None:
    offer.status = PurchaseOfferStatus.EXPIRED
    offer.revision += 1
    await session.flush()
    closing.tell(session, offer, "purchase_offer.expired")
