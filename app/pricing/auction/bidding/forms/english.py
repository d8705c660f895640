"""Ascending and open (增价拍卖), with proxy bids: a secret maximum that is raised for its bidder by the least step.

A maximum works as if its bidder stood there: against a rival's limit it goes one step further, never beyond itself; of
two equal limits the earlier one holds the lead. Every accepted bid raises the price by at least the step, but for a
leader's that only raises its own maximum: that changes nothing for the others, so it reopens no window either.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from app.pricing.auction.bidding.forms.shared import check_ladder, check_order, check_shape, open_outcome, step_at
from app.pricing.auction.bidding.rules import Bid, Conditions, Decision, Opened, Outcome, State, limit_of
from app.pricing.auction.kinds import Refusal
from app.pricing.auction.problems import LADDER_STEPS_FALL


def check(conditions: Conditions) -> None:
    """A ladder whose steps do not fall, a window, and a hard end, if any, that leaves the first window whole."""
    check_shape(conditions, needs=("window",), allows=("hard_end",))
    check_ladder(conditions, conditions.starting_price)
    for position, (lower, upper) in enumerate(pairwise(conditions.ladder), start=1):
        # A falling step would let a higher bid end at a lower price than a lower one.
        if upper.step < lower.step:
            raise LADDER_STEPS_FALL(
                field=f"ladder.{position}.step",
                from_price=f"{upper.from_price:.2f}",
                step=f"{upper.step:.2f}",
                previous=f"{lower.step:.2f}",
            )
    if conditions.hard_end is not None and conditions.window is not None:
        check_order("hard_end", conditions.hard_end, conditions.free_until + conditions.window)


def opening(conditions: Conditions) -> State:
    """Nobody leads; the first window follows the free period."""
    return State(ends_at=_capped(conditions, conditions.free_until))


def minimum(conditions: Conditions, state: State, now: datetime) -> Decimal | None:
    """The starting price, later the price and a step; None once it has ended."""
    return None if now >= state.ends_at else _next(conditions, state)


def decide(conditions: Conditions, state: State, bid: Bid, now: datetime) -> Decision:
    """Late, then contradictory, then needless, then too low; else accepted."""
    if now >= state.ends_at:
        return Decision(Refusal.TOO_LATE, state, None)
    least = _next(conditions, state)
    amount, limit = bid.amount, limit_of(bid)
    if amount is None or limit is None:
        return Decision(Refusal.TOO_LOW, state, least)
    if limit < amount:
        return Decision(Refusal.MAXIMUM_BELOW_AMOUNT, state, least)
    if bid.paddle == state.leader:
        return _raised(state, bid.maximum, least)
    if amount < least:
        return Decision(Refusal.TOO_LOW, state, least)
    after = _challenged(conditions, state, bid.paddle, amount, limit, _reopened(conditions, state, now))
    return Decision(None, after, _next(conditions, after))


def standing(conditions: Conditions, before: State, bids: Iterable[Bid]) -> State:
    """Each limit against the one before; who leads already goes further by the own bid, and the price stays."""
    state = State(before.ends_at)
    for bid in bids:
        limit = limit_of(bid)
        if bid.amount is None or limit is None:
            continue
        if bid.paddle == state.leader and state.maximum is not None:
            state = replace(state, maximum=max(state.maximum, limit), accepted=state.accepted + 1)
        else:
            state = _challenged(conditions, state, bid.paddle, bid.amount, limit, before.ends_at)
    if state.price is None or before.price is None:
        return state
    # A first bid that was voided had hidden the amount of the next one, by which its leader only raised its limit.
    return replace(state, price=min(state.price, before.price))


def outcome(
    conditions: Conditions, state: State, best: Mapping[int, Decimal], opened: Sequence[Opened], reserve: Decimal | None
) -> Outcome:
    """The leader wins at the price reached."""
    return open_outcome(state, best, reserve)


def _next(conditions: Conditions, state: State) -> Decimal:
    price = state.price
    return conditions.starting_price if price is None else price + step_at(conditions.ladder, price)


def _raised(state: State, maximum: Decimal | None, least: Decimal) -> Decision:
    if maximum is None or state.maximum is None or maximum <= state.maximum:
        return Decision(Refusal.ALREADY_LEADING, state, least)
    return Decision(None, State(state.ends_at, state.price, state.leader, maximum, state.accepted + 1), least)


def _challenged(
    conditions: Conditions, state: State, paddle: int, amount: Decimal, limit: Decimal, ends_at: datetime
) -> State:
    accepted, held = state.accepted + 1, state.maximum
    if held is None:
        return State(ends_at, amount, paddle, limit, accepted)
    if limit <= held:
        price = min(held, limit + step_at(conditions.ladder, limit))
        return State(ends_at, price, state.leader, held, accepted)
    price = max(amount, min(limit, held + step_at(conditions.ladder, held)))
    return State(ends_at, price, paddle, limit, accepted)


def _reopened(conditions: Conditions, state: State, now: datetime) -> datetime:
    if now < conditions.free_until:
        return state.ends_at
    return max(state.ends_at, _capped(conditions, now))


def _capped(conditions: Conditions, since: datetime) -> datetime:
    ends_at = since if conditions.window is None else since + conditions.window
    return ends_at if conditions.hard_end is None else min(ends_at, conditions.hard_end)
