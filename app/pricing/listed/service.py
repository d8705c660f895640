"""How a competitive listed sale ends: the count at the end of the notice, and what follows from it.

Lock order: the listing, then deposits. Every function here but the first two is called with the listing locked.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.problems import Text
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.law.periods.service import hold_calendar
from app.market.gates import rules as gate_rules
from app.market.gates.openings import Buying, find_sale
from app.market.listings import queries as listings
from app.market.listings import service as listing_service
from app.market.listings.kinds import ListingStatus
from app.market.listings.models import Listing
from app.office.ledger.deposits import queries as deposit_queries
from app.office.ledger.deposits import service as deposits
from app.pricing import contests
from app.pricing.closing import BECAME_UNLISTABLE
from app.pricing.contests import Contest, Outcome
from app.pricing.listed import closing, problems, queries, registrants, rules
from app.pricing.listed.announcement import notice
from app.pricing.listed.kinds import RegistrantStatus, SalePhase, Verdict
from app.pricing.listed.models import ListedSale
from app.pricing.listed.rules import Entry

NOBODY = "Nobody who may buy registered / 无符合条件的意向受让方"
SUSPENDED_TOO_LONG = "The suspension was not lifted in time / 中止期限届满未恢复"


async def end_notice(session: Session, listing_id: UUID, now: datetime) -> None:
    """The notice, or the review after it, has ended: count, unless that was done or the end moved."""
    listing = await listings.lock_listing(session, listing_id)
    sale = await queries.sale_of(session, listing_id)
    if sale is None or listing.status != ListingStatus.PUBLISHED:
        return
    notice_over = sale.phase == SalePhase.NOTICE and listing.closes_at is not None and now >= listing.closes_at
    review_over = sale.phase == SalePhase.REVIEW and sale.review_ends_at is not None and now >= sale.review_ends_at
    if notice_over or review_over:
        await count(session, listing, sale, now, review_over=review_over)


async def end_suspension(session: Session, listing_id: UUID, now: datetime) -> None:
    """A suspension lasts a month at most, as a rule: nobody lifted it, so the listing lapses [P], and deposits go back.

    Source: operating rules (2009) art. 23: within the month the exchange resumes or terminates.
    """
    listing = await listings.lock_listing(session, listing_id)
    sale = await queries.sale_of(session, listing_id)
    running = sale is not None and sale.phase == SalePhase.NOTICE and listing.status == ListingStatus.SUSPENDED
    if sale is None or not running or listing.closes_at is None or now < listing.closes_at:
        return
    notice.tell(session, listing, "listing.suspension_ran_out")
    await lapse(session, listing, sale, SUSPENDED_TOO_LONG, now)


async def terminate(session: Session, actor: Actor, listing_id: UUID, reason: str) -> ListedSale:
    """The operator ends a sale that cannot go on (终结, operating rules (2009) art. 24): it lapses, deposits go back.

    Not while there is bidding, which the auction cancels, nor once there is a deal. Raises `listed_sale_under_way`.
    """
    listing = await listings.lock_for(session, actor, listing_id)
    sale = await queries.sale_of(session, listing_id)
    rules.check_competitive(listing.pricing_mode, listing.allocation)
    phase = sale.phase if sale else None
    if sale is None or phase not in (SalePhase.NOTICE, SalePhase.REVIEW, SalePhase.HELD):
        raise problems.SALE_UNDER_WAY(what=Text("Termination", "终结"), phase=phase or listing.status)
    now = await read_clock(session)
    if phase == SalePhase.HELD:
        await closing.refuse(session, listing, sale, reason, now)
    else:
        await lapse(session, listing, sale, reason, now)
    return sale


async def review_again(session: Session, listing: Listing, sale: ListedSale) -> None:
    """Somebody decided during the review: where nothing is left to decide, it ends now."""
    if sale.phase == SalePhase.REVIEW:
        await count(session, listing, sale, await read_clock(session), review_over=False)


async def count(session: Session, listing: Listing, sale: ListedSale, now: datetime, *, review_over: bool) -> None:
    """Count the registrants and draw the consequence, once: the phase says what has been drawn."""
    conditions = await queries.conditions_of(session, listing.id)
    await hold_calendar(session)  # ending the notice holds it: before the deposits, as everybody does
    entries = await _entries(session, listing)
    left = conditions.extensions_max - sale.extensions_used
    found = rules.count(entries, listing.version, left, review_over=review_over)
    if found.verdict == Verdict.REVIEW:
        await _review(session, listing, sale, entries, now)
        return
    await notice.end(session, listing, notice.running_rule(sale), "ended", now)
    await notice.end(session, listing, notice.REVIEW, "ended", now)
    await registrants.drop_revision(session, listing, now)
    if found.entries and await _became_unlistable(session, listing, now):
        await lapse(session, listing, sale, BECAME_UNLISTABLE, now)
    elif found.verdict == Verdict.ONE:
        await closing.choose(session, listing, sale, found.entries[0].organisation_id, now)
    elif found.verdict == Verdict.SEVERAL:
        await _open_bidding(session, listing, sale, [e.organisation_id for e in found.entries], now)
    elif found.verdict == Verdict.EXTENSION:
        await _extend(session, listing, sale, conditions.extension_working_days, now)
    else:
        await lapse(session, listing, sale, NOBODY, now)


async def _entries(session: Session, listing: Listing) -> list[Entry]:
    rows = await queries.registrants_of(session, listing.id, RegistrantStatus.REGISTERED)
    live = await deposit_queries.lock_live_deposits(session, notice.subject_of(listing.id))
    statuses = {deposit.organisation_id: deposit.status for deposit in live}
    known = await identity.organisations_by_id(session, [row.organisation_id for row in rows])
    return [
        Entry(
            row.id,
            row.organisation_id,
            row.listing_version,
            known[row.organisation_id].verification == Verification.VERIFIED,
            registrants.is_decided(row),
            statuses.get(row.organisation_id),
        )
        for row in rows
    ]


async def _review(
    session: Session, listing: Listing, sale: ListedSale, entries: Sequence[Entry], now: datetime
) -> None:
    if sale.phase == SalePhase.REVIEW:
        return
    await notice.end(session, listing, notice.running_rule(sale), "ended", now)
    await registrants.drop_revision(session, listing, now)
    told = [entry.organisation_id for entry in entries]
    sale.review_ends_at = await notice.begin_review(session, listing, told, now)
    sale.phase = SalePhase.REVIEW
    notice.tell(session, listing, "listing.review_opened", {"review_ends_at": sale.review_ends_at})


async def _became_unlistable(session: Session, listing: Listing, now: datetime) -> bool:
    buying = Buying((), listing.seller_id, abroad=False, related_needs_approval=False)
    found = await find_sale(session, listing, buying, now)
    return bool(gate_rules.never(found, session.city.day_of(now)))


async def _extend(session: Session, listing: Listing, sale: ListedSale, days: int | None, now: datetime) -> None:
    sale.extensions_used += 1
    sale.phase, sale.review_ends_at = SalePhase.NOTICE, None
    ends_at = await notice.begin_extension(session, listing, days, now)
    listing_service.move_end(session, listing, ends_at)
    await deposits.move_due(session, notice.subject_of(listing.id), ends_at)
    payload = {"extension": sale.extensions_used, "closes_at": ends_at}
    notice.tell(session, listing, "listing.extended", payload, public=True)


async def _open_bidding(
    session: Session, listing: Listing, sale: ListedSale, entrants: list[UUID], now: datetime
) -> None:
    await registrants.settle(session, listing, RegistrantStatus.BIDDING, entrants)
    await give_back_to_others(session, listing, entrants, now)
    conditions = await queries.conditions_of(session, listing.id)
    abroad = frozenset(
        row.organisation_id
        for row in await queries.registrants_of(session, listing.id, RegistrantStatus.BIDDING)
        if row.buyer_abroad
    )
    contest = Contest(tuple(entrants), listing.asking_price, conditions.bidding, conditions.rights_abroad, abroad)
    sale.phase = SalePhase.BIDDING
    sale.contest_id = await contests.BIDDING.of(listing.pricing_mode).open(session, listing, contest, now)
    notice.tell(session, listing, "listing.bidding_opened", {"contest_id": sale.contest_id}, public=True)


async def give_back_to_others(session: Session, listing: Listing, kept: Iterable[UUID], now: datetime) -> None:
    """Give back every deposit but those of whom the sale goes on with."""
    kept = set(kept)
    for deposit in await deposit_queries.lock_live_deposits(session, notice.subject_of(listing.id)):
        if deposit.organisation_id not in kept:
            await deposits.give_back(session, notice.subject_of(listing.id), deposit.organisation_id, now)


async def when_bidding_ends_sell_or_lapse(session: Session, listing: Listing, outcome: Outcome, now: datetime) -> None:
    """The bidding has ended: sold, or the listing lapses with the reason. Deposits of who did not win go back."""
    sale = await queries.sale_of(session, listing.id)
    if sale is None or sale.phase != SalePhase.BIDDING or sale.contest_id != outcome.contest_id:
        return
    if outcome.deal_id is None:
        await lapse(session, listing, sale, f"bidding: {outcome.reason}", now)
    else:
        await closing.won_in_bidding(session, listing, sale, outcome.deal_id, now)


async def lapse(session: Session, listing: Listing, sale: ListedSale, reason: str, now: datetime) -> None:
    """The sale ends without a deal, and the listing with it; every deposit goes back."""
    await end_without_deal(session, listing, sale, reason, now)
    if listing.status != ListingStatus.LAPSED:  # a sale that gates have held lapses when the listing is let go
        listing_service.lapse(session, listing, reason)


async def end_without_deal(session: Session, listing: Listing, sale: ListedSale, reason: str, now: datetime) -> None:
    """The sale ends; every deposit goes back. What becomes of the listing is the caller's."""
    sale.phase, sale.reason, sale.review_ends_at = SalePhase.ENDED, reason, None
    await notice.end_all(session, listing, now)
    await registrants.drop_revision(session, listing, now)
    await registrants.settle(session, listing, RegistrantStatus.LAPSED, None)
    await deposits.release_losers(session, notice.subject_of(listing.id), None, now)
