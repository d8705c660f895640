"""The end of the bidding: sealed bids are opened, the outcome is logged, and what it brings about begins.

Everything here runs with listing and auction locked, in this order, once: the worker comes by the deadline, and the
auction's state says whether it has come before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core import deadlines, keys
from app.core.clock import read_clock
from app.core.database import Session
from app.core.problems import Problem
from app.market.listings.models import Listing
from app.pricing.auction import queries, service
from app.pricing.auction.bidding.rules import Outcome
from app.pricing.auction.ending import leader, outcome, unsold, winner
from app.pricing.auction.kinds import AuctionForm, AuctionStatus, Ending, EntryKind
from app.pricing.auction.models import Auction
from app.pricing.auction.proof import logbook


async def close_at_end(session: Session, auction_id: UUID) -> None:
    """Close an announced auction whose end has come; one that a bid has prolonged is looked at again at its new end."""
    listing, auction = await service.lock_both(session, auction_id)
    # Not the worker's time, which is from before the lock: late bids may have been logged while it waited.
    now = await read_clock(session)
    if auction.status != AuctionStatus.ANNOUNCED:
        return
    if now < auction.ends_at and not service.is_taken(auction):
        await deadlines.schedule(session, service.CLOSES, auction.id, auction.ends_at)
        return
    try:
        end = await _open(session, auction)
    except Problem as problem:
        await _hold_up(session, listing, auction, problem, now)
        return
    won = end.found.winner
    if won is None or not await leader.stop_for(session, listing, auction, won, now):
        await _close(session, listing, auction, end, now)


@dataclass(frozen=True, slots=True)
class _End:
    """How an auction ended, and what its log will say of it."""

    found: Outcome
    revealed: list[dict[str, Any]]
    facts: dict[str, Any]


async def _open(session: Session, auction: Auction) -> _End:
    """Open what was sealed; writes nothing. Raises `exchange_keys_missing`, `exchange_keys_wrong`."""
    held = keys.current()
    bids = await queries.accepted_bids(session, auction.id)
    voidings = await queries.voidings_of(session, auction.id)
    revealed = outcome.revealed(held, bids) if auction.form == AuctionForm.SEALED else []
    found = outcome.outcome_of(held, auction, await queries.standing_bids(session, auction.id))
    return _End(found, revealed, outcome.closing_facts(held, auction, bids, voidings, found))


async def _hold_up(session: Session, listing: Listing, auction: Auction, problem: Problem, now: datetime) -> None:
    """Without the keys there is no outcome: the auction stands suspended, past its end, until the operator resumes it
    with the right ones, or calls it off.
    """
    reason = f"{problem.kind.title.en} / {problem.kind.title.zh} ({problem.kind.code})"
    await service.halt(session, listing, auction, reason, now)
    logbook.tell(session, auction, "auction.closing_failed", {"code": problem.kind.code}, public=False)


async def _close(session: Session, listing: Listing, auction: Auction, end: _End, now: datetime) -> None:
    """Log the outcome and begin what follows from it."""
    found, facts = end.found, end.facts
    if auction.form == AuctionForm.SEALED:
        await logbook.write(session, auction, EntryKind.REVEALED, now, {"bids": end.revealed})
    await logbook.write(session, auction, EntryKind.CLOSED, now, facts)
    auction.status, auction.closed_at = AuctionStatus.CLOSED, now
    auction.ending, auction.winner = found.ending, found.winner
    auction.price = found.price if found.price is not None else auction.price
    auction.revision += 1
    logbook.tell(session, auction, "auction.closed", {name: facts[name] for name in ("ending", "winner", "price")})
    if found.ending is Ending.SOLD:
        await winner.fix_winner(session, listing, auction, now)
    else:
        await unsold.unsold(session, listing, auction, found.ending, now)
