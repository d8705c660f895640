"""The pure rules of purchase offers and of the report that a listing names."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.core.problems import Problem
from app.market.listings import rules as listing_rules
from app.market.listings.kinds import LIVE_STATUSES, ListingStatus, PricingMode
from app.pricing.appraised import rules
from app.pricing.appraised.kinds import PurchaseOfferStatus
from app.pricing.appraised.rules import OfferFacts
from app.pricing.offers.rules import check_expiry

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
WUHAN = ZoneInfo("Asia/Shanghai")
SELLER, BUYER, LISTING = UUID(int=1), UUID(int=2), UUID(int=3)
SECONDS, STATUSES = st.integers(-3600, 3600), st.sampled_from(PurchaseOfferStatus)


def offer(status: PurchaseOfferStatus, *, revocable: bool = False) -> OfferFacts:
    return OfferFacts("WH-O-2026-000001", status, SELLER, BUYER, NOON, revocable)


def code_of(call: Any, *args: Any, **kwargs: Any) -> str | None:
    try:
        call(*args, **kwargs)
    except Problem as problem:
        return problem.kind.code
    return None


@given(SECONDS, STATUSES)
def test_only_an_open_offer_is_accepted_and_only_before_its_expiry(seconds: int, status: PurchaseOfferStatus) -> None:
    code = code_of(rules.check_acceptance, offer(status), NOON + timedelta(seconds=seconds))
    assert (code is None) == (status == PurchaseOfferStatus.OPEN and seconds < 0)
    if status == PurchaseOfferStatus.OPEN and seconds >= 0:
        assert code == "offer_expired"


@given(SECONDS, STATUSES, st.booleans(), st.sampled_from([SELLER, BUYER]))
def test_only_its_buyer_withdraws_an_offer_that_does_not_bind(
    seconds: int, status: PurchaseOfferStatus, revocable: bool, who: UUID
) -> None:
    code = code_of(rules.check_withdrawal, offer(status, revocable=revocable), who, NOON + timedelta(seconds=seconds))
    assert (code is None) == (who == BUYER and status == PurchaseOfferStatus.OPEN and (revocable or seconds >= 0))


@given(SECONDS, st.sampled_from([PurchaseOfferStatus.OPEN, PurchaseOfferStatus.ACCEPTED]))
def test_a_buyer_has_one_live_offer(seconds: int, status: PurchaseOfferStatus) -> None:
    code = code_of(rules.check_none_stands, offer(status), NOON + timedelta(seconds=seconds))
    assert (code is None) == (status == PurchaseOfferStatus.OPEN and seconds >= 0)
    assert code_of(rules.check_none_stands, None, NOON) is None


@given(st.integers(-10, 10 * 86400), st.integers(1, 5))
def test_an_offer_stands_for_some_time_and_not_without_end(seconds: int, days: int) -> None:
    code = code_of(check_expiry, NOON + timedelta(seconds=seconds), NOON, days)
    assert (code == "offer_expiry_past") == (seconds <= 0)
    assert (code == "offer_expiry_too_far") == (seconds > days * 86400)


@given(st.integers(0, 86399), st.integers(1, 200))
def test_the_time_to_close_is_whole_local_days(second: int, days: int) -> None:
    midnight = datetime(2026, 3, 1, tzinfo=WUHAN)
    ends = rules.closing_ends((midnight + timedelta(seconds=second)).astimezone(UTC), days, WUHAN)
    assert ends == midnight + timedelta(days=days + 1)


@given(st.sampled_from(ListingStatus), st.integers(-400, 400), st.booleans())
def test_a_published_report_is_replaced_once_it_expired(status: ListingStatus, late: int, names: bool) -> None:
    last, number = (date(2026, 3, 1), "1") if names else (None, None)
    today = date(2026, 3, 1) + timedelta(days=late)
    code = code_of(listing_rules.check_replaceable, status, number, last, today)
    assert (code is None) == (status in LIVE_STATUSES and names and late > 0)
    assert (code == "appraisal_in_force") == (status in LIVE_STATUSES and names and late <= 0)


@given(st.sampled_from(PricingMode), st.booleans(), st.booleans())
def test_an_appraised_price_rests_on_a_report_and_needs_no_notice(
    mode: PricingMode, names: bool, notice_needed: bool
) -> None:
    report_id = UUID(int=4) if names else None
    code = code_of(listing_rules.check_appraised, mode, LISTING, report_id, "示例", notice_needed=notice_needed)
    assert (code is None) == (mode != PricingMode.APPRAISED or (names and not notice_needed))
    assert (code == "appraised_refused") == (mode == PricingMode.APPRAISED and notice_needed)


@given(st.sampled_from(PricingMode), st.sampled_from([SELLER, BUYER]))
def test_who_offers_and_on_what(mode: PricingMode, who: UUID) -> None:
    code = code_of(rules.check_buyer, mode, who, frozenset({SELLER}))
    assert (code is None) == (mode == PricingMode.APPRAISED and who == BUYER)
