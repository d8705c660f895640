"""Who is counted at the end of a notice, and what follows: over all registrants, in any state."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.problems import Problem
from app.market.listings.kinds import ListingStatus
from app.office.ledger.kinds import DepositStatus
from app.pricing.listed import rules
from app.pricing.listed.kinds import Judge, Qualification, RegistrantStatus, SalePhase, Verdict
from app.pricing.listed.rules import Entry, Sale

NOW = datetime(2026, 11, 24, tzinfo=UTC)
VERSION = 2
ENTRIES = st.lists(
    st.builds(
        Entry,
        registration_id=st.uuids(),
        organisation_id=st.uuids(),
        version=st.sampled_from([1, VERSION]),
        verified=st.booleans(),
        decided=st.booleans(),
        deposit=st.sampled_from([None, DepositStatus.REQUESTED, DepositStatus.RECEIVED, DepositStatus.HELD]),
    ),
    max_size=6,
)


@given(ENTRIES, st.integers(0, 2), st.booleans())
def test_the_count(entries: Sequence[Entry], left: int, review_over: bool) -> None:
    found = rules.count(entries, VERSION, left, review_over=review_over)
    for entry in found.entries:
        assert entry.deposit == DepositStatus.HELD, "nobody is counted whose money is not held"
        assert (entry.version, entry.verified) == (VERSION, True)
        assert entry.decided or review_over
    assert len(found.entries) == {Verdict.ONE: 1}.get(found.verdict, len(found.entries))
    assert (len(found.entries) > 1) == (found.verdict == Verdict.SEVERAL)
    assert found.verdict != Verdict.REVIEW or not review_over, "a review comes once"
    assert found.verdict != Verdict.EXTENSION or left > 0
    if found.verdict == Verdict.LAPSE:
        assert left == 0
    able = [e for e in entries if e.version == VERSION and e.verified and e.deposit == DepositStatus.HELD]
    if review_over:
        assert list(found.entries) == able, "silence keeps nobody out"
    if found.verdict in (Verdict.EXTENSION, Verdict.LAPSE):
        assert not able, "nobody who did everything is passed over"


@given(ENTRIES, st.integers(0, 2))
def test_a_decision_or_a_payment_never_takes_anybody_out(entries: Sequence[Entry], left: int) -> None:
    before = {e.organisation_id for e in rules.count(entries, VERSION, left, review_over=True).entries}
    better = [Entry(e.registration_id, e.organisation_id, e.version, e.verified, True, e.deposit) for e in entries]
    assert before == {e.organisation_id for e in rules.count(better, VERSION, left, review_over=True).entries}


def refusal(error: pytest.ExceptionInfo[Problem]) -> str:
    return error.value.kind.code


SALE = Sale(SalePhase.NOTICE, ListingStatus.PUBLISHED, NOW + timedelta(hours=1), VERSION)


def test_the_notice_ends_with_its_moment_and_not_before() -> None:
    rules.check_notice_runs(SALE, "x", NOW + timedelta(hours=1) - timedelta(microseconds=1))
    with pytest.raises(Problem) as error:
        rules.check_notice_runs(SALE, "x", NOW + timedelta(hours=1))
    assert refusal(error) == "listing_notice_over"
    halted = Sale(SalePhase.NOTICE, ListingStatus.SUSPENDED, SALE.closes_at, VERSION)
    rules.check_notice_not_over(halted, "x", NOW)
    with pytest.raises(Problem) as error:
        rules.check_notice_runs(halted, "x", NOW)
    assert refusal(error) == "listing_not_open"


@pytest.mark.parametrize("phase", sorted({*SalePhase} - {SalePhase.NOTICE, SalePhase.REVIEW}))
def test_nobody_decides_after_the_count(phase: SalePhase) -> None:
    sale = Sale(phase, ListingStatus.PUBLISHED, NOW, VERSION, review_ends_at=NOW + timedelta(days=1))
    with pytest.raises(Problem) as error:
        rules.check_decision(
            sale, "Y", VERSION, Judge.SELLER, {}, outcome=Qualification.QUALIFIED, reason=None, now=NOW
        )
    assert refusal(error) == "listing_notice_over"


@given(st.decimals("-1", "3", places=2), st.decimals("0.01", "3", places=2))
def test_a_deposit_is_above_zero_and_below_the_price(deposit: Decimal, price: Decimal) -> None:
    if 0 < deposit < price:
        rules.check_deposit(deposit, price)
    else:
        with pytest.raises(Problem):
            rules.check_deposit(deposit, price)


@pytest.mark.parametrize("status", list(RegistrantStatus))
@pytest.mark.parametrize("version", [1, VERSION])
def test_an_organisation_registers_once_for_what_is_published(status: RegistrantStatus, version: int) -> None:
    me: UUID = uuid4()
    earlier = rules.Earlier("Y", status, version)
    if status == RegistrantStatus.REGISTERED or version == VERSION:
        with pytest.raises(Problem) as error:
            rules.check_may_register(SALE, me, frozenset(), VERSION, earlier, NOW)
        assert refusal(error) == "registered_already"
    else:
        rules.check_may_register(SALE, me, frozenset(), VERSION, earlier, NOW)
