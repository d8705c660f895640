"""What time does to auctions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines
from app.core.settings import get_settings
from app.pricing.auction import service
from app.pricing.auction.ending import closing, winner


@deadlines.handles(service.CLOSES)
async def bidding_ends(session: AsyncSession, auction_id: UUID, now: datetime) -> None:
    """The end of the bidding has come, or a bid has moved it meanwhile."""
    await closing.close_at_end(session, get_settings(), auction_id)


@deadlines.handles(winner.OFFER_ENDS)
async def offer_ends(session: AsyncSession, auction_id: UUID, now: datetime) -> None:
    """The next bidder's chance is over."""
    await winner.end_offer(session, get_settings(), auction_id, now)
