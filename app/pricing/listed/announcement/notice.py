"""The public notice of a competitive listing (挂牌公告期) as periods, and what follows its end: `closes_at`, deposits.

Every function here is called with the listing locked.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.core.database import Session
from app.core.history import events
from app.core.settings import City
from app.law.figures import parameter
from app.law.periods import queries as period_queries
from app.law.periods import service as periods
from app.law.periods.catalogue import RULES
from app.law.periods.kinds import PeriodStatus
from app.law.periods.models import Period
from app.law.periods.rules import end_moment
from app.market.listings import service as listing_service
from app.market.listings.kinds import ListingStatus
from app.market.listings.models import Listing
from app.office.ledger.deposits import service as deposits
from app.pricing.listed.kinds import SalePhase
from app.pricing.listed.models import ListedConditions, ListedSale

NOTICE_ENDS = "listed.notice_ends"
"""The deadline at which a notice, or its extension, ends and registrants are counted."""
REVIEW_ENDS = "listed.review_ends"
"""The deadline at which the review after a notice ends and silence counts as no objection."""
SUSPENSION_ENDS = "listed.suspension_ends"
"""The deadline at which a suspension that nobody lifted ends, and the listing with it."""
NOTICE, EXTENSION, REVIEW, SUSPENSION = "listing_notice", "listing_extension", "listing_review", "suspension_max"


def subject_of(listing_id: UUID) -> tuple[str, UUID]:
    """What periods and deposits of a sale are of."""
    return "listing", listing_id


def audience_of(listing: Listing) -> list[UUID]:
    """The sides of a listing's own: the market's staff and the seller."""
    return [*events.STAFF, listing.seller_id]


def running_rule(sale: ListedSale) -> str:
    """The rule of the period that runs, or would if it were not suspended."""
    return EXTENSION if sale.extensions_used else NOTICE


async def begin(session: Session, listing: Listing, rule: str, now: datetime, count: int | None = None) -> datetime:
    """Open a public period of a listing today; answers the moment it ends.

    Raises `period_too_short` for a notice or an extension of fewer working days than the rule's.
    """
    opening = periods.Opening(
        rule=rule,
        subject=subject_of(listing.id),
        starts_on=session.city.day_of(now),
        audience=[events.PUBLIC, *audience_of(listing)],
        deadline=SUSPENSION_ENDS if rule == SUSPENSION else NOTICE_ENDS,
        count=count,
    )
    return _end(await periods.open_period(session, opening), session.city)


async def begin_extension(session: Session, listing: Listing, announced: int | None, now: datetime) -> datetime:
    """Open an extension of as many working days as were announced, or as the rule of today asks, if that is more.

    Time opens it: a rule that grew since the announcement must not be a refusal that nobody hears.
    """
    least = int(parameter(RULES[EXTENSION].parameters[0], on=session.city.day_of(now)).value)
    return await begin(session, listing, EXTENSION, now, max(announced or least, least))


async def begin_review(session: Session, listing: Listing, registrants: list[UUID], now: datetime) -> datetime:
    """Open the review after a notice, of which the public is not told: it says that somebody is registered."""
    opening = periods.Opening(
        rule=REVIEW,
        subject=subject_of(listing.id),
        starts_on=session.city.day_of(now),
        audience=[*audience_of(listing), *registrants],
        deadline=REVIEW_ENDS,
    )
    return _end(await periods.open_period(session, opening), session.city)


async def begin_anew(
    session: Session, listing: Listing, sale: ListedSale, conditions: ListedConditions, now: datetime
) -> datetime:
    """Published content changed: the whole notice runs again, with the extensions announced for it.

    Source: operating rules (2009) art. 19.
    """
    today, reason = session.city.day_of(now), f"version {listing.version + 1}"
    subject, rule = subject_of(listing.id), running_rule(sale)
    await periods.hold_calendar(session)  # before the period, which a declaration locks while it holds the calendar
    running = await period_queries.lock_current(session, subject, rule)
    sale.extensions_used = 0
    if rule == NOTICE and running is not None and running.count == conditions.notice_working_days:
        return _end(await periods.restart(session, subject, NOTICE, today, reason), session.city)
    await periods.end(session, subject, rule, today, reason)
    return await begin(session, listing, NOTICE, now, conditions.notice_working_days)


async def end(session: Session, listing: Listing, rule: str, reason: str, now: datetime) -> None:
    """Nothing falls due any more under a rule, if anything did."""
    await periods.end(session, subject_of(listing.id), rule, session.city.day_of(now), reason)


async def end_all(session: Session, listing: Listing, now: datetime) -> None:
    """The sale has ended, and with it whatever period still runs. Periods are public: why is not in them."""
    for rule in (NOTICE, EXTENSION, REVIEW, SUSPENSION):
        await end(session, listing, rule, "sale ended", now)


async def suspend(session: Session, listing: Listing, sale: ListedSale, now: datetime) -> datetime:
    """Stop the notice; answers the moment at which the suspension ends, and deposits are due meanwhile.

    Why is told with the listing to those who may read it; the period is public.
    """
    today = session.city.day_of(now)
    await periods.suspend(session, subject_of(listing.id), running_rule(sale), today, "suspended")
    ends_at = await begin(session, listing, SUSPENSION, now)
    await deposits.move_due(session, subject_of(listing.id), ends_at)
    return ends_at


async def resume(session: Session, listing: Listing, sale: ListedSale, now: datetime) -> datetime:
    """Go on with the notice, both floors held (art. 23); answers when it ends."""
    today = session.city.day_of(now)
    await periods.end(session, subject_of(listing.id), SUSPENSION, today, "resumed")
    period = await periods.resume(session, subject_of(listing.id), running_rule(sale), today)
    await deposits.move_due(session, subject_of(listing.id), _end(period, session.city))
    return _end(period, session.city)


async def follow(session: Session, listing: Listing, sale: ListedSale) -> None:
    """A declared holiday moved an end: `closes_at`, deposits and the review follow the periods."""
    suspended = listing.status == ListingStatus.SUSPENDED
    for period in await period_queries.current_of(session, subject_of(listing.id)):
        if period.status != PeriodStatus.OPEN:
            continue
        if period.rule == REVIEW:
            sale.review_ends_at = _end(period, session.city)
        elif sale.phase == SalePhase.NOTICE and (period.rule == SUSPENSION) == suspended:
            listing_service.move_end(session, listing, _end(period, session.city))
            await deposits.move_due(session, subject_of(listing.id), _end(period, session.city))


def last_day(ends_at: datetime, city: City) -> date:
    """The local day that ends at a moment."""
    return city.day_of(ends_at - timedelta(microseconds=1))


def _end(period: Period, city: City) -> datetime:
    return end_moment(period.ends_on, city.zone).astimezone(UTC)


def tell(
    session: Session, listing: Listing, event: str, payload: Mapping[str, Any] | None = None, *, public: bool = False
) -> None:
    """Append an event of the sale: for the seller and the market's staff, or for everyone. Nobody who registered is
    named in it.
    """
    audience = [*audience_of(listing), *([events.PUBLIC] if public else [])]
    body = {"number": listing.number, "version": listing.version}
    events.append(session, event, subject_of(listing.id), audience=audience, payload=body | dict(payload or {}))
