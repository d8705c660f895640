"""What listings do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.catalogue.results.service import BECAME_SECRET
from app.core import deadlines
from app.core.database import Session
from app.core.history import events
from app.core.hooks import Link, follows, provides
from app.core.problems import Problem, Text
from app.identity import hooks as identity_hooks
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.identity.models import Organisation
from app.law.periods.hooks import RECOUNTED
from app.market.listings import modes, queries, rules, service
from app.market.listings.attachments import SUBJECT, access_to_listing
from app.market.listings.kinds import ListingStatus, Move
from app.office.documents.access import READERS

SELLER_STOPPED: Final = "listing.seller_stopped"
PARTY_VERIFIED: Final = "listing.party_verified"
"""Deadlines at once: a listing is locked by itself, not with the organisation."""
REASON: Final = Text("The exchange examines the seller", "交易机构正在核查转让方")
MOST_HELD: Final = 1000


async def withdraw_secret(session: Session, result_id: UUID, now: datetime) -> None:
    """What concerns a state secret or national security is never listed (policy art. 2), nor public any longer."""
    await service.withdraw_all_of(session, result_id)


async def lapse_at_end(session: Session, listing_id: UUID, now: datetime) -> None:
    """A listing still on offer at its end lapses. One held for a buyer waits for what becomes of the deal."""
    listing = await queries.lock_listing(session, listing_id)
    if listing.status in rules.STEPS[Move.LAPSE].sources:
        service.lapse(session, listing)


async def follow_calendar(session: Session, listing_id: UUID, wait: bool) -> bool:
    """The calendar changed: what depends on the end of a listing's period follows it."""
    listing = await queries.find_free_listing(session, listing_id, wait=wait)
    if listing is None:
        return False
    await modes.of_listing(listing).recomputed(session, listing)
    return True


async def when_organisation_is_stopped(session: Session, organisation: Organisation, now: datetime) -> None:
    """Its listings on sale are taken off, each by itself."""
    for listing_id in await queries.published_by(session, organisation.id):
        await deadlines.schedule(session, SELLER_STOPPED, listing_id, now)


async def stop_of_seller(session: Session, listing_id: UUID, now: datetime) -> None:
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
    held = await events.latest_of(session, organisation.id, "organisation.sale_held", MOST_HELD)
    for listing_id in sorted({UUID(event.payload["listing_id"]) for event in held}):
        await deadlines.schedule(session, PARTY_VERIFIED, listing_id, now)


async def party_is_verified(session: Session, listing_id: UUID, now: datetime) -> None:
    """A party is verified again: a sale without a deal goes on, if nothing else blocks it."""
    listing = await queries.lock_listing(session, listing_id)
    if listing.status == ListingStatus.RESERVED:
        await modes.of_listing(listing).look_again(session, listing)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, BECAME_SECRET, withdraw_secret),
    provides(deadlines.HANDLERS, service.CLOSES, lapse_at_end),
    provides(deadlines.HANDLERS, SELLER_STOPPED, stop_of_seller),
    provides(deadlines.HANDLERS, PARTY_VERIFIED, party_is_verified),
    follows(identity_hooks.stopped, when_organisation_is_stopped),
    follows(identity_hooks.verified, when_organisation_is_verified),
    provides(RECOUNTED, "listing", follow_calendar),
    provides(READERS, SUBJECT, access_to_listing),
)
