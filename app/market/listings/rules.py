"""Pure decisions about listings: the life of a listing, its period, what may be published."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.catalogue.results.kinds import TransferMode
from app.catalogue.rights.rules.exclusion import DISPOSALS, compete
from app.core.problems import Problem
from app.market.listings.kinds import LIVE_STATUSES, Allocation, ListingStatus, Move, Mover, PricingMode
from app.market.listings.problems import (
    ALLOCATION_MISPLACED,
    APPRAISAL_IN_FORCE,
    APPRAISAL_MISSING,
    APPRAISED_REFUSED,
    CLOSING_DAY_MISPLACED,
    CLOSING_OUT_OF_RANGE,
    FIRST_COME_REFUSED,
    LISTING_CLOSED,
    NOT_EDITABLE,
    RESULT_TAKEN,
    TRANSITION_REFUSED,
)

S = ListingStatus


@dataclass(frozen=True, slots=True)
class Step:
    """From which states a move leads where, and who may make it."""

    sources: frozenset[ListingStatus]
    target: ListingStatus
    movers: frozenset[Mover]


def _step(sources: Iterable[ListingStatus], target: ListingStatus, *movers: Mover) -> Step:
    return Step(frozenset(sources), target, frozenset(movers))


STEPS: dict[Move, Step] = {
    Move.SUBMISSION: _step([S.DRAFT, S.RETURNED], S.SUBMITTED, Mover.SELLER),
    Move.RETURN: _step([S.SUBMITTED], S.RETURNED, Mover.OPERATOR),
    Move.PUBLICATION: _step([S.SUBMITTED], S.PUBLISHED, Mover.OPERATOR),
    Move.SUSPENSION: _step([S.PUBLISHED], S.SUSPENDED, Mover.OPERATOR, Mover.SELLER),
    Move.RESUMPTION: _step([S.SUSPENDED], S.PUBLISHED, Mover.OPERATOR, Mover.SELLER),
    Move.WITHDRAWAL: _step(
        [S.DRAFT, S.SUBMITTED, S.RETURNED, S.PUBLISHED, S.SUSPENDED], S.WITHDRAWN, Mover.SELLER, Mover.RESULT
    ),
    Move.RESERVATION: _step([S.PUBLISHED], S.RESERVED, Mover.DEAL),
    Move.RELEASE: _step([S.RESERVED], S.PUBLISHED, Mover.DEAL),
    Move.SALE: _step([S.RESERVED], S.SOLD, Mover.DEAL),
    # A suspended listing lapses too: a suspension does not outlive the period that was published.
    Move.LAPSE: _step([S.PUBLISHED, S.SUSPENDED], S.LAPSED, Mover.TIME),
    # What has lapsed stays public, save where its result became secret.
    Move.REMOVAL: _step([S.LAPSED], S.WITHDRAWN, Mover.RESULT),
}


def movers_of(move: Move, suspended_by: Mover | None) -> frozenset[Mover]:
    """Who may make a move: a suspension by the operator is lifted by the operator alone."""
    movers = STEPS[move].movers
    if move is Move.RESUMPTION and suspended_by == Mover.OPERATOR:
        return frozenset({Mover.OPERATOR})
    return movers


def after(move: Move, mover: Mover, status: ListingStatus, suspended_by: Mover | None = None) -> ListingStatus:
    """The state a move leads to; raises `listing_transition_refused` naming what is possible from here."""
    step = STEPS[move]
    if status in step.sources and mover in movers_of(move, suspended_by):
        return step.target
    possible = {
        other: sorted(movers_of(other, suspended_by)) for other, known in STEPS.items() if status in known.sources
    }
    text = ", ".join(f"{other} ({' / '.join(movers)})" for other, movers in possible.items()) or "-"
    raise TRANSITION_REFUSED(
        status=status, move=move, mover=mover, sources=", ".join(sorted(step.sources)), possible=text,
        extra={"listing_status": status, "possible": [{"move": m, "by": movers} for m, movers in possible.items()]},
    )  # fmt: skip


EDITABLE = frozenset({S.DRAFT, S.RETURNED})


def check_editable(status: ListingStatus) -> None:
    """Only a draft or a returned listing is edited; raises `listing_not_editable`."""
    if status not in EDITABLE:
        raise NOT_EDITABLE(status=status)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment a local day ends: midnight of the next."""
    return datetime.combine(day + timedelta(days=1), time.min, zone)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def check_period(closes_on: date, today: date, max_months: int) -> None:
    """A listing closes after today and within the longest period; raises `closing_out_of_range`."""
    earliest, latest = today + timedelta(days=1), add_months(today, max_months)
    if not earliest <= closes_on <= latest:
        raise CLOSING_OUT_OF_RANGE(field="closes_on", closes_on=closes_on, earliest=earliest, latest=latest)


def check_allocation(pricing_mode: PricingMode, allocation: Allocation | None) -> None:
    """A fixed price says who gets it, another mode finds out by itself; raises `allocation_misplaced`."""
    if (pricing_mode == PricingMode.LISTED) != (allocation is not None):
        raise ALLOCATION_MISPLACED(field="allocation", pricing_mode=pricing_mode, allocation=allocation or "null")


def check_closing_day(closes_on: date | None, *, sets_end: bool) -> None:
    """A draft names its closing day, except where its procedure sets the end; raises `closing_day_misplaced`."""
    if (closes_on is None) != sets_end:
        raise CLOSING_DAY_MISPLACED(field="closes_on", closes_on=closes_on or "null")


def check_first_come(allocation: Allocation | None, seller: str, state_founded: bool | None) -> None:
    """First come, first served is for sellers not founded by the state; raises `first_come_refused`.

    Law on Promoting the Conversion of Scientific and Technological Achievements, art. 18, and the state-asset rules;
    that other sellers may choose it is a decision of this exchange. A founder not known counts as the state.
    """
    if allocation == Allocation.FIRST_COME and state_founded is not False:
        raise FIRST_COME_REFUSED(field="allocation", seller=seller)


def check_appraised(
    pricing_mode: PricingMode, listing_id: UUID, report_id: UUID | None, seller: str, *, notice_needed: bool
) -> None:
    """An appraised price rests on a report, and is for sellers who need no public notice.

    The price is settled with one buyer, so in substance it is agreed on (协议定价), and the Law on Promoting the
    Conversion of Scientific and Technological Achievements, art. 18, asks for a notice; this mode has none. Raises
    `appraisal_missing`, `appraised_refused` naming the mode that has.
    """
    if pricing_mode != PricingMode.APPRAISED:
        return
    if notice_needed:
        raise APPRAISED_REFUSED(field="pricing_mode", seller=seller)
    if report_id is None:
        raise APPRAISAL_MISSING(field="appraisal_report_id", listing_id=listing_id)


def check_replaceable(status: ListingStatus, number: str | None, valid_to: date | None, today: date) -> None:
    """What was published on a report is put on another only once that one has expired, and while it is on offer.

    A seller could otherwise lower the floor under the offers by another report. Raises `appraisal_in_force` naming
    the day from which it passes, `listing_not_editable` for a listing that ended or named none.
    """
    if status not in LIVE_STATUSES or number is None or valid_to is None:
        raise NOT_EDITABLE(status=status)
    if today <= valid_to:
        following = valid_to + timedelta(days=1)
        raise APPRAISAL_IN_FORCE(
            field="report_id", number=number, valid_to=valid_to, replaceable_from=following,
            extra={"replaceable_from": following.isoformat()},
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another live listing: of the same result, or of another one with one of its rights."""

    number: str
    transfer_mode: TransferMode
    same_result: bool = True


def check_siblings(transfer_mode: TransferMode, siblings: Iterable[Sibling]) -> None:
    """One live listing a result and a right, save ordinary licences next to each other; raises `result_taken`.

    Of a right, those that dispose of it; what was granted in it already, `listability` knows.
    """
    for other in siblings:
        dispose = {transfer_mode, other.transfer_mode} <= DISPOSALS
        if (other.same_result or dispose) and compete(transfer_mode, other.transfer_mode):
            raise RESULT_TAKEN(number=other.number)


def not_open(status: ListingStatus, closes_at: datetime | None, now: datetime) -> Problem:
    """The refusal `listing_not_open`, with the exchange's time."""
    shown = closes_at.isoformat() if closes_at else "-"
    return LISTING_CLOSED(
        status=status, closes_at=shown, server_time=now.isoformat(),
        extra={"listing_status": status, "closes_at": shown, "server_time": now.isoformat()},
    )  # fmt: skip


def check_open(status: ListingStatus, closes_at: datetime | None, now: datetime) -> None:
    """Published and before its end, whether or not the worker has run; raises `listing_not_open`."""
    if status != S.PUBLISHED or closes_at is None or now >= closes_at:
        raise not_open(status, closes_at, now)


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version of a listing says otherwise than the one before: a member's path, and both values."""

    field: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> list[Difference]:
    """How two published contents differ, member by member, by the members' names; lists are compared whole."""
    found: list[Difference] = []
    for name in sorted({*before, *after} - {"version"} if not path else {*before, *after}):
        old, new, here = before.get(name), after.get(name), f"{path}{name}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += differences(old, new, f"{here}.")
        elif old != new:
            found.append(Difference(here, old, new))
    return found
