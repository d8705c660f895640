"""What the forms share: the ladder, the order of published conditions, the outcome of open bidding."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from app.pricing.auction.bidding.rules import NIL, Band, Conditions, Outcome, State
from app.pricing.auction.kinds import Ending
from app.pricing.auction.problems import (
    CONDITION_FOREIGN,
    CONDITION_MISSING,
    CONDITION_NOT_POSITIVE,
    LADDER_OUT_OF_ORDER,
    TIMES_OUT_OF_ORDER,
)

OPTIONAL = ("window", "hard_end", "step_every", "price_floor")
NOBODY = Outcome(Ending.NO_BIDS, None, None, ())
NO_EFFECT = Outcome(Ending.BELOW_RESERVE, None, None, ())


def step_at(ladder: tuple[Band, ...], price: Decimal) -> Decimal:
    """The step of the highest band that begins at or below the price."""
    for band in reversed(ladder):
        if band.from_price <= price:
            return band.step
    return ladder[0].step


def check_shape(conditions: Conditions, *, needs: tuple[str, ...] = (), allows: tuple[str, ...] = ()) -> None:
    """What every form demands: a price, an end after the start, the form's own conditions and no others.

    Raises `auction_condition_missing`, `auction_condition_foreign`, `auction_condition_not_positive` and
    `auction_times_out_of_order`.
    """
    for name in OPTIONAL:
        value = getattr(conditions, name)
        if value is None and name in needs:
            raise CONDITION_MISSING(field=name, form=conditions.form, name=name)
        if value is not None and name not in needs and name not in allows:
            raise CONDITION_FOREIGN(field=name, form=conditions.form, name=name)
        if isinstance(value, timedelta) and value <= timedelta(0):
            raise CONDITION_NOT_POSITIVE(field=name, name=name, value=value)
    check_positive("starting_price", conditions.starting_price)
    check_order("free_until", conditions.free_until, conditions.starts_at + timedelta(seconds=1))


def check_positive(name: str, amount: Decimal) -> None:
    """Raises `auction_condition_not_positive`."""
    if not amount > NIL:
        raise CONDITION_NOT_POSITIVE(field=name, name=name, value=f"{amount:.2f}")


def check_order(name: str, value: datetime, earliest: datetime) -> None:
    """Raises `auction_times_out_of_order`."""
    if value < earliest:
        raise TIMES_OUT_OF_ORDER(field=name, name=name, value=value.isoformat(), earliest=earliest.isoformat())


def check_ladder(conditions: Conditions, lowest: Decimal) -> None:
    """A ladder that says a step, more than zero, for every price from `lowest` on.

    Raises `auction_condition_missing`, `auction_condition_not_positive` and `auction_ladder_out_of_order`.
    """
    ladder = conditions.ladder
    if not ladder:
        raise CONDITION_MISSING(field="ladder", form=conditions.form, name="ladder")
    for position, band in enumerate(ladder):
        check_positive(f"ladder.{position}.step", band.step)
    starts = [band.from_price for band in ladder]
    if starts[0] < NIL or starts[0] > lowest or any(later <= earlier for earlier, later in pairwise(starts)):
        bands = ", ".join(f"{start:.2f}" for start in starts)
        raise LADDER_OUT_OF_ORDER(field="ladder", bands=bands, lowest=f"{lowest:.2f}")


def open_outcome(state: State, best: Mapping[int, Decimal], reserve: Decimal | None) -> Outcome:
    """The leader wins at the price; the others rank by how far they went, of equals the one who went there first."""
    if state.leader is None or state.price is None:
        return NOBODY
    if reserve is not None and state.price < reserve:
        return NO_EFFECT
    others = [
        (paddle, amount)
        for paddle, amount in best.items()
        if paddle != state.leader and (reserve is None or amount >= reserve)
    ]
    others.sort(key=lambda item: -item[1])
    return Outcome(Ending.SOLD, state.leader, state.price, ((state.leader, state.price), *others))
