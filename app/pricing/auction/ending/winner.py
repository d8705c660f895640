"""From the winner to the deal: gates, deal, confirmation (成交确认书); the next bidder's chance after a default.

Everything here runs with listing and auction locked, in this order.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core import deadlines, keys
from app.core.access import Actor
from app.core.canonical import canonical_json, sha256_hex
from app.core.clock import read_clock
from app.core.database import Session
from app.core.ids import NumberPrefix, readable_number
from app.core.problems import Problem
from app.identity import queries as identity
from app.law.figures import parameter
from app.market.deals.kinds import DealStatus, Defaulted, PriceSource
from app.market.deals.models import Deal
from app.market.deals.service import publish_price
from app.market.listings import queries as listings
from app.market.listings import service as listing_service
from app.market.listings.kinds import ListingStatus
from app.market.listings.models import Listing
from app.office.ledger.deposits import service as deposits
from app.pricing import closing, contests
from app.pricing.auction import queries, service
from app.pricing.auction.bidding.problems import OFFER_NOT_YOURS
from app.pricing.auction.ending import outcome, unsold
from app.pricing.auction.kinds import EntryKind
from app.pricing.auction.models import Auction, AuctionBidder, AuctionConfirmation
from app.pricing.auction.proof import log, logbook

SUBJECT = "auction"
"""What gates of an auctioned sale are of."""
OFFER_ENDS = "auction.offer_ends"
"""The deadline of the next bidder's chance."""
NEXT_CHANCE_DAYS = "auction_next_chance_days"


async def fix_winner(session: Session, listing: Listing, auction: Auction, now: datetime) -> None:
    """The winner is fixed: the listing is held for it, the others' deposits go back, and the deal is made if no gate
    blocks it.
    """
    winner_id = (await bidder_of(session, auction, auction.winner)).organisation_id
    await deposits.release_losers(session, ("listing", listing.id), winner_id, now)
    await _hold(session, listing, auction)


async def _hold(session: Session, listing: Listing, auction: Auction) -> None:
    """Reserve the listing for the winner, and make the deal as soon as nothing blocks it."""
    listing_service.reserve(session, listing)
    auction.is_held = True
    await try_deal(session, listing, auction)


async def try_deal(session: Session, listing: Listing, auction: Auction) -> Problem | None:
    """Make the deal with the winner, or answer what blocks it, by today's facts. A result that became a state secret
    meanwhile ends the sale.
    """
    assert auction.price is not None
    now = await read_clock(session)
    bidder = await bidder_of(session, auction, auction.winner)
    abroad = auction.rights_abroad or bidder.buyer_abroad
    buying = closing.one_buyer(bidder.organisation_id, abroad=abroad, chosen=False)
    deal = await closing.make_deal(
        session, closing.Agreed((SUBJECT, auction.id), listing, buying, auction.price), now, asked_by=None
    )
    if isinstance(deal, closing.Over):
        await refuse(session, listing, auction, deal.reason, now)
        return None
    if not isinstance(deal, Deal):
        return deal
    publish_price(deal, PriceSource.AUCTION, auction.number, auction.closed_at or now)
    auction.deal_id, auction.is_held, auction.revision = deal.id, False, auction.revision + 1
    await _confirm(session, listing, auction, deal, now)
    if auction.is_contest:
        ended = contests.Outcome(auction.id, deal.id, None)
        await contests.tell_outcome(session, listing, ended, now)
    return None


async def refuse(session: Session, listing: Listing, auction: Auction, reason: str, now: datetime) -> None:
    """A sale that gates held ends without a deal: the deposit goes back."""
    auction.reason, auction.is_held, auction.revision = reason, False, auction.revision + 1
    logbook.tell(session, auction, "auction.sale_refused", {"reason": reason}, public=False)
    await unsold.unsold(session, listing, auction, "refused", now)


async def bidder_of(session: Session, auction: Auction, paddle: int | None) -> AuctionBidder:
    assert paddle is not None
    return await queries.bidder_of_paddle(session, auction.id, paddle)


async def _confirm(session: Session, listing: Listing, auction: Auction, deal: Deal, now: datetime) -> None:
    """Issue the confirmation that both sides sign (Auction Law art. 52): sealed, signed by the exchange."""
    known = await identity.organisations_by_id(session, [party.organisation_id for party in deal.parties])
    number = await readable_number(session, NumberPrefix.AUCTION_CONFIRMATION, now)
    content: dict[str, Any] = {
        "number": number,
        "auction_number": auction.number,
        "listing_number": listing.number,
        "listing_version": auction.listing_version,
        "deal_number": deal.number,
        "title": auction.title,
        "form": auction.form,
        "price": log.money(deal.price),
        "paddle": auction.winner,
        "parties": [
            {
                "role": party.role,
                "organisation_id": str(party.organisation_id),
                "name": known[party.organisation_id].name,
            }
            for party in deal.parties
        ],
        "closed_at": log.moment(auction.closed_at or now),
        "log_seq": auction.last_seq,
        "log_head": auction.head.hex(),
    }
    text = canonical_json(content)
    signer = logbook.signer()
    await logbook.remember_key(session, now)
    row = AuctionConfirmation(
        number=number,
        auction_id=auction.id,
        deal_id=deal.id,
        content=text.decode(),
        sha256=sha256_hex(text),
        signature=signer.sign_confirmation(text),
        key_id=signer.key_id,
        issued_at=now,
        signatures=[],
    )
    session.add(row)
    await session.flush()
    payload = {"confirmation_number": number, "deal_id": deal.id, "sha256": row.sha256}
    logbook.tell(session, auction, "auction.confirmed", payload, public=False)


# The winner defaults


async def when_deal_ends_ask_next_bidder(session: Session, deal: Deal, now: datetime) -> None:
    """The deal of an auction ended without a contract: unless the seller defaulted, the next bidder gets its chance.

    A contract that was not signed in time counts as the winner's default here [P]; what becomes of its deposit is found
    by the operator.
    """
    auction = await queries.of_deal(session, deal.id)
    if auction is None or auction.is_contest or deal.listing_id is None:
        return
    listing = await listings.lock_listing(session, deal.listing_id)
    auction = await queries.lock_auction(session, auction.id)
    now = await read_clock(session)  # after the lock: the log's times do not go back
    auction.deal_id, auction.revision = None, auction.revision + 1
    if deal.status == DealStatus.CANCELLED and (deal.default is None or deal.default.defaulted != Defaulted.BUYER):
        auction.reason = deal.status_reason
        await _give_up(session, listing, now)
        return
    await logbook.write(session, auction, EntryKind.DEFAULTED, now, {"paddle": auction.winner})
    logbook.tell(session, auction, "auction.defaulted", {"paddle": auction.winner})
    days = int(parameter(NEXT_CHANCE_DAYS, on=session.city.day_of(now)).value)
    following = await _next_or_none(session, deal, auction)
    if following is None or days == 0 or listing.status != ListingStatus.PUBLISHED:
        await _give_up(session, listing, now)
        return
    paddle, price = following
    until = now + timedelta(days=days)
    auction.offered_to, auction.offer_ends_at, auction.price = paddle, until, price
    facts = {"paddle": paddle, "price": log.money(price)}
    await logbook.write(session, auction, EntryKind.OFFERED, now, facts)
    await service.keep_listing_open(session, listing, until)
    await deadlines.schedule(session, OFFER_ENDS, auction.id, until)
    logbook.tell(session, auction, "auction.offered", facts | {"until": until})


async def _give_up(session: Session, listing: Listing, now: datetime) -> None:
    """Nothing comes of the auction any more: the listing ends on the day that was published."""
    if listing.status == ListingStatus.PUBLISHED:
        await listing_service.end_when_published(session, listing, now)


async def _next_or_none(session: Session, deal: Deal, auction: Auction) -> tuple[int, Decimal] | None:
    """The next bidder. Time does not wait for keys that do not fit: nobody is asked, and the reason says why.

    Anyone who cancels is told `exchange_keys_wrong` and may do it later.
    """
    try:
        return await _next(session, auction)
    except Problem as problem:
        if deal.status != DealStatus.EXPIRED:
            raise
        auction.reason = f"{problem.kind.title.en} / {problem.kind.title.zh} ({problem.kind.code})"
        return None


async def _next(session: Session, auction: Auction) -> tuple[int, Decimal] | None:
    """The bidder after the last winner in the ranking, and how far it went."""
    bids = await queries.standing_bids(session, auction.id)
    ranked = outcome.outcome_of(keys.current(), auction, bids).ranking
    places = [paddle for paddle, _ in ranked]
    place = places.index(auction.winner) + 1 if auction.winner in places else len(ranked)
    return ranked[place] if place < len(ranked) else None


async def accept_offer(session: Session, actor: Actor, auction_id: UUID) -> Auction:
    """Take the lot that stands offered after a default, at one's own bid. Raises `auction_offer_not_open`."""
    await queries.get_auction(session, actor, auction_id)
    listing, auction = await service.lock_both(session, auction_id)
    bidder = await queries.find_bidder(session, auction_id, actor.organisation())
    now = await read_clock(session)
    open_still = auction.offer_ends_at is not None and now < auction.offer_ends_at
    if bidder is None or auction.offered_to != bidder.paddle or not open_still:
        raise OFFER_NOT_YOURS()
    auction.winner, auction.offered_to, auction.offer_ends_at = bidder.paddle, None, None
    await deadlines.cancel(session, OFFER_ENDS, auction.id)
    logbook.tell(session, auction, "auction.offer_accepted", {"paddle": bidder.paddle})
    await _hold(session, listing, auction)
    return auction


async def end_offer(session: Session, auction_id: UUID, now: datetime) -> None:
    """The next bidder has let its chance pass: the one after it gets none; the listing ends on its day."""
    listing, auction = await service.lock_both(session, auction_id)
    if auction.offer_ends_at is None or now < auction.offer_ends_at:
        return
    auction.offered_to, auction.offer_ends_at, auction.revision = None, None, auction.revision + 1
    logbook.tell(session, auction, "auction.offer_lapsed", {})
    await _give_up(session, listing, now)
