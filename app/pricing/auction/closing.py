"""The end of the bidding: sealed bids are opened, the outcome is logged, and what it brings about begins.

Everything here runs with listing and auction locked, in this order, once: the worker comes by the deadline, and the
auction's state says whether it has come before.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines, keys
from app.core.clock import read_clock
from app.core.settings import Settings
from app.listings.models import Listing
from app.pricing.auction import award, contests_end, logbook, outcome, queries, service
from app.pricing.auction.models import Auction, AuctionStatus, EntryKind
from app.pricing.auction.rules import Ending, Form


async def close_at_end(session: AsyncSession, settings: Settings, auction_id: UUID) -> None:
    """Close an announced auction whose end has come; one that a bid has prolonged is looked at again at its new end."""
    listing, auction = await service.lock_both(session, auction_id)
    # Not the worker's time, which is from before the lock: late bids may have been logged while it waited.
    now = await read_clock(session)
    if auction.status != AuctionStatus.ANNOUNCED:
        return
    if now < auction.ends_at and not service.is_taken(auction):
        await deadlines.schedule(session, service.CLOSES, auction.id, auction.ends_at)
        return
    await close(session, settings, listing, auction, now)


async def close(session: AsyncSession, settings: Settings, listing: Listing, auction: Auction, now: datetime) -> None:
    """Open what was sealed, log the outcome and begin what follows from it."""
    held = keys.current()
    bids = await queries.accepted_bids(session, auction.id)
    if auction.form == Form.SEALED:
        await logbook.write(session, auction, EntryKind.REVEALED, now, {"bids": outcome.revealed(held, bids)})
    found = outcome.outcome_of(held, auction, bids)
    facts = outcome.closing_facts(held, auction, bids, found)
    await logbook.write(session, auction, EntryKind.CLOSED, now, facts)
    auction.status, auction.closed_at = AuctionStatus.CLOSED, now
    auction.ending, auction.winner = found.ending, found.winner
    auction.price = found.price if found.price is not None else auction.price
    auction.revision += 1
    logbook.tell(session, auction, "auction.closed", {name: facts[name] for name in ("ending", "winner", "price")})
    if found.ending is Ending.SOLD:
        await award.fix_winner(session, settings, listing, auction, now)
    else:
        await contests_end.unsold(session, settings, listing, auction, found.ending, now)
