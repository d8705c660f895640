"""What an auction (拍卖) decides, purely: no session, no clock, no I/O. Each form is one file of `forms/`.

Amounts are CNY to the fen. A bidder is known here by its paddle number (竞买号牌) alone. Times come from the database,
read after the auction's row was locked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol

from app.pricing.auction.kinds import AuctionForm, Ending, Refusal

NIL: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Band:
    """From which price on (inclusive) a bid must rise, or the price falls, by how much."""

    from_price: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was published of an auction; it never changes.

    English: after the free period (`free_until`) a window opens that each accepted bid reopens in full, until nobody
    bids for `window`, or `hard_end`. Sealed: bids until `free_until`; `starting_price` is the least. Dutch: the price
    starts at `starting_price` at `starts_at` and falls every `step_every` by the ladder's step down to `price_floor`;
    it ends at `free_until`. `window`, `hard_end`, `step_every`, `price_floor` are None where the form has none.
    """

    form: AuctionForm
    starting_price: Decimal
    ladder: tuple[Band, ...]
    starts_at: datetime
    free_until: datetime
    window: timedelta | None = None
    hard_end: datetime | None = None
    step_every: timedelta | None = None
    price_floor: Decimal | None = None

    def shifted(self, by: timedelta) -> "Conditions":
        """The same conditions after suspensions have stopped the clock for `by` in all."""
        if not by:
            return self
        return replace(
            self,
            starts_at=self.starts_at + by,
            free_until=self.free_until + by,
            hard_end=None if self.hard_end is None else self.hard_end + by,
        )


@dataclass(frozen=True, slots=True)
class State:
    """Where the bidding stands. `maximum` is the leader's secret limit (its amount where it named none)."""

    ends_at: datetime
    price: Decimal | None = None
    leader: int | None = None
    maximum: Decimal | None = None
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class Bid:
    """A well-formed bid of an admitted bidder. `amount` is None where it is sealed: nobody can read it yet."""

    paddle: int
    amount: Decimal | None
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a bid: `refusal` None means accepted; `state` is the one after it.

    `minimum` is the smallest bid that would pass now, None where none would. `final`: nothing can follow this bid.
    """

    refusal: Refusal | None
    state: State
    minimum: Decimal | None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A sealed bid once opened: the last one each bidder made before the deadline, and its place in the log."""

    paddle: int
    amount: Decimal
    seq: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended. `ranking`: paddle and amount, the winner at its price first, for the next bidder's chance.

    Of the others each counts with how far it went; nobody below the reserve is in it.
    """

    ending: Ending
    winner: int | None
    price: Decimal | None
    ranking: tuple[tuple[int, Decimal], ...]


def limit_of(bid: Bid) -> Decimal | None:
    """How far a bid goes by itself: to its secret maximum, else to its amount."""
    return bid.amount if bid.maximum is None else bid.maximum


def best_bids(accepted: Iterable[Bid]) -> dict[int, Decimal]:
    """How far each paddle went: its highest limit. In the order in which it was reached, which settles ties."""
    best: dict[int, Decimal] = {}
    for bid in accepted:
        limit = limit_of(bid)
        if limit is not None and limit > best.get(bid.paddle, NIL):
            best.pop(bid.paddle, None)
            best[bid.paddle] = limit
    return best


class FormRules(Protocol):
    """One form. `forms.RULES[form]` finds it."""

    def check(self, conditions: Conditions) -> None:
        """Raises a problem naming the field for conditions that this form cannot have."""

    def opening(self, conditions: Conditions) -> State:
        """The state before any bid."""

    def minimum(self, conditions: Conditions, state: State, now: datetime) -> Decimal | None:
        """The smallest bid that would be accepted now from somebody who does not lead; None where none would."""

    def decide(self, conditions: Conditions, state: State, bid: Bid, now: datetime) -> Decision:
        """Whether the bid is accepted, and where the bidding stands then. Never raises."""

    def standing(self, conditions: Conditions, before: State, bids: Iterable[Bid]) -> State:
        """Where the bidding stands by these accepted bids alone, in their order: the others of `before` were voided.

        The price never rises by it, and the end stays where it is. What a paddle bids while it leads is its limit.
        """

    def outcome(
        self,
        conditions: Conditions,
        state: State,
        best: Mapping[int, Decimal],
        opened: Sequence[Opened],
        reserve: Decimal | None,
    ) -> Outcome:
        """How it ends. `best`: how far each paddle went (`best_bids`; open forms); `opened`: the sealed bids.

        A top bid below the reserve has no effect: there is no winner, no price and no ranking. The reserve meets the
        price that was reached, never somebody's secret maximum.
        """
