"""The checker of histories finds each kind of fault, and nothing in what honest clients saw."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pricing.auction.bidding.rules import Bid
from app.pricing.auction.kinds import AuctionForm
from tests.pricing.auction.bidding.test_forms import BY_FORM, MINUTE, START, cny
from tests.pricing.auction.proof.history import ANSWERED, Operation, check
from tests.pricing.auction.proof.scribe import Json, Scribe

History = tuple[list[Json], list[Operation]]


def honest(seed: int, form: AuctionForm = AuctionForm.ENGLISH, count: int = 12) -> History:
    """Clients whose requests overlap and are decided in the order of their turn; some never hear of it."""
    random, scribe, operations = Random(seed), Scribe(BY_FORM[form], START, range(101, 105)), []
    for turn in range(count):
        now = START + turn * MINUTE
        floor = scribe.rules.minimum(scribe.conditions, scribe.state, now) or cny(100)
        amount = floor + random.choice([-5, 0, 0, 5, 20]) + cny(turn) / 100
        maximum = amount + 10 * random.randrange(10) if form == AuctionForm.ENGLISH and random.random() < 0.4 else None
        entry = scribe.bid(Bid(random.randrange(101, 105), amount, maximum), now)
        asked, told = turn - 2 * random.random(), turn + 2 * random.random()
        answer = {"seq": entry["seq"]} | {name: entry[name] for name in ANSWERED} if random.random() < 0.8 else None
        heard = told if answer else None
        operations.append(Operation(f"client {turn}", asked, heard, entry["paddle"], amount, maximum, answer))
    unheard = Operation("client lost on the way", 3.5, None, 104, cny("77.77"))
    scribe.close(max(START + count * MINUTE, scribe.state.ends_at))
    random.shuffle(operations)
    return scribe.contents, [*operations, unheard]


@given(st.integers(0, 2**32), st.sampled_from(AuctionForm))
def test_an_honest_history_passes(seed: int, form: AuctionForm) -> None:
    contents, operations = honest(seed, form)
    assert check(BY_FORM[form], contents, operations) == []


def steady() -> History:
    """Five bids, one after another, each answered; the third by a proxy."""
    scribe, operations = Scribe(BY_FORM[AuctionForm.ENGLISH], START, range(101, 105)), []
    for turn, (paddle, amount, maximum) in enumerate(
        [(101, 100, None), (102, 110, 160), (103, 120, None), (103, 125, None), (104, 200, None)]
    ):
        entry = scribe.bid(Bid(paddle, cny(amount), maximum and cny(maximum)), START + turn * MINUTE)
        answer = {"seq": entry["seq"]} | {name: entry[name] for name in ANSWERED}
        operations.append(
            Operation(f"client {turn}", turn, turn + 0.5, paddle, cny(amount), maximum and cny(maximum), answer)
        )
    scribe.close(scribe.state.ends_at)
    return scribe.contents, operations


FIRST = 6  # the first bid's entry: before it stand the conditions and four admissions


def _renumbered(contents: list[Json]) -> None:
    for seq, content in enumerate(contents, start=1):
        content["seq"] = seq


def lost(contents: list[Json], operations: list[Operation]) -> None:
    contents[FIRST - 1 + 4] |= {"kind": "suspended"}


def lost_without_a_trace(contents: list[Json], operations: list[Operation]) -> None:
    del contents[FIRST - 1 + 2]
    _renumbered(contents)


def doubled(contents: list[Json], operations: list[Operation]) -> None:
    contents.insert(FIRST + 4, deepcopy(contents[FIRST + 3]) | {"accepted": False, "code": "bid_already_leading"})
    _renumbered(contents)


def shared(contents: list[Json], operations: list[Operation]) -> None:
    operations.append(replace(operations[0], client="another"))


def reordered(contents: list[Json], operations: list[Operation]) -> None:
    operations[4] = replace(operations[4], invoked_at=-2, answered_at=-1)


def wrong_decision(contents: list[Json], operations: list[Operation]) -> None:
    entry = contents[FIRST - 1 + 3]
    assert not entry["accepted"]
    entry |= {"accepted": True, "code": None, "price": "170.00", "leader": 103}
    operations[3] = replace(operations[3], answer={"seq": entry["seq"], "accepted": True})


def wrong_price(contents: list[Json], operations: list[Operation]) -> None:
    contents[FIRST - 1 + 2]["price"] = "140.00"
    operations[2] = replace(operations[2], answer={"seq": FIRST + 2, "price": "140.00"})


def contradicted(contents: list[Json], operations: list[Operation]) -> None:
    operations[2] = replace(operations[2], answer=dict(operations[2].answer or {}) | {"price": "140.00"})


def phantom(contents: list[Json], operations: list[Operation]) -> None:
    del operations[3]


def flat(contents: list[Json], operations: list[Operation]) -> None:
    contents[FIRST - 1 + 1] |= {"price": "105.00"}


def two_outcomes(contents: list[Json], operations: list[Operation]) -> None:
    contents.append(deepcopy(contents[-1]))
    _renumbered(contents)


def wrong_outcome(contents: list[Json], operations: list[Operation]) -> None:
    contents[-1]["winner"] = 102


def late(contents: list[Json], operations: list[Operation]) -> None:
    end = contents[FIRST - 1 + 3]["ends_at"]
    contents[FIRST - 1 + 4]["at"] = end
    operations[4] = replace(operations[4], answer={"seq": FIRST + 4, "accepted": True})


def early(contents: list[Json], operations: list[Operation]) -> None:
    contents[-1]["at"] = contents[-2]["at"]


def altered(contents: list[Json], operations: list[Operation]) -> None:
    operations[4] = replace(operations[4], amount=cny(210))


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        (lost, "lost"), (lost_without_a_trace, "lost"), (doubled, "doubled"), (shared, "shared"),
        (reordered, "reordered"), (wrong_decision, "wrong"), (wrong_price, "wrong"), (contradicted, "contradicted"),
        (phantom, "phantom"), (flat, "flat"), (two_outcomes, "two outcomes"), (wrong_outcome, "wrong outcome"),
        (late, "late"), (early, "early"), (altered, "altered"),
    ],
)  # fmt: skip
def test_each_fault_is_found(fault: Callable[[list[Json], list[Operation]], None], name: str) -> None:
    contents, operations = steady()
    assert check(BY_FORM[AuctionForm.ENGLISH], contents, operations) == []
    fault(contents, operations)
    assert any(problem.startswith(name) for problem in check(BY_FORM[AuctionForm.ENGLISH], contents, operations))
