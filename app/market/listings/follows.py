"""What listings do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.catalogue.results.service import BECAME_SECRET
from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, follows, provides
from app.identity import hooks as identity_hooks
from app.law.periods.hooks import RECOUNTED
from app.market.listings import modes, parties, queries, rules, service
from app.market.listings.attachments import SUBJECT, access_to_listing
from app.market.listings.kinds import Move
from app.office.documents.access import READERS


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


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, BECAME_SECRET, withdraw_secret),
    provides(deadlines.HANDLERS, service.CLOSES, lapse_at_end),
    provides(deadlines.HANDLERS, parties.SELLER_STOPPED, parties.stop),
    provides(deadlines.HANDLERS, parties.PARTY_VERIFIED, parties.look_again),
    follows(identity_hooks.stopped, parties.when_organisation_is_stopped),
    follows(identity_hooks.verified, parties.when_organisation_is_verified),
    provides(RECOUNTED, "listing", follow_calendar),
    provides(READERS, SUBJECT, access_to_listing),
)
