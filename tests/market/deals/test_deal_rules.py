"""Who the parties of a deal are, whether they are related, how long it lives: for any facts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.market.deals import rules
from app.market.deals.kinds import DealStatus, Defaulted, PartyRole
from app.market.deals.rules import PartyShare, Relation
from tests.support.refusals import refusal

WUHAN = ZoneInfo("Asia/Shanghai")
SELLER, BUYER, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def parties(sellers: list[int], buyers: list[int], agencies: list[int]) -> list[PartyShare]:
    """Sides of as many organisations as there are figures, with these millionths each."""
    sides = (PartyRole.SELLER, sellers), (PartyRole.BUYER, buyers), (PartyRole.AGENCY, agencies)
    named = [(role, figure) for role, figures in sides for figure in figures]
    return [PartyShare(role, UUID(int=n), Decimal(figure).scaleb(-6)) for n, (role, figure) in enumerate(named)]


@st.composite
def wholes(draw: st.DrawFn) -> list[int]:
    """Millionths that sum to the whole."""
    cuts = sorted(draw(st.sets(st.integers(1, 999_999), max_size=5)))
    return [b - a for a, b in zip([0, *cuts], [*cuts, 1_000_000], strict=True)]


@given(sellers=wholes(), buyers=wholes(), agencies=wholes() | st.just([]))
def test_sides_that_sum_to_the_whole_pass_and_an_agency_may_be_missing(
    sellers: list[int], buyers: list[int], agencies: list[int]
) -> None:
    rules.check_parties(parties(sellers, buyers, agencies))


@given(good=wholes(), bad=wholes(), change=st.integers(-1_000_000, 1_000_000).filter(bool))
def test_a_side_that_does_not_sum_is_named_with_its_sum(good: list[int], bad: list[int], change: int) -> None:
    bad = [bad[0] + change, *bad[1:]]
    for name, sides in (
        ("sellers", (bad, good, [])),
        ("buyers", (good, bad, [])),
        ("agencies", (good, good, bad)),
    ):
        with refusal("side_does_not_sum", name) as caught:
            rules.check_parties(parties(*sides))
        assert caught.value.params["total"] == Decimal(1_000_000 + change).scaleb(-6)


def test_a_deal_has_a_seller_and_a_buyer() -> None:
    for missing, sides in (("sellers", ([], [1_000_000], [])), ("buyers", ([1_000_000], [], []))):
        with refusal("side_does_not_sum", missing):
            rules.check_parties(parties(*sides))


@pytest.mark.parametrize("again", PartyRole)
def test_nobody_stands_twice_in_a_deal(again: PartyRole) -> None:
    half = Decimal("0.5")
    made = [PartyShare(PartyRole.SELLER, SELLER), PartyShare(PartyRole.BUYER, BUYER, half)]
    with refusal("party_twice", rules.FIELDS[again]):
        rules.check_parties([*made, PartyShare(again, BUYER, half)])


# Related parties


SIDES = [PartyShare(PartyRole.SELLER, SELLER), PartyShare(PartyRole.BUYER, BUYER), PartyShare(PartyRole.AGENCY, THIRD)]
NAMES = {SELLER: "甲", BUYER: "乙", THIRD: "丙"}


def relation(first: UUID, second: UUID, valid_from: date | None = None, valid_to: date | None = None) -> Relation:
    return Relation(first, second, "control", Decimal("0.5"), "d", "s", valid_from, valid_to)


def test_only_a_relation_across_the_table_that_holds_on_the_day_counts() -> None:
    def finding(first: UUID, second: UUID, valid_from: date | None, valid_to: date | None) -> str | None:
        return rules.related_finding(SIDES, [relation(first, second, valid_from, valid_to)], NAMES, TODAY)

    assert finding(BUYER, SELLER, None, None) == "乙 – 甲: control (0.5), d [s]"
    assert finding(SELLER, BUYER, TODAY, TODAY) is not None
    assert finding(SELLER, BUYER, TODAY + timedelta(days=1), None) is None
    assert finding(SELLER, BUYER, None, TODAY - timedelta(days=1)) is None
    assert finding(SELLER, THIRD, None, None) is None
    assert finding(THIRD, BUYER, None, None) is None


def test_every_finding_is_told_and_one_without_a_share_says_none() -> None:
    without = Relation(SELLER, BUYER, "spouse", None, "d", "t", None, None)
    found = rules.related_finding(SIDES, [relation(BUYER, SELLER), without], NAMES, TODAY)
    assert found == "乙 – 甲: control (0.5), d [s]; 甲 – 乙: spouse, d [t]"


# Time


@given(agreed_at=st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)), days=st.integers(0, 400))  # noqa: DTZ001
def test_the_contract_is_due_at_the_end_of_a_local_day_and_no_party_has_less_than_the_days(
    agreed_at: datetime, days: int
) -> None:
    agreed_at = agreed_at.replace(tzinfo=UTC)
    due = rules.contract_due(agreed_at, days, WUHAN)
    assert (due.hour, due.minute, due.second, due.tzinfo) == (0, 0, 0, WUHAN)
    assert timedelta(days=days) < due - agreed_at <= timedelta(days=days + 1)


def test_the_last_day_to_sign_is_counted_in_wuhan() -> None:
    late_evening = datetime(2026, 1, 1, 23, 30, tzinfo=WUHAN)
    just_after = datetime(2026, 1, 1, 16, 30, tzinfo=UTC)  # 00:30 on 2 January in Wuhan
    assert rules.contract_due(late_evening, 30, WUHAN) == datetime(2026, 2, 1, tzinfo=WUHAN)
    assert rules.contract_due(just_after, 30, WUHAN) == datetime(2026, 2, 2, tzinfo=WUHAN)


@pytest.mark.parametrize("status", DealStatus)
def test_a_deal_lives_under_contract_for_good_and_agreed_until_its_day_whatever_the_worker_did(
    status: DealStatus,
) -> None:
    before, after = NOW - timedelta(microseconds=1), NOW
    in_time = status in {DealStatus.AGREED, DealStatus.CONTRACTED}
    assert rules.is_live(status, NOW, before) == in_time
    assert rules.is_live(status, None, after) == in_time
    assert rules.is_live(status, NOW, after) == (status == DealStatus.CONTRACTED)


@pytest.mark.parametrize("status", DealStatus)
def test_only_a_deal_without_contract_is_cancelled_or_put_under_one(status: DealStatus) -> None:
    if status == DealStatus.AGREED:
        rules.check_agreed(status, "Cancelling")
    else:
        with refusal("deal_not_open") as caught:
            rules.check_agreed(status, "Cancelling")
        assert caught.value.params == {"status": status, "what": "Cancelling"}


# What was concluded elsewhere


@given(agreed_on=DAYS | st.none(), published_on=DAYS | st.none(), today=DAYS)
def test_a_record_counts_from_its_agreement_else_its_publication(
    agreed_on: date | None, published_on: date | None, today: date
) -> None:
    if agreed_on is None and published_on is None:
        with refusal("agreement_day_missing", "agreed_on"):
            rules.day_of_record(agreed_on, published_on, today)
    elif agreed_on and published_on and published_on < agreed_on:
        with refusal("dates_out_of_order", "published_on"):
            rules.day_of_record(agreed_on, published_on, today)
    elif max(day for day in (agreed_on, published_on) if day) > today:
        with refusal("agreed_in_future", "published_on" if published_on else "agreed_on"):
            rules.day_of_record(agreed_on, published_on, today)
    else:
        assert rules.day_of_record(agreed_on, published_on, today) == (agreed_on or published_on)


# Who let it fail


@pytest.mark.parametrize("said", Defaulted)
def test_only_the_operator_finds_who_defaulted_and_must_where_a_deposit_is_held(said: Defaulted) -> None:
    rules.check_default_said(said, is_operator=True)
    rules.check_default_said(None, is_operator=False)
    with refusal("default_not_yours", "defaulted"):
        rules.check_default_said(said, is_operator=False)
    assert rules.require_default(said, "WH-D-2026-000001") == said
    with refusal("default_missing", "defaulted"):
        rules.require_default(None, "WH-D-2026-000001")


def test_a_deal_that_ended_without_a_contract_is_neither_alive_nor_under_one() -> None:
    assert set(DealStatus) - {DealStatus.AGREED, DealStatus.CONTRACTED} == rules.ENDED_STATUSES
