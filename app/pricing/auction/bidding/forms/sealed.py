"""One sealed bid each (一次报价), replaced at will until the deadline, read by nobody before it is opened.

The rules decide by the time and by the starting price alone, and keep no amount. None for an amount: it is sealed
already, and was not below the starting price.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from app.pricing.auction.bidding.forms.shared import NO_EFFECT, NOBODY, check_shape
from app.pricing.auction.bidding.rules import Bid, Conditions, Decision, Opened, Outcome, State
from app.pricing.auction.kinds import Ending, Refusal
from app.pricing.auction.problems import CONDITION_FOREIGN


def check(conditions: Conditions) -> None:
    """A starting price and a deadline; there is no ladder, no window and no floor."""
    check_shape(conditions)
    if conditions.ladder:
        raise CONDITION_FOREIGN(field="ladder", form=conditions.form, name="ladder")


def opening(conditions: Conditions) -> State:
    """Bids until the deadline."""
    return State(ends_at=conditions.free_until)


def minimum(conditions: Conditions, state: State, now: datetime) -> Decimal | None:
    """The starting price, whatever the others bid; None once it has ended."""
    return None if now >= state.ends_at else conditions.starting_price


def decide(conditions: Conditions, state: State, bid: Bid, now: datetime) -> Decision:
    """Late, then too low; else accepted: it takes the place of the bidder's earlier one."""
    if now >= state.ends_at:
        return Decision(Refusal.TOO_LATE, state, None)
    if bid.amount is not None and bid.amount < conditions.starting_price:
        return Decision(Refusal.TOO_LOW, state, conditions.starting_price)
    return Decision(None, State(state.ends_at, accepted=state.accepted + 1), conditions.starting_price)


def standing(conditions: Conditions, before: State, bids: Iterable[Bid]) -> State:
    """Nobody leads before the bids are opened; how many there are."""
    return State(before.ends_at, accepted=len(list(bids)))


def outcome(
    conditions: Conditions, state: State, best: Mapping[int, Decimal], opened: Sequence[Opened], reserve: Decimal | None
) -> Outcome:
    """The highest of each bidder's last bids, of equals the earlier, wins at its amount."""
    last = {bid.paddle: bid for bid in sorted(opened, key=lambda bid: bid.seq)}
    valid = [bid for bid in last.values() if bid.amount >= conditions.starting_price]
    if not valid:
        return NOBODY
    ranked = sorted(valid, key=lambda bid: (-bid.amount, bid.seq))
    ranking = tuple((bid.paddle, bid.amount) for bid in ranked if reserve is None or bid.amount >= reserve)
    if not ranking:
        return NO_EFFECT
    return Outcome(Ending.SOLD, *ranking[0], ranking)
