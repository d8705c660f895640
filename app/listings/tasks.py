"""What time does to listings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines
from app.listings import queries, rules, service


@deadlines.handles(service.CLOSES)
async def lapse_at_end(session: AsyncSession, listing_id: UUID, now: datetime) -> None:
    """A listing still on offer at its end lapses. One held for a buyer waits for what becomes of the deal."""
    listing = await queries.lock_listing(session, listing_id)
    if listing.status in rules.STEPS[rules.Move.LAPSE].sources:
        service.lapse(session, listing)
