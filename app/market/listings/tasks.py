"""What time does to listings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.results.service import BECAME_SECRET
from app.core import deadlines
from app.core.settings import get_settings
from app.law.periods.followers import follows
from app.market.listings import modes, queries, rules, service


@deadlines.handles(BECAME_SECRET)
async def withdraw_secret(session: AsyncSession, result_id: UUID, now: datetime) -> None:
    """What concerns a state secret or national security is never listed (policy art. 2), nor public any longer."""
    await service.withdraw_all_of(session, get_settings(), result_id)


@deadlines.handles(service.CLOSES)
async def lapse_at_end(session: AsyncSession, listing_id: UUID, now: datetime) -> None:
    """A listing still on offer at its end lapses. One held for a buyer waits for what becomes of the deal."""
    listing = await queries.lock_listing(session, listing_id)
    if listing.status in rules.STEPS[rules.Move.LAPSE].sources:
        service.lapse(session, listing)


@follows("listing")
async def follow_calendar(session: AsyncSession, listing_id: UUID, wait: bool) -> bool:
    """The calendar changed: what depends on the end of a listing's period follows it."""
    listing = await queries.find_free_listing(session, listing_id, wait=wait)
    if listing is None:
        return False
    await modes.of_listing(listing).recomputed(session, get_settings(), listing)
    return True
