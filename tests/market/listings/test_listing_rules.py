"""The life of a listing as a table, and the pure checks around it."""

from datetime import UTC, date, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from app.catalogue.results.kinds import TransferMode
from app.core.problems import Problem
from app.market.listings import rules
from app.market.listings.kinds import ListingStatus, Move, Mover
from app.market.listings.rules import Sibling

# Written out once more, on purpose: who takes a listing from where to where.
LIFE = {
    ("submission", "seller"): {"draft": "submitted", "returned": "submitted"},
    ("return", "operator"): {"submitted": "returned"},
    ("publication", "operator"): {"submitted": "published"},
    ("suspension", "operator"): {"published": "suspended"},
    ("suspension", "seller"): {"published": "suspended"},
    ("resumption", "operator"): {"suspended": "published"},
    ("resumption", "seller"): {"suspended": "published"},
    ("withdrawal", "seller"): dict.fromkeys(["draft", "submitted", "returned", "published", "suspended"], "withdrawn"),
    ("withdrawal", "result"): dict.fromkeys(["draft", "submitted", "returned", "published", "suspended"], "withdrawn"),
    ("reservation", "deal"): {"published": "reserved"},
    ("release", "deal"): {"reserved": "published"},
    ("sale", "deal"): {"reserved": "sold"},
    ("lapse", "time"): {"published": "lapsed", "suspended": "lapsed"},
    ("removal", "result"): {"lapsed": "withdrawn"},
}


@pytest.mark.parametrize(("move", "mover", "status"), list(product(Move, Mover, ListingStatus)))
def test_every_move_by_everyone_from_everywhere(move: Move, mover: Mover, status: ListingStatus) -> None:
    target = LIFE.get((move, mover), {}).get(status)
    if target is not None:
        assert rules.after(move, mover, status) == target
        return
    with pytest.raises(Problem) as refusal:
        rules.after(move, mover, status)
    possible = {(item["move"], by) for item in refusal.value.extra["possible"] for by in item["by"]}
    assert possible == {key for key, steps in LIFE.items() if status in steps}
    assert refusal.value.as_json("en")["code"] == "listing_transition_refused"
    assert status in refusal.value.as_json("zh")["remedy"]


def test_what_the_operator_suspended_the_operator_resumes() -> None:
    suspended = ListingStatus.SUSPENDED
    assert rules.after(Move.RESUMPTION, Mover.SELLER, suspended, Mover.SELLER) == "published"
    assert rules.after(Move.RESUMPTION, Mover.OPERATOR, suspended, Mover.SELLER) == "published"
    with pytest.raises(Problem) as refusal:
        rules.after(Move.RESUMPTION, Mover.SELLER, suspended, Mover.OPERATOR)
    assert {"move": "resumption", "by": ["operator"]} in refusal.value.extra["possible"]


def test_a_listing_closes_at_the_end_of_the_local_day() -> None:
    closes_at = rules.end_of_day(date(2026, 12, 31), ZoneInfo("Asia/Shanghai"))
    assert closes_at == datetime(2026, 12, 31, 16, tzinfo=UTC)
    rules.check_open(ListingStatus.PUBLISHED, closes_at, datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC))
    with pytest.raises(Problem, match="listing_not_open"):
        rules.check_open(ListingStatus.PUBLISHED, closes_at, closes_at)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_are_added_to_the_calendar(day: date, months: int, expected: date) -> None:
    assert rules.add_months(day, months) == expected


@pytest.mark.parametrize(
    ("closes_on", "fits"),
    [(date(2026, 3, 1), False), (date(2026, 3, 2), True), (date(2027, 3, 1), True), (date(2027, 3, 2), False)],
)
def test_the_period_runs_from_tomorrow_to_its_longest(closes_on: date, fits: bool) -> None:
    if fits:
        rules.check_period(closes_on, date(2026, 3, 1), 12)
        return
    with pytest.raises(Problem, match="closing_out_of_range") as refusal:
        rules.check_period(closes_on, date(2026, 3, 1), 12)
    assert "2026-03-02" in refusal.value.as_json("en")["remedy"]


@pytest.mark.parametrize(
    ("mode", "other_mode", "same_result", "stands"),
    [
        ("ordinary_licence", "ordinary_licence", True, True),
        ("ordinary_licence", "exclusive_licence", True, False),
        ("exclusive_licence", "ordinary_licence", False, False),
        ("consulting", "exclusive_licence", True, False),
        ("consulting", "exclusive_licence", False, True),
        ("assignment", "assignment", False, False),
    ],
)
def test_one_live_listing_a_result_and_a_right(mode: str, other_mode: str, same_result: bool, stands: bool) -> None:
    other = [Sibling("WH-L-2026-000001", TransferMode(other_mode), same_result)]
    if stands:
        rules.check_siblings(TransferMode(mode), other)
        return
    with pytest.raises(Problem, match="result_taken"):
        rules.check_siblings(TransferMode(mode), other)
