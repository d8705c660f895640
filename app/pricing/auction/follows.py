"""What auctions do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.access import Actor
from app.core.database import Session
from app.core.history.state import STATE
from app.core.hooks import Link, follows, provides
from app.core.web import idempotency
from app.identity import hooks as identity_hooks
from app.market.deals import hooks as deal_hooks
from app.market.gates import subjects
from app.market.listings.kinds import PricingMode
from app.market.listings.modes import PROCEDURES
from app.pricing import contests
from app.pricing.auction import queries, service
from app.pricing.auction.contest import AuctionBidding
from app.pricing.auction.ending import closing, leader, winner
from app.pricing.auction.mode import Auctioned
from app.pricing.auction.models import Auction
from app.pricing.auction.proof import standing


async def bidding_ends(session: Session, auction_id: UUID, now: datetime) -> None:
    """The end of the bidding has come, or a bid has moved it meanwhile."""
    await closing.close_at_end(session, auction_id)


async def offer_ends(session: Session, auction_id: UUID, now: datetime) -> None:
    """The next bidder's chance is over."""
    await winner.end_offer(session, auction_id, now)


async def leader_is_checked(session: Session, auction_id: UUID, now: datetime) -> None:
    """The organisation that leads was suspended, or a key of it stolen."""
    await leader.stop_if_led(session, auction_id, now)


async def lock(session: Session, auction_id: UUID) -> bool:
    _, auction = await service.lock_both(session, auction_id)
    return auction.is_held


async def sees(session: Session, actor: Actor, auction_id: UUID) -> bool:
    auction = await queries.read_auction(session, auction_id)
    if actor.organisation_id is None:
        return False
    if actor.organisation_id == auction.seller_id:
        return True
    if auction.winner is None:
        return False
    return actor.organisation_id == (await winner.bidder_of(session, auction, auction.winner)).organisation_id


async def when_gate_is_settled_go_on(session: Session, auction_id: UUID, refusal: str | None, now: datetime) -> None:
    listing, auction = await service.lock_both(session, auction_id)
    if not auction.is_held:
        return
    if refusal is not None:
        await winner.refuse(session, listing, auction, refusal, now)
    else:
        await winner.try_deal(session, listing, auction)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, service.CLOSES, bidding_ends),
    provides(deadlines.HANDLERS, winner.OFFER_ENDS, offer_ends),
    provides(deadlines.HANDLERS, leader.CHECK, leader_is_checked),
    follows(identity_hooks.stopped, leader.when_organisation_is_stopped),
    follows(identity_hooks.key_stolen, leader.when_key_is_stolen),
    follows(identity_hooks.merged, leader.when_organisation_is_merged),
    provides(PROCEDURES, (PricingMode.AUCTION, None), Auctioned()),
    provides(
        subjects.SUBJECTS, winner.SUBJECT, subjects.Subject(lock=lock, sees=sees, settled=when_gate_is_settled_go_on)
    ),
    provides(contests.BIDDING, PricingMode.LISTED, AuctionBidding()),
    provides(idempotency.HELD_ELSEWHERE, "bids", queries.holds_idempotency_key),
    provides(STATE, Auction.__tablename__, standing.differences),
    follows(deal_hooks.ended, winner.when_deal_ends_ask_next_bidder),
)
