"""Pure decisions about an auction's life: its state, its notice and its viewing, the terms of an open bidding."""

from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from app.pricing.auction.bidding.problems import NOTICE_TOO_SHORT, REGISTRATION_OVER, VIEWING_TOO_SHORT, wrong_state
from app.pricing.auction.bidding.rules import Band, Conditions
from app.pricing.auction.kinds import AuctionForm, AuctionStatus


def check_status(status: AuctionStatus, *wanted: AuctionStatus) -> None:
    """Raises `auction_state` unless the auction is in one of the states."""
    if status not in wanted:
        raise wrong_state(status, " / ".join(wanted))


def check_running(ends_at: datetime, now: datetime, *, taken: bool) -> None:
    """Only what has not ended is suspended or called off; raises `auction_state`."""
    if taken or now >= ends_at:
        raise wrong_state("ended", AuctionStatus.ANNOUNCED)


def check_notice(starts_on: date, today: date, days: int) -> None:
    """At least `days` days between announcement and start (Auction Law art. 45); raises `auction_notice_too_short`."""
    earliest = today + timedelta(days=days)
    if starts_on < earliest:
        raise NOTICE_TOO_SHORT(field="starts_at", starts_on=starts_on, today=today, earliest=earliest)


def check_viewing(first: date, last: date, starts_on: date, today: date, least: int) -> None:
    """Enough days of viewing before the start (art. 48); raises `auction_viewing_too_short`."""
    days = (min(last, starts_on - timedelta(days=1)) - max(first, today)).days + 1
    if days < least:
        raise VIEWING_TOO_SHORT(field="viewing_from", first=first, last=last, days=max(days, 0), least=least)


def check_may_register(status: AuctionStatus, starts_at: datetime, now: datetime) -> None:
    """Bidders register and withdraw before it begins; raises `auction_state`, `auction_registration_over`."""
    check_status(status, AuctionStatus.ANNOUNCED)
    if now >= starts_at:
        raise REGISTRATION_OVER(until=starts_at.isoformat(), server_time=now.isoformat())


def contest_conditions(
    form: AuctionForm,
    starting_price: Decimal,
    now: datetime,
    zone: ZoneInfo,
    *,
    notice_days: int,
    opening_hour: int,
    free_hours: int,
    window_seconds: int,
    step_share: Decimal,
) -> Conditions:
    """The terms of the open bidding between a listing's registrants: after `notice_days` whole days, by local hour."""
    day = now.astimezone(zone).date() + timedelta(days=notice_days + 1)
    starts_at = datetime.combine(day, time(opening_hour), zone)
    free_until = starts_at + timedelta(hours=free_hours)
    if form is AuctionForm.SEALED:
        return Conditions(form, starting_price, (), starts_at, free_until)
    step = max(Decimal(1), (starting_price * step_share).to_integral_value(ROUND_CEILING))
    ladder = (Band(Decimal(0), step),)
    return Conditions(form, starting_price, ladder, starts_at, free_until, window=timedelta(seconds=window_seconds))


def pick_paddle(taken: set[int], draw: int) -> int:
    """A paddle that nobody has: not in the order of registration, which would tell who came when.

    Three digits while they last, then four. `draw` is a random number.
    """
    for first, last in ((100, 999), (1000, 9999)):
        free = [paddle for paddle in range(first, last + 1) if paddle not in taken]
        if free:
            return free[draw % len(free)]
    raise ValueError("an auction has no more than 9 900 bidders")
