"""The forms of an auction: what holds for any sequence of bids, and proxy bidding against a model that plays it out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.problems import Problem
from app.pricing.auction.bidding.forms import RULES, dutch, english, sealed
from app.pricing.auction.bidding.rules import Band, Bid, Conditions, Decision, Opened, State, best_bids, limit_of
from app.pricing.auction.kinds import AuctionForm, Ending, Refusal
from app.pricing.auction.problems import REFUSALS

START = datetime(2026, 5, 6, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def cny(amount: int | str) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def ladder(*bands: tuple[int, int]) -> tuple[Band, ...]:
    return tuple(Band(cny(start), cny(step)) for start, step in bands)


ENGLISH = Conditions(
    form=AuctionForm.ENGLISH,
    starting_price=cny(100),
    ladder=ladder((0, 10), (200, 25)),
    starts_at=START,
    free_until=START + 60 * MINUTE,
    window=5 * MINUTE,
    hard_end=START + 68 * MINUTE,
)
SEALED = Conditions(AuctionForm.SEALED, cny(100), (), START, START + 60 * MINUTE)
DUTCH = Conditions(
    form=AuctionForm.DUTCH,
    starting_price=cny(1000),
    ladder=ladder((0, 10), (500, 50)),
    starts_at=START,
    free_until=START + 60 * MINUTE,
    step_every=MINUTE,
    price_floor=cny(440),
)
BY_FORM = {AuctionForm.ENGLISH: ENGLISH, AuctionForm.SEALED: SEALED, AuctionForm.DUTCH: DUTCH}

AMOUNTS = st.integers(1, 450).map(cny)
BIDS = st.builds(Bid, st.integers(101, 104), AMOUNTS, st.none() | AMOUNTS)
# Half minutes, so that bids fall exactly on the free period's end, a window's end and the hard end.
SCRIPTS = st.lists(st.tuples(BIDS, st.integers(0, 8).map(lambda half: half * 30)), max_size=20)
STARTED = st.sampled_from([0, 50, 58, 62]).map(lambda minutes: START + minutes * MINUTE)


def play(
    conditions: Conditions, script: list[tuple[Bid, int]], now: datetime
) -> Iterator[tuple[State, Bid, datetime, Decision]]:
    rules = RULES[conditions.form]
    state = rules.opening(conditions)
    for bid, gap in script:
        now += timedelta(seconds=gap)
        decision = rules.decide(conditions, state, bid, now)
        yield state, bid, now, decision
        state = decision.state


def english_after(*bids: tuple[int, int, int | None], at: datetime = START) -> State:
    script = [(Bid(paddle, cny(amount), maximum and cny(maximum)), 0) for paddle, amount, maximum in bids]
    decisions = [decision for _, _, _, decision in play(ENGLISH, script, at)]
    assert all(decision.refusal is None for decision in decisions)
    return decisions[-1].state


@given(SCRIPTS, STARTED)
def test_the_price_rises_by_the_step_and_stays_within_the_leaders_limit(
    script: list[tuple[Bid, int]], now: datetime
) -> None:
    for before, bid, at, decision in play(ENGLISH, script, now):
        after = decision.state
        if decision.refusal is not None:
            assert after == before
            continue
        assert after.accepted == before.accepted + 1
        assert after.price is not None
        assert after.maximum is not None
        assert after.price <= after.maximum
        if bid.paddle == before.leader:
            assert after == replace(before, maximum=bid.maximum, accepted=after.accepted)
            continue
        least = english.minimum(ENGLISH, before, at)
        assert least is not None
        assert after.price >= least
        assert bid.amount is not None
        assert after.price >= bid.amount


@given(SCRIPTS, STARTED)
def test_the_end_never_goes_back_nor_beyond_the_hard_end(script: list[tuple[Bid, int]], now: datetime) -> None:
    assert ENGLISH.hard_end is not None
    assert ENGLISH.window is not None
    for before, bid, at, decision in play(ENGLISH, script, now):
        assert before.ends_at <= decision.state.ends_at <= ENGLISH.hard_end
        assert (decision.refusal == Refusal.TOO_LATE) == (at >= before.ends_at)
        moved = decision.state.ends_at != before.ends_at
        assert not (moved and (decision.refusal or bid.paddle == before.leader or at < ENGLISH.free_until))
        if decision.refusal is None and bid.paddle != before.leader and at >= ENGLISH.free_until:
            assert decision.state.ends_at == min(at + ENGLISH.window, ENGLISH.hard_end)


@given(SCRIPTS, STARTED, st.sampled_from(AuctionForm))
def test_the_minimum_is_exactly_what_passes(script: list[tuple[Bid, int]], now: datetime, form: AuctionForm) -> None:
    """A fen less is refused, the minimum itself passes; where there is none nothing passes."""
    conditions = BY_FORM[form]
    rules, fen, newcomer = RULES[form], Decimal("0.01"), 999
    for _, _, at, decision in play(conditions, script, now):
        least = decision.minimum
        assert least == rules.minimum(conditions, decision.state, at)
        probe = Bid(newcomer, least or cny(10**9))
        assert (rules.decide(conditions, decision.state, probe, at).refusal is None) == (least is not None)
        if least is not None:
            low = rules.decide(conditions, decision.state, Bid(newcomer, least - fen), at)
            assert (low.refusal, low.minimum, low.state) == (Refusal.TOO_LOW, least, decision.state)


def _in_the_room(bids: list[tuple[Bid, bool]]) -> tuple[int, int] | None:
    """Leader and price when every accepted bidder stands in the room, played out yuan by yuan.

    At each challenge all who are in raise by one yuan as long as two of them can. Whoever is left names a step over the
    last one who dropped out, or its own limit if that is less; of two who drop out together the earlier has it.
    """
    limits: dict[int, int] = {}
    leader, price = 0, 0
    for bid, only_raises in bids:
        amount, limit = int(bid.amount or 0), int(limit_of(bid) or 0)
        if limit > limits.get(bid.paddle, 0):
            limits.pop(bid.paddle, None)
            limits[bid.paddle] = limit
        if only_raises:
            continue
        clock = amount
        inside = [paddle for paddle, most in limits.items() if most >= clock]
        while sum(limits[paddle] > clock for paddle in inside) > 1:
            clock += 1
            inside = [paddle for paddle in inside if limits[paddle] >= clock]
        leader = next((paddle for paddle in inside if limits[paddle] > clock), inside[0])
        dropped = max((most for paddle, most in limits.items() if paddle != leader), default=0)
        over = dropped + (10 if dropped < 200 else 25)
        price = max(amount, min(limits[leader], over)) if dropped else amount
    return (leader, price) if leader else None


@given(SCRIPTS)
def test_a_proxy_does_what_its_bidder_would_do_in_the_room(script: list[tuple[Bid, int]]) -> None:
    accepted: list[tuple[Bid, bool]] = []
    for before, bid, _, decision in play(ENGLISH, [(bid, 0) for bid, _ in script], START):
        if decision.refusal is None:
            accepted.append((bid, bid.paddle == before.leader))
            assert (decision.state.leader, decision.state.price) == _in_the_room(accepted)


@pytest.mark.parametrize(
    ("bids", "leader", "price"),
    [
        ([(101, 100, None)], 101, 100),
        ([(101, 130, None), (102, 140, None)], 102, 140),
        ([(101, 100, 180), (102, 110, None)], 101, 120),
        ([(101, 100, 180), (102, 180, None)], 101, 180),
        ([(101, 100, 180), (102, 110, 175)], 101, 180),
        ([(101, 100, 180), (102, 110, 185)], 102, 185),
        ([(101, 100, 180), (102, 110, 400)], 102, 190),
        ([(101, 100, 180), (102, 250, 400)], 102, 250),
        ([(101, 100, 190), (102, 110, 195)], 102, 195),
        ([(101, 100, 400), (102, 205, None)], 101, 230),
        ([(101, 100, None), (102, 110, 400)], 102, 110),
    ],
)
def test_cases_of_proxy_bidding(bids: list[tuple[int, int, int | None]], leader: int, price: int) -> None:
    state = english_after(*bids)
    assert (state.leader, state.price) == (leader, cny(price))


def test_a_leader_may_raise_its_maximum_alone_and_that_reopens_nothing() -> None:
    late = START + 64 * MINUTE
    state = english_after((101, 100, 150), at=START)
    assert english.decide(ENGLISH, state, Bid(101, cny(300)), late).refusal == Refusal.ALREADY_LEADING
    assert english.decide(ENGLISH, state, Bid(101, cny(100), cny(150)), late).refusal == Refusal.ALREADY_LEADING
    raised = english.decide(ENGLISH, state, Bid(101, cny(100), cny(300)), late)
    assert raised.refusal is None
    assert raised.state == State(state.ends_at, cny(100), 101, cny(300), 2)


def test_a_maximum_below_the_amount_contradicts_itself() -> None:
    refused = english.decide(ENGLISH, english.opening(ENGLISH), Bid(101, cny(120), cny(110)), START)
    assert refused.refusal == Refusal.MAXIMUM_BELOW_AMOUNT


@given(st.integers(0, 80 * 60))
def test_the_dutch_price_falls_step_by_step(seconds: int) -> None:
    price, falls = DUTCH.starting_price, seconds // 60
    for _ in range(falls):
        price -= cny(50) if price >= 500 else cny(10)
    assert dutch.price_at(DUTCH, START + timedelta(seconds=seconds)) == max(price, cny(440))


@given(SCRIPTS, STARTED)
def test_a_dutch_auction_is_taken_once_at_the_price_of_the_moment(script: list[tuple[Bid, int]], now: datetime) -> None:
    taken = 0
    for before, bid, at, decision in play(
        DUTCH, [(replace(bid, amount=bid.amount * 4), gap) for bid, gap in script], now
    ):
        if decision.refusal is None:
            taken += 1
            assert decision.final
            assert decision.state.price == dutch.price_at(DUTCH, at)
            assert bid.amount is not None
            assert bid.amount >= decision.state.price
        if before.leader is not None:
            assert decision.refusal == Refusal.ALREADY_TAKEN
    assert taken <= 1


OPENED = st.lists(
    st.builds(Opened, st.integers(101, 106), st.sampled_from([*map(cny, (90, 99, 100, 130, 150))]), st.none())
)


@given(OPENED, st.none() | st.sampled_from([*map(cny, (100, 130, 140, 150, 500))]))
def test_the_highest_last_sealed_bid_wins(drawn: list[Opened], reserve: Decimal | None) -> None:
    opened = [replace(bid, seq=position) for position, bid in enumerate(drawn)]
    last = {bid.paddle: bid for bid in opened}.values()
    valid = [bid for bid in last if bid.amount >= 100]
    found = sealed.outcome(SEALED, State(SEALED.free_until), {}, opened, reserve)
    top = max(valid, key=lambda bid: (bid.amount, -bid.seq), default=None)
    if top is None:
        assert found.ending == Ending.NO_BIDS
    elif reserve is not None and top.amount < reserve:
        assert found.ending == Ending.BELOW_RESERVE
    else:
        assert (found.ending, found.winner, found.price) == (Ending.SOLD, top.paddle, top.amount)
        assert found.ranking[0] == (top.paddle, top.amount)
    assert {paddle for paddle, _ in found.ranking} == {bid.paddle for bid in valid if bid.amount >= (reserve or 100)}
    assert [amount for _, amount in found.ranking] == sorted((amount for _, amount in found.ranking), reverse=True)


@given(SCRIPTS, st.none() | st.sampled_from([-60, -1, 0, 1]), st.none() | st.integers(0, 3))
def test_f8_the_next_bidder_is_the_one_who_went_furthest(
    script: list[tuple[Bid, int]], above: int | None, reached: int | None
) -> None:
    """The reserve lies about the price, or exactly where somebody went (`reached`), who is in the ranking then."""
    state, accepted = english.opening(ENGLISH), []
    for _, bid, _, decision in play(ENGLISH, [(bid, 0) for bid, _ in script], START):
        state = decision.state
        if decision.refusal is None:
            accepted.append(bid)
    best = best_bids(accepted)
    reserve = None if above is None else (state.price or cny(100)) + above
    if reached is not None and best:
        reserve = list(best.values())[reached % len(best)]
    found = english.outcome(ENGLISH, state, best, (), reserve)
    if state.price is None:
        assert found.ending == Ending.NO_BIDS
    elif reserve is not None and state.price < reserve:
        assert (found.ending, found.winner, found.price, found.ranking) == (Ending.BELOW_RESERVE, None, None, ())
    else:
        (winner, price), *others = found.ranking
        assert (winner, price) == (found.winner, found.price) == (state.leader, state.price)
        assert sorted(others, key=lambda item: -item[1]) == others
        assert all(amount <= price and amount == best[paddle] for paddle, amount in others)
        assert {paddle for paddle, _ in others} == {
            paddle for paddle in best if paddle != winner and (reserve is None or best[paddle] >= reserve)
        }


@pytest.mark.parametrize(("reserve", "next_ones"), [("119.99", 1), ("120.00", 1), ("120.01", 0)])
def test_f8_the_runner_up_exactly_at_the_reserve_is_next(reserve: str, next_ones: int) -> None:
    """F8: who went exactly as far as the reserve has a chance, a fen below it none."""
    state = english_after((101, 100, 120), (102, 130, 150))
    best = best_bids([Bid(101, cny(100), cny(120)), Bid(102, cny(130), cny(150))])
    assert len(english.outcome(ENGLISH, state, best, (), cny(reserve)).ranking) == 1 + next_ones


def test_of_two_who_went_equally_far_the_earlier_is_next() -> None:
    bids = [(102, 100, 120), (101, 110, 150), (102, 140, 150), (103, 200, None)]
    accepted = [Bid(paddle, cny(amount), maximum and cny(maximum)) for paddle, amount, maximum in bids]
    found = english.outcome(ENGLISH, english_after(*bids), best_bids(accepted), (), None)
    assert found.ranking == ((103, cny(200)), (101, cny(150)), (102, cny(150)))
    assert list(best_bids([*accepted, accepted[1]])) == list(best_bids(accepted)), "the same again changes no place"


@given(
    st.builds(Bid, st.integers(), st.none() | st.decimals(allow_nan=False), st.none() | st.decimals(allow_nan=False)),
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(AuctionForm),
    st.booleans(),
)
def test_a_decision_never_raises(bid: Bid, now: datetime, form: AuctionForm, taken: bool) -> None:
    conditions = BY_FORM[form]
    state = RULES[form].opening(conditions)
    if taken and form == AuctionForm.ENGLISH:
        state = State(state.ends_at, cny(130), 101, cny(150), 1)
    decision = RULES[form].decide(conditions, state, bid, now)
    assert (decision.refusal is None) == (decision.state.accepted == state.accepted + 1)


@given(st.timedeltas(timedelta(0), timedelta(days=40)), SCRIPTS, STARTED, st.sampled_from(AuctionForm))
def test_a_suspension_moves_everything_alike(
    pause: timedelta, script: list[tuple[Bid, int]], now: datetime, form: AuctionForm
) -> None:
    conditions = BY_FORM[form]
    plain = [(d.refusal, d.state.price, d.state.ends_at + pause) for *_, d in play(conditions, script, now)]
    moved = [
        (d.refusal, d.state.price, d.state.ends_at) for *_, d in play(conditions.shifted(pause), script, now + pause)
    ]
    assert plain == moved


@pytest.mark.parametrize(
    ("form", "changes", "code", "field"),
    [
        (AuctionForm.ENGLISH, {"window": None}, "auction_condition_missing", "window"),
        (AuctionForm.ENGLISH, {"window": timedelta(0)}, "auction_condition_not_positive", "window"),
        (AuctionForm.ENGLISH, {"price_floor": cny(1)}, "auction_condition_foreign", "price_floor"),
        (AuctionForm.ENGLISH, {"ladder": ()}, "auction_condition_missing", "ladder"),
        (AuctionForm.ENGLISH, {"ladder": ladder((101, 10))}, "auction_ladder_out_of_order", "ladder"),
        (AuctionForm.ENGLISH, {"ladder": ladder((0, 10), (0, 20))}, "auction_ladder_out_of_order", "ladder"),
        (AuctionForm.ENGLISH, {"ladder": ladder((0, 0))}, "auction_condition_not_positive", "ladder.0.step"),
        (AuctionForm.ENGLISH, {"ladder": ladder((0, 10), (9, 9))}, "auction_ladder_steps_fall", "ladder.1.step"),
        (AuctionForm.ENGLISH, {"hard_end": START + 64 * MINUTE}, "auction_times_out_of_order", "hard_end"),
        (AuctionForm.ENGLISH, {"free_until": START}, "auction_times_out_of_order", "free_until"),
        (AuctionForm.ENGLISH, {"starting_price": cny(0)}, "auction_condition_not_positive", "starting_price"),
        (AuctionForm.SEALED, {"window": MINUTE}, "auction_condition_foreign", "window"),
        (AuctionForm.SEALED, {"ladder": ladder((0, 1))}, "auction_condition_foreign", "ladder"),
        (AuctionForm.DUTCH, {"price_floor": cny(1000)}, "auction_floor_too_high", "price_floor"),
        (AuctionForm.DUTCH, {"price_floor": cny(0)}, "auction_condition_not_positive", "price_floor"),
        (AuctionForm.DUTCH, {"step_every": None}, "auction_condition_missing", "step_every"),
        (AuctionForm.DUTCH, {"ladder": ladder((441, 1))}, "auction_ladder_out_of_order", "ladder"),
    ],
)
def test_wrong_conditions_are_named(form: AuctionForm, changes: dict[str, Any], code: str, field: str) -> None:
    RULES[form].check(BY_FORM[form])
    with pytest.raises(Problem) as refused:
        RULES[form].check(replace(BY_FORM[form], **changes))
    body = refused.value.as_json("en")
    assert (body["code"], body["errors"][0]["field"], refused.value.kind.status) == (code, field, 422)
    assert body["remedy"]
    assert refused.value.as_json("zh")["remedy"]


def test_each_refusal_of_a_bid_says_why_and_what_would_pass() -> None:
    figures = dict.fromkeys(("amount", "maximum", "minimum", "price", "ends_at", "server_time"), "7")
    for refusal in Refusal:
        problem = REFUSALS[refusal](**figures)
        for language in ("en", "zh"):
            body = problem.as_json(language)  # type: ignore[arg-type]
            assert body["code"] == refusal
            assert "7" in body["detail"]
            assert body["remedy"]
