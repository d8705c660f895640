"""Use cases of an auction's life before and beside the bidding. Lock order: listing, auction, deposits.

Bids do not come this way: the clerk decides them. Whatever changes what the clerk reads holds the auction's row.
"""

import json
import secrets
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines, events, keys
from app.core.access import Actor, Role
from app.core.clock import local_date, read_clock
from app.core.ids import new_id, readable_number
from app.core.parameters import parameter
from app.core.settings import Settings
from app.listings import queries as listings
from app.listings import rules as listing_rules
from app.listings import service as listing_service
from app.listings.models import Listing, PricingMode
from app.pricing.auction import bidders, log, queries, schemas, standing
from app.pricing.auction.admission_problems import AUCTION_EXISTS, NOT_AUCTIONED, RESERVE_TOO_LOW
from app.pricing.auction.forms import RULES
from app.pricing.auction.life_rules import check_notice, check_status, check_viewing
from app.pricing.auction.models import Auction, AuctionEntry, AuctionStatus, EntryKind, ExchangeKey
from app.pricing.auction.receipts import Signer
from app.pricing.auction.rules import Band, Conditions
from app.pricing.auction.standing import Standing

CLOSES = "auction.closes"
"""The deadline at which the bidding ends, unless a bid has moved the end meanwhile."""
NOTICE_DAYS = "auction_notice_days"
VIEWING_DAYS = "auction_viewing_days"
MARGIN = timedelta(days=90)
"""How long beyond the bidding a listing stays open, so that a contract, or the next bidder's chance, finds it so."""
RESERVE = "reserve"


async def propose(
    session: AsyncSession, actor: Actor, settings: Settings, listing_id: UUID, body: schemas.AuctionIn
) -> Auction:
    """Propose an auction of one's own published listing; the operator announces it.

    Raises `not_auctioned`, `listing_not_open`, `auction_exists`, the forms' refusals of conditions, and those of notice
    and viewing, which are judged again at the announcement.
    """
    listing = await listings.lock_for(session, actor, listing_id)
    now = await read_clock(session)
    if listing.pricing_mode != PricingMode.AUCTION:
        raise NOT_AUCTIONED(pricing_mode=listing.pricing_mode)
    listing_rules.check_open(listing.status, listing.closes_at, now)
    conditions = _conditions(body)
    _check_days(conditions, body.viewing_from, body.viewing_to, now, settings)
    if body.reserve_price is not None and body.reserve_price < body.starting_price:
        raise RESERVE_TOO_LOW(field="reserve_price", starting_price=f"{body.starting_price:.2f}")
    auction = await create(
        session, settings, listing, conditions, body.deposit_amount, now,
        viewing=(body.viewing_from, body.viewing_to), reserve=body.reserve_price,
    )  # fmt: skip
    tell(session, auction, "auction.proposed", {}, public=False)
    return auction


async def create(
    session: AsyncSession,
    settings: Settings,
    listing: Listing,
    conditions: Conditions,
    deposit_amount: Decimal,
    now: datetime,
    *,
    viewing: tuple[date, date] | None = None,
    reserve: Decimal | None = None,
    is_contest: bool = False,
) -> Auction:
    """A proposed auction of a locked listing; raises `auction_exists`, and what the form's check raises."""
    live = await queries.live_of_listing(session, listing.id)
    if live is not None:
        raise AUCTION_EXISTS(number=live.number, status=live.status)
    form = RULES[conditions.form]
    form.check(conditions)
    auction_id = new_id()
    auction = Auction(
        id=auction_id,
        number=await readable_number(session, settings.city_code, "A", local_date(now, settings.zone).year),
        listing_id=listing.id,
        listing_version=listing.version,
        seller_id=listing.seller_id,
        agency_id=listing.agency_id,
        title=listing.title,
        form=conditions.form,
        is_contest=is_contest,
        conditions=standing.published_conditions(conditions),
        deposit_amount=deposit_amount,
        starts_at=conditions.starts_at,
        ends_at=form.opening(conditions).ends_at,
        head=log.genesis(auction_id),
        accepted=0,
        last_seq=0,
        shift=timedelta(0),
    )
    if viewing is not None:
        auction.viewing_from, auction.viewing_to = viewing
    if reserve is not None:
        salt = secrets.token_hex(16)
        plain = json.dumps({"amount": log.money(reserve), "salt": salt}).encode()
        auction.reserve_secret = keys.current().seal(auction.id, RESERVE, plain)
        auction.reserve_commitment = log.commitment(salt, reserve)
    session.add(auction)
    await session.flush()
    return auction


async def announce(session: AsyncSession, actor: Actor, settings: Settings, auction_id: UUID) -> Auction:
    """Announce a proposed auction (拍卖公告): its log begins, bidders register, its end is timed.

    Raises `auction_notice_too_short`, `auction_viewing_too_short`, `listing_not_open`.
    """
    listing, auction = await lock_both(session, auction_id)
    check_status(auction.status, AuctionStatus.PROPOSED)
    now = await read_clock(session)
    listing_rules.check_open(listing.status, listing.closes_at, now)
    conditions = standing.conditions_of(auction.conditions)
    assert auction.viewing_from is not None
    assert auction.viewing_to is not None
    _check_days(conditions, auction.viewing_from, auction.viewing_to, now, settings)
    await begin(session, listing, auction, now)
    return auction


async def begin(session: AsyncSession, listing: Listing, auction: Auction, now: datetime) -> None:
    """Put an auction before the public, both locked."""
    auction.status, auction.announced_at = AuctionStatus.ANNOUNCED, now
    auction.revision += 1
    await remember_key(session, now)
    facts = {"conditions": auction.conditions, "reserve_commitment": auction.reserve_commitment}
    await write(session, auction, EntryKind.SCHEDULED, now, facts)
    await listing_service.keep_open_until(session, listing, auction.ends_at + MARGIN)
    await deadlines.schedule(session, CLOSES, auction.id, auction.ends_at)
    payload = {"listing_id": auction.listing_id, "form": auction.form, "starts_at": auction.starts_at}
    tell(session, auction, "auction.announced", payload)


async def suspend(session: AsyncSession, auction_id: UUID, reason: str) -> Auction:
    """Stop the clock of an announced auction; no bid is decided until it is resumed."""
    auction = await queries.lock_auction(session, auction_id)
    check_status(auction.status, AuctionStatus.ANNOUNCED)
    now = await read_clock(session)
    check_running(auction, now)
    auction.status, auction.reason, auction.suspended_at = AuctionStatus.SUSPENDED, reason, now
    auction.revision += 1
    await write(session, auction, EntryKind.SUSPENDED, now, {})
    await deadlines.cancel(session, CLOSES, auction.id)
    tell(session, auction, "auction.suspended", {})
    return auction


async def resume(session: AsyncSession, auction_id: UUID) -> Auction:
    """Let the clock run on: every time still to come moves by what the suspension took."""
    auction = await queries.lock_auction(session, auction_id)
    check_status(auction.status, AuctionStatus.SUSPENDED)
    now = await read_clock(session)
    assert auction.suspended_at is not None
    took = now - auction.suspended_at
    auction.shift += took
    auction.starts_at += took
    auction.ends_at += took
    auction.status, auction.reason, auction.suspended_at = AuctionStatus.ANNOUNCED, None, None
    auction.revision += 1
    await write(session, auction, EntryKind.RESUMED, now, {"ends_at": log.moment(auction.ends_at)})
    listing = await listings.lock_listing(session, auction.listing_id)
    await listing_service.keep_open_until(session, listing, auction.ends_at + MARGIN)
    await deadlines.schedule(session, CLOSES, auction.id, auction.ends_at)
    tell(session, auction, "auction.resumed", {"ends_at": auction.ends_at})
    return auction


async def cancel(session: AsyncSession, actor: Actor, settings: Settings, auction_id: UUID, reason: str) -> Auction:
    """End an auction without outcome: its seller while it is proposed, the operator until it is closed.

    Every deposit goes back; the listing ends on the day that was published.
    """
    await queries.get_auction(session, actor, auction_id)
    listing, auction = await lock_both(session, auction_id)
    wanted = [AuctionStatus.PROPOSED]
    if actor.has(Role.OPERATOR):
        wanted += [AuctionStatus.ANNOUNCED, AuctionStatus.SUSPENDED]
    check_status(auction.status, *wanted)
    now = await read_clock(session)
    announced = auction.status != AuctionStatus.PROPOSED
    auction.status, auction.reason, auction.closed_at = AuctionStatus.CANCELLED, reason, now
    auction.revision += 1
    if announced:
        await write(session, auction, EntryKind.CANCELLED, now, {"reason": reason})
        await deadlines.cancel(session, CLOSES, auction.id)
        await bidders.release_all(session, settings, listing, auction, now, reason="cancelled")
    tell(session, auction, "auction.cancelled", {}, public=announced)
    return auction


async def lock_both(session: AsyncSession, auction_id: UUID) -> tuple[Listing, Auction]:
    """An auction and its listing, locked in the order in which everything here locks them."""
    found = await queries.read_auction(session, auction_id)
    listing = await listings.lock_listing(session, found.listing_id)
    return listing, await queries.lock_auction(session, auction_id)
