"""How long a report may be used, and how low a price may go."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.appraisals import rules
from app.catalogue.appraisals.kinds import ReportStatus
from app.catalogue.appraisals.rules import Approved, Report
from tests.support.refusals import refusal

SHARE = Decimal("0.90")
BASE = date(2025, 6, 30)
MONEY = st.decimals(Decimal("0.01"), Decimal("9999999999999999.99"), places=2)


def report(value: str = "1000000.00", status: ReportStatus = ReportStatus.ACCEPTED) -> Report:
    return Report("A-1", status, BASE, rules.valid_to(BASE, 1), Decimal(value))


@pytest.mark.parametrize(
    ("base", "last"),
    [
        (BASE, date(2026, 6, 30)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2024, 12, 31), date(2025, 12, 31)),
    ],
)
def test_a_report_is_valid_for_a_year_from_its_base_date(base: date, last: date) -> None:
    assert rules.valid_to(base, 1) == last
    days = (base - timedelta(days=1), base, last, last + timedelta(days=1))
    assert [rules.is_valid(base, last, day) for day in days] == [False, True, True, False]


def test_a_price_rests_only_on_an_accepted_report_within_its_validity() -> None:
    rules.check_usable(report(), date(2026, 6, 30), 1)
    for on in (date(2026, 7, 1), date(2025, 6, 29)):
        with refusal("appraisal_expired"):
            rules.check_usable(report(), on, 1)
    for status in (ReportStatus.SUBMITTED, ReportStatus.REFUSED):
        with refusal("appraisal_not_accepted"):
            rules.check_usable(report(status=status), BASE, 1)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_the_oldest_base_date_that_would_pass_is_named(on: date) -> None:
    oldest = rules.oldest_base_date(on, 1)
    assert rules.is_valid(oldest, rules.valid_to(oldest, 1), on)
    before = oldest - timedelta(days=1)
    assert not rules.is_valid(before, rules.valid_to(before, 1), on)


@pytest.mark.parametrize(
    ("value", "price", "passes"),
    [
        ("1000000.00", "900000.00", True),
        ("1000000.00", "899999.99", False),
        ("1000000.00", "899900.00", False),  # 89.99 %
        ("1000000.00", "1200000.00", True),
        ("0.01", "0.01", True),
        ("33.33", "30.00", True),  # 90 % is 29.997
        ("33.33", "29.99", False),
    ],
)
def test_ninety_per_cent_is_the_floor(value: str, price: str, passes: bool) -> None:
    lowest = rules.lowest_price(Decimal(value), SHARE, [], BASE)
    if passes:
        rules.check_price(report(value), Decimal(price), lowest, SHARE)
        return
    with refusal("price_below_floor", "price"):
        rules.check_price(report(value), Decimal(price), lowest, SHARE)


@given(MONEY, st.decimals(Decimal("0.01"), Decimal("1.00"), places=2))
def test_the_floor_is_the_least_whole_fen_that_reaches_the_share(value: Decimal, share: Decimal) -> None:
    floor = rules.price_floor(value, share)
    exact = Fraction(value) * Fraction(share)
    assert Fraction(floor) >= exact
    assert Fraction(floor) - Fraction(1, 100) < exact
    assert floor <= value


@given(MONEY, st.lists(st.tuples(MONEY, st.integers(-5, 5)), max_size=4))
def test_what_was_approved_by_the_day_lowers_the_floor_and_nothing_raises_it(
    value: Decimal, given_: list[tuple[Decimal, int]]
) -> None:
    approvals = [Approved(price, BASE + timedelta(days=days)) for price, days in given_]
    lowest = rules.lowest_price(value, SHARE, approvals, BASE)
    floor = rules.price_floor(value, SHARE)
    in_time = [price for price, days in given_ if days <= 0]
    assert lowest == min([floor, *in_time])


def test_only_a_price_below_the_floor_is_re_approved() -> None:
    rules.check_reapproval(Decimal("899999.99"), Decimal("900000.00"))
    with refusal("reapproval_not_needed", "lowest_price"):
        rules.check_reapproval(Decimal("900000.00"), Decimal("900000.00"))


def test_a_report_is_reviewed_once_and_a_refusal_says_why() -> None:
    rules.check_review(ReportStatus.SUBMITTED, None, True, None)
    with refusal("appraisal_reason_needed", "reason"):
        rules.check_review(ReportStatus.SUBMITTED, None, False, None)
    for status in (ReportStatus.ACCEPTED, ReportStatus.REFUSED):
        with refusal("appraisal_reviewed"):
            rules.check_review(status, BASE, True, None)
