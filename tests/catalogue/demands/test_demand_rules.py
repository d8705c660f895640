"""The lives of a demand, of its draft and of a response as tables, and the pure checks around them."""

from datetime import date
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.demands import rules
from app.catalogue.demands.challenges import rules as challenge_rules
from app.catalogue.demands.kinds import (
    CheckMove,
    CheckStatus,
    DemandKind,
    DemandMove,
    DemandMover,
    DemandStatus,
    SolutionWay,
)
from app.catalogue.demands.responses import rules as response_rules
from app.catalogue.demands.responses.kinds import ResponseMove, ResponseMover, ResponseStatus
from app.catalogue.results.kinds import TransferMode
from app.core.problems import Problem
from app.identity.relations import Relation

# Written out once more, on purpose: who takes a demand, its draft and a response from where to where.
DEMAND = {
    ("publication", "operator"): {"draft": "published"},
    ("reopening", "operator"): {"expired": "published"},
    ("closure", "demander"): dict.fromkeys(["draft", "published", "expired"], "closed"),
    ("closure", "challenge"): dict.fromkeys(["draft", "published", "expired"], "closed"),
    ("fulfilment", "deal"): dict.fromkeys(["published", "expired"], "met"),
    ("expiry", "time"): {"published": "expired"},
    ("removal", "operator"): dict.fromkeys(["published", "expired", "met", "closed"], "removed"),
}
DRAFT = {
    ("edit", "demander"): dict.fromkeys(["editing", "returned", "passed"], "editing"),
    ("submission", "demander"): dict.fromkeys(["editing", "returned"], "submitted"),
    ("recall", "demander"): dict.fromkeys(["submitted", "checked"], "editing"),
    ("return", "operator"): dict.fromkeys(["submitted", "checked"], "returned"),
    ("first_check", "operator"): {"submitted": "checked"},
    ("second_check", "operator"): {"checked": "passed"},
}
OPEN = ["sent", "shortlisted", "agreed"]
RESPONSE = {
    ("amendment", "responder"): {status: status for status in OPEN},
    ("shortlisting", "demander"): {"sent": "shortlisted"},
    ("agreement", "demander"): {"shortlisted": "agreed"},
    ("decline", "demander"): dict.fromkeys(OPEN, "declined"),
    ("decline", "challenge"): dict.fromkeys(OPEN, "declined"),
    ("award", "challenge"): {"sent": "agreed"},
    ("withdrawal", "responder"): dict.fromkeys(OPEN, "withdrawn"),
    ("handover", "demander"): {"agreed": "agreed"},
    ("fulfilment", "deal"): {"agreed": "fulfilled"},
    ("lapse", "demand"): dict.fromkeys(OPEN, "lapsed"),
}


def check_of_a_draft(move: CheckMove, mover: DemandMover, draft: CheckStatus) -> CheckStatus:
    return rules.after_check(move, mover, draft, DemandStatus.DRAFT, DemandKind.CHALLENGE)


def test_every_move_by_everyone_from_everywhere() -> None:
    tables = (
        (DEMAND, rules.after, DemandMove, DemandMover, DemandStatus),
        (DRAFT, check_of_a_draft, CheckMove, DemandMover, CheckStatus),
        (RESPONSE, response_rules.after, ResponseMove, ResponseMover, ResponseStatus),
    )
    for life, after, moves, movers, statuses in tables:
        for move, mover, status in product(moves, movers, statuses):
            target = life.get((move, mover), {}).get(status)
            if target is not None:
                assert after(move, mover, status) == target
                continue
            with pytest.raises(Problem) as refusal:
                after(move, mover, status)
            possible = {(item["move"], by) for item in refusal.value.extra["possible"] for by in item["by"]}
            assert possible == {key for key, steps in life.items() if status in steps}


@pytest.mark.parametrize(
    ("status", "kind"),
    [("met", "need"), ("closed", "need"), ("removed", "need"), ("published", "challenge"), ("expired", "challenge")],
)
def test_nothing_is_checked_of_a_demand_that_has_ended_and_no_challenge_is_corrected(status: str, kind: str) -> None:
    for move, draft in product(CheckMove, CheckStatus):
        with pytest.raises(Problem, match="demand_transition_refused"):
            rules.after_check(move, DemandMover.OPERATOR, draft, DemandStatus(status), DemandKind(kind))


@pytest.mark.parametrize(
    ("day", "fits"),
    [(date(2026, 3, 1), False), (date(2026, 3, 2), True), (date(2027, 3, 1), True), (date(2027, 3, 2), False)],
)
def test_a_demand_is_open_from_tomorrow_on_and_not_too_long(day: date, fits: bool) -> None:
    if fits:
        rules.check_validity(day, date(2026, 3, 1), date(2027, 3, 1))
        return
    with pytest.raises(Problem, match="validity_out_of_range"):
        rules.check_validity(day, date(2026, 3, 1), date(2027, 3, 1))


def test_the_four_ways_part_the_modes_of_transfer_among_them() -> None:
    assert rules.modes_of(SolutionWay) == set(TransferMode)
    assert sum(len(modes) for modes in rules.SOLVED_BY.values()) == len(TransferMode)


def test_what_changed_is_named_and_the_number_of_the_version_is_no_change() -> None:
    first = {"version": 1, "title": "a", "budget": None}
    assert rules.changed_fields(None, first) == ["budget", "title"]
    assert rules.changed_fields(first, first | {"version": 2, "budget": "1.00"}) == ["budget"]


def test_bids_are_ranked_by_the_exact_mean_and_the_earlier_of_two_equal_ones_is_first() -> None:
    early, late, best, least = (UUID(int=n) for n in range(1, 5))
    totals = {early: [70, 71, 71], late: [71, 71, 70], best: [99, 80, 80], least: [60, 60, 59]}
    ranked = challenge_rules.ranking(totals)
    assert [(one.bid, one.rank, str(one.mean)) for one in ranked] == [
        (best, 1, "86.33"), (early, 2, "70.67"), (late, 3, "70.67"), (least, 4, "59.67"),
    ]  # fmt: skip
    assert challenge_rules.winner(ranked, 60) == ranked[0]
    assert challenge_rules.winner(ranked[3:], 60) is None


@given(st.lists(st.lists(st.integers(0, 100), min_size=3, max_size=3), min_size=1, max_size=8))
def test_a_ranking_places_every_bid_once_and_no_better_one_behind(totals: list[list[int]]) -> None:
    given_ = {UUID(int=n): figures for n, figures in enumerate(totals, 1)}
    ranked = challenge_rules.ranking(given_)
    assert [one.rank for one in ranked] == list(range(1, len(totals) + 1))
    assert {one.bid for one in ranked} == set(given_)
    sums = [sum(given_[one.bid]) for one in ranked]
    assert sums == sorted(sums, reverse=True)


def test_a_tie_is_one_between_the_own_organisations_and_a_party() -> None:
    own, party = UUID(int=1), UUID(int=2)
    for first, second, tied in ((own, party, True), (party, own, True), (own, UUID(int=3), False)):
        tie = Relation(first, second, "control", None, "d", "s", None, None)
        if not tied:
            challenge_rules.check_no_conflict([own], [party], [tie])
            continue
        with pytest.raises(Problem, match="expert_conflicted"):
            challenge_rules.check_no_conflict([own], [party], [tie])
