"""Descending (减价拍卖): the price falls by the clock, and the first to bid the price of the moment takes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from app.pricing.auction.bidding.forms.shared import check_ladder, check_positive, check_shape, open_outcome
from app.pricing.auction.bidding.rules import NIL, Bid, Conditions, Decision, Opened, Outcome, State
from app.pricing.auction.kinds import Refusal
from app.pricing.auction.problems import FLOOR_TOO_HIGH


def check(conditions: Conditions) -> None:
    """A ladder from the floor on, a floor below the starting price, and how often the price falls."""
    check_shape(conditions, needs=("step_every", "price_floor"))
    floor, start = _floor(conditions), conditions.starting_price
    check_positive("price_floor", floor)
    if floor >= start:
        raise FLOOR_TOO_HIGH(field="price_floor", price_floor=f"{floor:.2f}", starting_price=f"{start:.2f}")
    check_ladder(conditions, floor)


def opening(conditions: Conditions) -> State:
    """Nobody has taken it; the price of the moment is `price_at`, not the state's."""
    return State(ends_at=conditions.free_until)


def price_at(conditions: Conditions, now: datetime) -> Decimal:
    """The price of the moment: the starting price less one step for each full `step_every` since the start.

    The step is that of the band in which the price is before it falls; below the floor it does not fall.
    """
    every, floor, price = conditions.step_every, _floor(conditions), conditions.starting_price
    falls = (now - conditions.starts_at) // every if every and every > timedelta(0) else 0
    # Band by band, so that the cost does not grow with the time since the start.
    for band in reversed(conditions.ladder):
        if falls <= 0 or price <= floor:
            break
        if price >= band.from_price and band.step > NIL:
            inside = min(falls, int((price - band.from_price) // band.step) + 1)
            price -= inside * band.step
            falls -= inside
    return max(price, floor)


def minimum(conditions: Conditions, state: State, now: datetime) -> Decimal | None:
    """The price of the moment; None once it was taken or has ended."""
    return None if state.leader is not None or now >= state.ends_at else price_at(conditions, now)


def decide(conditions: Conditions, state: State, bid: Bid, now: datetime) -> Decision:
    """The first bid at or above the price of the moment takes it, at that price."""
    if state.leader is not None:
        return Decision(Refusal.ALREADY_TAKEN, state, None)
    if now >= state.ends_at:
        return Decision(Refusal.TOO_LATE, state, None)
    price = price_at(conditions, now)
    if bid.amount is None or bid.amount < price:
        return Decision(Refusal.TOO_LOW, state, price)
    return Decision(None, State(state.ends_at, price, bid.paddle, price, state.accepted + 1), None, final=True)


def standing(conditions: Conditions, before: State, bids: Iterable[Bid]) -> State:
    """The one bid that took it does not count: the price falls on."""
    return State(before.ends_at)


def outcome(
    conditions: Conditions, state: State, best: Mapping[int, Decimal], opened: Sequence[Opened], reserve: Decimal | None
) -> Outcome:
    """The first bidder has it; there is no other."""
    return open_outcome(state, {}, reserve)


def _floor(conditions: Conditions) -> Decimal:
    return NIL if conditions.price_floor is None else conditions.price_floor
