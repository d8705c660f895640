"""The lives of a demand, of its draft and of a response as tables, and the pure checks around them."""

from datetime import date
from itertools import product

import pytest

from app.catalogue.demands import rules
from app.catalogue.demands.kinds import CheckMove, CheckStatus, DemandMove, DemandMover, DemandStatus, SolutionWay
from app.catalogue.demands.responses import rules as response_rules
from app.catalogue.demands.responses.kinds import ResponseMove, ResponseMover, ResponseStatus
from app.catalogue.results.kinds import TransferMode
from app.core.problems import Problem

# Written out once more, on purpose: who takes a demand, its draft and a response from where to where.
DEMAND = {
    ("publication", "operator"): {"draft": "published"},
    ("reopening", "operator"): {"expired": "published"},
    ("closure", "demander"): dict.fromkeys(["draft", "published", "expired"], "closed"),
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
    ("withdrawal", "responder"): dict.fromkeys(OPEN, "withdrawn"),
    ("handover", "demander"): {"agreed": "agreed"},
    ("fulfilment", "deal"): {"agreed": "fulfilled"},
    ("lapse", "demand"): dict.fromkeys(OPEN, "lapsed"),
}


def test_every_move_by_everyone_from_everywhere() -> None:
    tables = (
        (DEMAND, rules.after, DemandMove, DemandMover, DemandStatus),
        (DRAFT, lambda m, by, s: rules.after_check(m, by, s, DemandStatus.DRAFT), CheckMove, DemandMover, CheckStatus),
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


@pytest.mark.parametrize("status", ["met", "closed", "removed"])
def test_nothing_is_checked_of_a_demand_that_has_ended(status: str) -> None:
    for move, draft in product(CheckMove, CheckStatus):
        with pytest.raises(Problem, match="demand_transition_refused"):
            rules.after_check(move, DemandMover.OPERATOR, draft, DemandStatus(status))


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
