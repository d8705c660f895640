"""What becomes of listings whose seller or buyer was suspended or refused meanwhile, and when it is verified again."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.history import events
from app.core.problems import Problem, Text
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.identity.models import Organisation
from app.market.listings import modes, queries, service
from app.market.listings.kinds import ListingStatus

SELLER_STOPPED: Final = "listing.seller_stopped"
PARTY_VERIFIED: Final = "listing.party_verified"
"""Deadlines at once: a listing is locked by itself, not with the organisation."""
SALE_HELD: Final = "organisation.sale_held"
"""The event of a sale that waits for an organisation to be verified again."""
REASON: Final = Text("The exchange examines the seller", "交易机构正在核查转让方")
MOST_HELD: Final = 1000


async def when_organisation_is_stopped(session: Session, organisation: Organisation, now: datetime) -> None:
    """Its listings on sale are taken off, each by itself."""
    for listing_id in await queries.published_by(session, organisation.id):
        await deadlines.schedule(session, SELLER_STOPPED, listing_id, now)


async def stop(session: Session, listing_id: UUID, now: datetime) -> None:
    """Suspend a published listing of a seller that is not verified; the operator resumes it.

    One whose auction is announced goes on, for bidders rely on it: its sale is held before the deal.
    """
    listing = await queries.lock_listing(session, listing_id)
    seller = (await identity.organisations_by_id(session, [listing.seller_id]))[listing.seller_id]
    if listing.status != ListingStatus.PUBLISHED or seller.verification == Verification.VERIFIED:
        return
    try:
        await service.suspend_by_rule(session, listing, f"{REASON.en} / {REASON.zh}", now)
    except Problem as problem:
        if problem.kind.code != "listing_in_auction":
            raise


async def when_organisation_is_verified(session: Session, organisation: Organisation, now: datetime) -> None:
    """Sales that were held for it are looked at again."""
    held = await events.latest_of(session, organisation.id, SALE_HELD, MOST_HELD)
    for listing_id in sorted({UUID(event.payload["listing_id"]) for event in held}):
        await deadlines.schedule(session, PARTY_VERIFIED, listing_id, now)


async def look_again(session: Session, listing_id: UUID, now: datetime) -> None:
    """A party is verified again: a sale without a deal goes on, if nothing else blocks it."""
    listing = await queries.lock_listing(session, listing_id)
    if listing.status == ListingStatus.RESERVED:
        await modes.of_listing(listing).look_again(session, listing)
