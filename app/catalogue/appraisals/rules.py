"""Pure decisions on appraisal reports: how long one may be used, and how low a price may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.catalogue.appraisals import problems
from app.catalogue.appraisals.kinds import ReportStatus
from app.core.money import ceil_fen, proportion
from app.law.periods.rules import add_months


@dataclass(frozen=True, slots=True)
class Report:
    """What decides about a price: the report as it stands (value in CNY)."""

    number: str
    status: ReportStatus
    base_date: date
    valid_to: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Approved:
    """A recorded re-approval: the lowest price (CNY), and the day from which it counts."""

    lowest_price: Decimal
    approved_on: date


def valid_to(base_date: date, years: int) -> date:
    """The last day on which a report may be used: base date and closing are not more than this many years apart."""
    return add_months(base_date, 12 * years)


def is_valid(base_date: date, last: date, on: date) -> bool:
    """Whether a report may be used on a day, the base date and the last day included."""
    return base_date <= on <= last


def price_floor(value: Decimal, share: Decimal) -> Decimal:
    """The lowest price (CNY, whole fens) that needs no re-approval: `share` of the value, rounded up to the fen."""
    return ceil_fen(proportion(value, share, Decimal(1)))


def lowest_price(value: Decimal, share: Decimal, reapprovals: Sequence[Approved], on: date) -> Decimal:
    """The lowest price (CNY) that passes on a day: the floor, or less where that was re-approved by then."""
    approved = [given.lowest_price for given in reapprovals if given.approved_on <= on]
    return min([price_floor(value, share), *approved])


def check_usable(report: Report, on: date, years: int) -> None:
    """Raises `appraisal_not_accepted`, or `appraisal_expired` naming the days."""
    if report.status != ReportStatus.ACCEPTED:
        raise problems.NOT_ACCEPTED(number=report.number, status=report.status)
    if not is_valid(report.base_date, report.valid_to, on):
        raise problems.EXPIRED(
            number=report.number,
            base_date=report.base_date,
            valid_to=report.valid_to,
            on=on,
            oldest=oldest_base_date(on, years),
        )


def oldest_base_date(on: date, years: int) -> date:
    """The earliest base date of a report that may be used on a day."""
    day = add_months(on, -12 * years)
    # A year before 29 February is 28 February, which ends a day short of it.
    return day if valid_to(day, years) >= on else date.fromordinal(day.toordinal() + 1)


def check_price(
    report: Report,
    price: Decimal,
    lowest: Decimal,
    share: Decimal,
    *,
    named: Decimal | None = None,
    field: str = "price",
) -> None:
    """Raises `price_below_floor` naming a price that would pass (CNY; the lowest unless `named`) and the article."""
    if price < lowest:
        raise problems.PRICE_BELOW_FLOOR(
            field=field,
            price=price,
            floor=lowest if named is None else named,
            percent=f"{(share * 100).normalize():f}",
            value=report.value,
            number=report.number,
        )


def check_reapproval(lowest: Decimal, floor: Decimal) -> None:
    """Only a price below the floor is re-approved; raises `reapproval_not_needed`."""
    if lowest >= floor:
        raise problems.REAPPROVAL_NOT_NEEDED(field="lowest_price", price=lowest, floor=floor)


def check_not_future(name: str, day: date, today: date) -> None:
    """Raises `appraisal_date_in_future`."""
    if day > today:
        raise problems.DATE_IN_FUTURE(field=name, name=name, day=day, today=today)


def check_review(status: ReportStatus, reviewed_at: object, accepted: bool, reason: str | None) -> None:
    """A report is reviewed once, and a refusal says why; raises `appraisal_reviewed`, `appraisal_reason_needed`."""
    if status != ReportStatus.SUBMITTED:
        raise problems.REVIEWED(status=status, at=reviewed_at)
    if not accepted and reason is None:
        raise problems.REVIEW_REASON_NEEDED(field="reason")
