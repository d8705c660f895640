"""What listings do without a request: when a deadline falls due, and when others announce or ask."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from app.catalogue.results import hooks as result_hooks
from app.catalogue.results.service import BECAME_SECRET
from app.catalogue.rights import hooks as right_hooks
from app.catalogue.rights.models import AssetEvent
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
from app.market.listings.models import Listing
from app.market.listings.problems import RESULT_ON_OFFER
from app.office.documents.access import READERS

SELLER_STOPPED: Final = "listing.seller_stopped"
PARTY_VERIFIED: Final = "listing.party_verified"
"""Deadlines at once: a listing is locked by itself, not with the organisation."""
REASON: Final = Text("The exchange examines the seller", "交易机构正在核查转让方")
RIGHT_BURDENED: Final = "listing.right_burdened"
RIGHT_REASON: Final = Text("Something happened to a right that is sold", "所售知识产权发生变动")
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
    await _suspend_by_rule(session, listing, REASON, now)


async def refuse_change_on_offer(session: Session, result_id: UUID, parts: Sequence[str]) -> None:
    """What a listing offers does not change under those who rely on it: raises `result_on_offer`."""
    listing = await queries.on_offer(session, result_id)
    if listing is not None:
        raise RESULT_ON_OFFER(
            field=parts[0], number=listing.number, status=listing.status, parts=", ".join(f"`{part}`" for part in parts)
        )


async def when_right_is_burdened(session: Session, event: AssetEvent, now: datetime) -> None:
    """The listings that hang on it are taken off sale, each by itself."""
    for listing_id in await queries.published_with(session, event.asset_id):
        await deadlines.schedule(session, RIGHT_BURDENED, listing_id, now)


async def stop_for_right(session: Session, listing_id: UUID, now: datetime) -> None:
    """Suspend a published listing whose right lapsed, was invalidated, pledged or licensed elsewhere.

    One whose auction is announced goes on, for bidders rely on it: its sale is held before the deal.
    """
    listing = await queries.lock_listing(session, listing_id)
    if listing.status == ListingStatus.PUBLISHED:
        await _suspend_by_rule(session, listing, RIGHT_REASON, now)


async def _suspend_by_rule(session: Session, listing: Listing, reason: Text, now: datetime) -> None:
    try:
        await service.suspend_by_rule(session, listing, f"{reason.en} / {reason.zh}", now)
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
    provides(deadlines.HANDLERS, RIGHT_BURDENED, stop_for_right),
    provides(deadlines.HANDLERS, PARTY_VERIFIED, party_is_verified),
    follows(result_hooks.parts_change, refuse_change_on_offer),
    follows(right_hooks.recorded, when_right_is_burdened),
    provides(right_hooks.CONCERNED, SUBJECT, queries.selling_sides_with),
    provides(right_hooks.PUBLISHED, SUBJECT, queries.published_assets),
    follows(identity_hooks.stopped, when_organisation_is_stopped),
    follows(identity_hooks.verified, when_organisation_is_verified),
    provides(RECOUNTED, "listing", follow_calendar),
    provides(READERS, SUBJECT, access_to_listing),
)
