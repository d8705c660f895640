"""Use cases of an auction's life before and outside the bidding. Lock order: listing, auction, deposits.

Bids do not come this way: the clerk decides them. Whatever changes what the clerk reads holds the auction's row.
"""

import json
import secrets
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.core import deadlines, keys
from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.database import Session
from app.core.ids import NumberPrefix, new_id, readable_number
from app.core.settings import City
from app.identity.rules import check_near
from app.law.figures import parameter
from app.market.listings import appraisal
from app.market.listings import queries as listings
from app.market.listings import rules as listing_rules
from app.market.listings import service as listing_service
from app.market.listings.kinds import PricingMode
from app.market.listings.models import Listing
from app.pricing.auction import queries, schemas
from app.pricing.auction.bidding.forms import RULES
from app.pricing.auction.bidding.problems import AUCTION_EXISTS, NOT_AUCTIONED, RESERVE_FOREIGN, RESERVE_TOO_LOW
from app.pricing.auction.bidding.rules import Band, Conditions
from app.pricing.auction.ending import outcome, unsold
from app.pricing.auction.kinds import AuctionForm, AuctionStatus, EntryKind
from app.pricing.auction.models import Auction
from app.pricing.auction.proof import log, published
from app.pricing.auction.proof.logbook import remember_key, tell, write
from app.pricing.auction.rules import check_notice, check_running, check_status, check_viewing

CLOSES = "auction.closes"
"""The deadline at which the bidding ends, unless a bid has moved the end meanwhile."""
NOTICE_DAYS = "auction_notice_days"
VIEWING_DAYS = "auction_viewing_days"
OPEN_DAYS = "auction_listing_open_days"


async def propose(session: Session, actor: Actor, listing_id: UUID, body: schemas.AuctionIn) -> Auction:
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
    _check_days(conditions, body.viewing_from, body.viewing_to, now, session.city)
    _check_reserve(body)
    await _check_floor(session, actor, listing, body, conditions, now)
    auction = await create(
        session, listing, conditions, body.deposit_amount, now,
        viewing=(body.viewing_from, body.viewing_to), reserve=body.reserve_price, rights_abroad=body.rights_abroad
    )  # fmt: skip
    tell(session, auction, "auction.proposed", {}, public=False)
    return auction


async def create(
    session: Session,
    listing: Listing,
    conditions: Conditions,
    deposit_amount: Decimal,
    now: datetime,
    *,
    viewing: tuple[date, date] | None = None,
    reserve: Decimal | None = None,
    rights_abroad: bool = False,
    is_contest: bool = False,
) -> Auction:
    """A proposed auction of a locked listing; raises `auction_exists`, and what the form's check raises."""
    live = await queries.live_of_listing(session, listing.id)
    if live is not None:
        raise AUCTION_EXISTS(number=live.number, status=live.status)
    offered = await queries.offered_of_listing(session, listing.id)
    if offered is not None:  # the next bidder may still take it
        raise AUCTION_EXISTS(number=offered.number, status="offered")
    form = RULES[conditions.form]
    form.check(conditions)
    auction_id = new_id()
    auction = Auction(
        id=auction_id,
        number=await readable_number(session, NumberPrefix.AUCTION, now),
        listing_id=listing.id,
        listing_version=listing.version,
        seller_id=listing.seller_id,
        agency_id=listing.agency_id,
        title=listing.title,
        form=conditions.form,
        is_contest=is_contest,
        rights_abroad=rights_abroad,
        conditions=published.published_conditions(conditions)
        | {published.SEALING_KEY_ID: keys.current().sealing_key_id},
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
        auction.reserve_secret = keys.current().seal(auction.id, outcome.RESERVE, plain)
        auction.reserve_commitment = log.commitment(salt, reserve)
    session.add(auction)
    await session.flush()
    return auction


async def announce(session: Session, actor: Actor, auction_id: UUID) -> Auction:
    """Announce a proposed auction (拍卖公告): its log begins, bidders register, its end is timed.

    Raises `auction_notice_too_short`, `auction_viewing_too_short`, `listing_not_open`.
    """
    listing, auction = await lock_both(session, auction_id)
    check_status(auction.status, AuctionStatus.PROPOSED)
    now = await read_clock(session)
    listing_rules.check_open(listing.status, listing.closes_at, now)
    conditions = published.conditions_of(auction.conditions)
    assert auction.viewing_from is not None
    assert auction.viewing_to is not None
    _check_days(conditions, auction.viewing_from, auction.viewing_to, now, session.city)
    await begin(session, listing, auction, now)
    return auction


async def begin(session: Session, listing: Listing, auction: Auction, now: datetime) -> None:
    """Put an auction before the public, both locked. Raises `exchange_keys_wrong`."""
    published.require_sealing_key(auction.conditions, keys.current())
    auction.status, auction.announced_at = AuctionStatus.ANNOUNCED, now
    auction.revision += 1
    await remember_key(session, now)
    facts = {
        "number": auction.number,
        "title": auction.title,
        "listing_id": str(auction.listing_id),
        "listing_version": auction.listing_version,
        "conditions": auction.conditions,
        "reserve_commitment": auction.reserve_commitment,
    }
    await write(session, auction, EntryKind.SCHEDULED, now, facts)
    await _time_end(session, listing, auction)
    payload = {"listing_id": auction.listing_id, "form": auction.form, "starts_at": auction.starts_at}
    tell(session, auction, "auction.announced", payload)


async def suspend(session: Session, auction_id: UUID, reason: str) -> Auction:
    """Stop the clock of an announced auction; no bid is decided until it is resumed."""
    listing, auction = await lock_both(session, auction_id)
    check_status(auction.status, AuctionStatus.ANNOUNCED)
    now = await read_clock(session)
    check_running(auction.ends_at, now, taken=is_taken(auction))
    await halt(session, listing, auction, reason, now)
    return auction


async def halt(session: Session, listing: Listing, auction: Auction, reason: str, now: datetime) -> None:
    """Stop the clock of an auction, both locked; its listing does not lapse meanwhile, however long that takes.

    One that has ended already is resumed past its end: it takes no bids.
    """
    auction.status, auction.reason, auction.suspended_at = AuctionStatus.SUSPENDED, reason, now
    auction.revision += 1
    await write(session, auction, EntryKind.SUSPENDED, now, {})
    await deadlines.cancel(session, CLOSES, auction.id)
    if not auction.is_contest:
        await deadlines.cancel(session, listing_service.CLOSES, listing.id)
    tell(session, auction, "auction.suspended", {})


async def resume(session: Session, auction_id: UUID) -> Auction:
    """Let the clock run on: every later time moves by the length of the suspension."""
    listing, auction = await lock_both(session, auction_id)
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
    await _time_end(session, listing, auction)
    tell(session, auction, "auction.resumed", {"ends_at": auction.ends_at})
    return auction


async def cancel(session: Session, actor: Actor, auction_id: UUID, reason: str) -> Auction:
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
    if auction.status == AuctionStatus.ANNOUNCED:  # what has ended is closed, not called off
        check_running(auction.ends_at, now, taken=is_taken(auction))
    await call_off(session, listing, auction, reason, now)
    return auction


async def call_off(session: Session, listing: Listing, auction: Auction, reason: str, now: datetime) -> None:
    """End a live auction without outcome, listing and auction locked: deposits go back."""
    announced = auction.status != AuctionStatus.PROPOSED
    auction.status, auction.reason, auction.closed_at = AuctionStatus.CANCELLED, reason, now
    auction.revision += 1
    if announced:
        await write(session, auction, EntryKind.CANCELLED, now, {"reason": reason})
        await deadlines.cancel(session, CLOSES, auction.id)
    tell(session, auction, "auction.cancelled", {}, public=announced)
    if announced:
        await unsold.unsold(session, listing, auction, "cancelled", now)


def is_taken(auction: Auction) -> bool:
    """A descending price was taken: nothing can follow."""
    return auction.form == AuctionForm.DUTCH and auction.accepted > 0


async def lock_both(session: Session, auction_id: UUID) -> tuple[Listing, Auction]:
    """An auction and its listing, locked in the order in which everything here locks them."""
    found = await queries.read_auction(session, auction_id)
    listing = await listings.lock_listing(session, found.listing_id)
    return listing, await queries.lock_auction(session, auction_id)


async def keep_listing_open(session: Session, listing: Listing, until: datetime) -> None:
    """Let the listing outlast the bidding or an offer that ends at `until`, so that what follows finds it open."""
    days = int(parameter(OPEN_DAYS, on=session.city.day_of(until)).value)
    await listing_service.keep_open_until(session, listing, until + timedelta(days=days))


async def _time_end(session: Session, listing: Listing, auction: Auction) -> None:
    """Set when the bidding ends; the listing stays open beyond it. One whose mode hands over has an end of its own."""
    if not auction.is_contest:
        await keep_listing_open(session, listing, auction.ends_at)
    closes_at = auction.starts_at if is_taken(auction) else auction.ends_at  # nothing can follow: at once
    await deadlines.schedule(session, CLOSES, auction.id, closes_at)


def _conditions(body: schemas.AuctionIn) -> Conditions:
    def seconds(value: int | None) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)

    return Conditions(
        form=body.form,
        starting_price=body.starting_price,
        ladder=tuple(Band(band.from_price, band.step) for band in body.ladder),
        starts_at=body.starts_at,
        free_until=body.free_until,
        window=seconds(body.window_seconds),
        hard_end=body.hard_end,
        step_every=seconds(body.step_every_seconds),
        price_floor=body.price_floor,
    )


def _check_reserve(body: schemas.AuctionIn) -> None:
    if body.reserve_price is None:
        return
    if body.form is AuctionForm.DUTCH:
        raise RESERVE_FOREIGN(field="reserve_price")
    if body.reserve_price < body.starting_price:
        raise RESERVE_TOO_LOW(field="reserve_price", starting_price=f"{body.starting_price:.2f}")


async def _check_floor(
    session: Session, actor: Actor, listing: Listing, body: schemas.AuctionIn, conditions: Conditions, now: datetime
) -> None:
    """The least price at which this auction can sell must not be below the floor of the listing's appraisal report.

    Raises `price_below_floor`. The report is judged again on the day of the deal.
    """
    least, field = (body.starting_price, "starting_price")
    if body.reserve_price is not None:
        least, field = body.reserve_price, "reserve_price"
    elif conditions.price_floor is not None:
        least, field = conditions.price_floor, "price_floor"
    await appraisal.check_price(session, listing, least, session.city.day_of(now), actor, field=field)


def _check_days(conditions: Conditions, first: date, last: date, now: datetime, city: City) -> None:
    today, starts_on = city.day_of(now), city.day_of(conditions.starts_at)
    check_near("starts_at", starts_on, today)
    check_notice(starts_on, today, int(parameter(NOTICE_DAYS, on=today).value))
    check_viewing(first, last, starts_on, today, int(parameter(VIEWING_DAYS, on=today).value))
