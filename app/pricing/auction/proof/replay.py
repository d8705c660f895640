"""Deciding every bid of a log again: whether the exchange decided as its published conditions say.

What is secret is known here only as far as the log opens it. Sealed bids and exhausted maxima are opened at the close;
the winner's maximum never is, and the replay needs it nowhere. While its bidder leads, a limit L gives the price
`min(L, m + step(m))` against each rival's limit m. Let R be the highest price reached under L. Any M with R <= M <= L
decides each of those bids as L did: where `m + step(m) <= L`, that is the price, so it is at most R, and M does not
bind either; else the price is L itself, so that R = M = L. In the same way a lead taken with L is taken at the same
price with M. So the replay puts the least possible limit in the place of a secret one. It needs the true one only where
somebody bids over it: there it is exhausted, hence opened, and one that is not opened is a fault.

Bids that were voided are opened at the close, and the bidding is folded again without them (`FormRules.standing`). The
argument holds for it too: without a bid prices only fall, so those under L stay at or below R.

What remains is a price that says the winner's maximum was reached when it was not, or passed: a last price less than a
step above the last rival's limit. The winner tells by handing in the opening of its maximum with the receipt.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from app.core.problems import Problem
from app.pricing.auction.bidding.forms import RULES
from app.pricing.auction.bidding.rules import (
    Bid,
    Conditions,
    Decision,
    FormRules,
    Opened,
    Outcome,
    State,
    best_bids,
    limit_of,
)
from app.pricing.auction.kinds import AuctionForm, Ending, EntryKind, Refusal
from app.pricing.auction.proof import log
from app.pricing.auction.proof.published import conditions_of

FEN: Final = Decimal("0.01")
Content = Mapping[str, Any]
MALFORMED: Final = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)


def exhausted(decided: Sequence[Content]) -> list[int]:
    """Of the accepted bids and voidings of a log, in order: the seq of each bid whose maximum is opened at the close.

    Somebody went over it or did not reach it, or the bid was voided. What the leader named since it last took the lead
    stays secret, the rest of its maxima, which it lost the lead with, do not.
    """
    if not decided:
        return []
    leader, voided = decided[-1]["leader"], voided_bids(decided)
    since = next((entry["seq"] for entry in reversed(decided) if entry["leader"] != leader), 0)
    return [
        bid["seq"]
        for bid in decided
        if bid["kind"] == EntryKind.BID
        and bid["maximum_commitment"] is not None
        and (bid["paddle"] != leader or bid["seq"] <= since or bid["seq"] in voided)
    ]


def voided_bids(contents: Iterable[Content]) -> dict[int, int]:
    """By the seq of each voided bid of a log: the seq of the entry that voids it."""
    return {seq: entry["seq"] for entry in contents if entry["kind"] == EntryKind.VOIDED for seq in entry["voids"]}


class Unfaithful(Exception):  # noqa: N818 — it says what it finds
    """An entry that does not follow from those before it."""


@dataclass(slots=True)
class Replay:
    """A log on its way through the rules. `take` each content in order; raises `Unfaithful` at the first wrong one.

    `openings`: amount by the seq of the bid that committed to it, checked by the caller. `unchecked` counts bids whose
    price depends on a maximum that is still secret, in a log that has not been closed: their bounds alone are checked.
    """

    contents: Sequence[Content]
    openings: Mapping[int, Decimal]
    closed: bool
    bids: int = 0
    unchecked: int = 0
    outcome: Outcome | None = None
    _published: Conditions | None = None
    _shift: timedelta = timedelta(0)
    _state: State | None = None
    _exact: bool = True
    _final: bool = False
    _reserve_commitment: str | None = None
    _suspended_at: datetime | None = None
    _cancelled: bool = False
    _paddles: set[int] = field(default_factory=set)
    _accepted: dict[int, Bid] = field(default_factory=dict)
    _bounded: set[int] = field(default_factory=set)
    _last_void: int | None = None
    _opened: list[Opened] | None = None
    _passed: set[int] = field(default_factory=set)

    def take(self, content: Content) -> None:
        """Check the next entry and move on; raises `Unfaithful`."""
        kind = content["kind"]
        step = _STEPS.get(kind)
        if step is None:
            raise Unfaithful(f"there is no entry of the kind {kind!r}")
        if (self._published is None) != (kind == "scheduled"):
            raise Unfaithful("the conditions stand first, and once")
        if self._cancelled or (self.outcome is not None and kind not in {"defaulted", "offered"}):
            raise Unfaithful(f"nothing of the kind {kind!r} follows the end")
        step(self, content, log.read_moment(content["at"]))

    @property
    def _conditions(self) -> Conditions:
        if self._published is None:
            raise Unfaithful("there are no conditions")
        return self._published.shifted(self._shift)

    @property
    def _rules(self) -> FormRules:
        return RULES[self._conditions.form]

    def _standing(self) -> State:
        if self._state is None:
            raise Unfaithful("there are no conditions")
        return self._state

    def _scheduled(self, content: Content, at: datetime) -> None:
        self._published = conditions_of(content["conditions"])
        try:
            self._rules.check(self._published)
        except Problem as problem:
            raise Unfaithful(f"no auction may have these conditions: {problem.as_json('en')['detail']}") from problem
        self._reserve_commitment = content["reserve_commitment"]
        self._state = self._rules.opening(self._published)

    def _admitted(self, content: Content, at: datetime) -> None:
        paddle = content["paddle"]
        if not isinstance(paddle, int) or paddle in self._paddles:
            raise Unfaithful(f"paddle {paddle} is given twice")
        if self._suspended_at is not None or at >= self._conditions.starts_at:
            raise Unfaithful(f"paddle {paddle} was given after the bidding had begun, or during a suspension")
        self._paddles.add(paddle)

    def _bid(self, content: Content, at: datetime) -> None:
        self.bids += 1
        if content["paddle"] not in self._paddles:
            raise Unfaithful(f"paddle {content['paddle']} was not admitted")
        if self._suspended_at is not None or at < self._conditions.starts_at:
            raise Unfaithful("a bid was taken before the start or during a suspension")
        if self._opened is not None:
            raise Unfaithful("a bid was decided when the sealed ones had been opened")
        before = self._standing()
        self._check_hidden(content)
        bid, exact = self._bid_of(content, before)
        hidden = self._rests_on_a_secret(content, before, exact=exact)
        decision = self._rules.decide(self._conditions, before, bid, at)
        if hidden:
            decision = self._believed(content, decision)
        self._compare(content, decision, at)
        self._keep(content, bid, decision, exact=exact)

    def _check_hidden(self, content: Content) -> None:
        """What the form seals is committed to and not shown; what is open has no commitment but to its maximum."""
        sealed = self._conditions.form == AuctionForm.SEALED
        if (content["amount"] is None) != sealed or (content["commitment"] is not None) != sealed:
            raise Unfaithful("an amount is sealed and committed to, or open, as the form has it")
        if content["code"] == Refusal.MAXIMUM_BELOW_AMOUNT and content["maximum_commitment"] is None:
            raise Unfaithful("a maximum is said to be too low, and there is no commitment to one")
        if sealed and content["maximum_commitment"] is not None:
            raise Unfaithful("a sealed bid has no maximum")

    def _bid_of(self, content: Content, before: State) -> tuple[Bid, bool]:
        """The bid as far as it is known, and whether its limit is the true one."""
        paddle, seq = content["paddle"], content["seq"]
        amount = None if content["amount"] is None else log.read_money(content["amount"])
        if amount is None:
            return Bid(paddle, self._sealed_amount(content)), True
        if content["code"] == Refusal.MAXIMUM_BELOW_AMOUNT:
            # Whatever the maximum was, as long as it was below: its bidder can tell, by opening it.
            return Bid(paddle, amount, self.openings.get(seq, amount - FEN)), True
        if not content["accepted"]:
            # A leader's own raise was refused by its true limit, which the replay may know only from below.
            decides = self._exact or content["code"] != Refusal.ALREADY_LEADING
            return Bid(paddle, amount, self.openings.get(seq) if decides else None), True
        if content["maximum_commitment"] is None:
            return Bid(paddle, amount), True
        if seq in self.openings:
            return Bid(paddle, amount, self.openings[seq]), True
        least = max(amount, self._reached(content))
        if before.leader == paddle and before.maximum is not None:
            least = max(least, before.maximum + FEN)
        return Bid(paddle, amount, least), False

    def _sealed_amount(self, content: Content) -> Decimal | None:
        """As far as it is opened; one that was refused as too low is taken for so: its bidder can tell."""
        if content["seq"] in self.openings:
            return self.openings[content["seq"]]
        return self._conditions.starting_price - FEN if content["code"] == Refusal.TOO_LOW else None

    def _reached(self, content: Content) -> Decimal:
        """The highest price under this bid's limit: while its bidder leads and has not named another that stands."""
        if self._last_void is None:
            self._last_void = max((entry["seq"] for entry in self.contents if entry["kind"] == "voided"), default=0)
        highest, others = Decimal(0), set[int]()
        for position in range(content["seq"] - 1, len(self.contents)):
            later = self.contents[position]
            if later["kind"] == "voided":
                others -= set(later["voids"])
            elif later["kind"] != "bid":
                continue
            elif later["paddle"] == content["paddle"] and later["accepted"] and later["seq"] != content["seq"]:
                others.add(later["seq"])
            if not others and later["leader"] == content["paddle"]:
                highest = max(highest, log.read_money(later["price"]))
            elif later["seq"] > self._last_void:
                break
        return highest

    def _rests_on_a_secret(self, content: Content, before: State, *, exact: bool) -> bool:
        """Whether the price depends on the true limit of somebody who was outbid, and that is not opened."""
        if (
            not content["accepted"]
            or self._conditions.form != AuctionForm.ENGLISH
            or before.leader == content["paddle"]
        ):
            return False
        loser_is_exact = exact if content["leader"] == before.leader else self._exact
        if before.leader is None or loser_is_exact:
            return False
        if self.closed:
            raise Unfaithful("a maximum that was exhausted here was never opened")
        return True

    def _believed(self, content: Content, decision: Decision) -> Decision:
        """The decision with the price and leader that the log states, within what the rules allow at all."""
        self.unchecked += 1
        before, price = self._standing(), log.read_money(content["price"])
        least, leader = log.read_money(content["amount"]), content["leader"]
        if decision.refusal is not None or price < least or leader not in {before.leader, content["paddle"]}:
            raise Unfaithful(f"the price {price} and the leader {leader} do not follow from this bid")
        after = replace(decision.state, price=price, leader=leader, maximum=price)
        if leader == before.leader and before.maximum is not None:
            after = replace(after, maximum=max(price, before.maximum))
        elif leader == content["paddle"]:
            limit = self.openings.get(content["seq"])
            after = replace(after, maximum=max(price, self._reached(content) if limit is None else limit))
        return replace(decision, state=after, minimum=None)

    def _compare(self, content: Content, decision: Decision, at: datetime) -> None:
        after = decision.state
        minimum = self._rules.minimum(self._conditions, after, at)
        expected: dict[str, Any] = {
            "accepted": decision.refusal is None,
            "code": None if decision.refusal is None else decision.refusal.value,
            "price": None if after.price is None else log.money(after.price),
            "leader": after.leader,
            "ends_at": log.moment(after.ends_at),
            "minimum": None if minimum is None else log.money(minimum),
        }
        for name, right in expected.items():
            stated = content[name]
            if stated != right or type(stated) is not type(right):
                raise Unfaithful(f"`{name}` is {stated!r}; the conditions give {right!r}")

    def _keep(self, content: Content, bid: Bid, decision: Decision, *, exact: bool) -> None:
        before = self._standing()
        if decision.refusal is None:
            self._accepted[content["seq"]] = bid
            if not exact:
                self._bounded.add(content["seq"])
            if decision.state.leader == bid.paddle:
                self._exact = exact
            self._final |= decision.final
        if before.accepted > decision.state.accepted:
            raise Unfaithful("bids were lost")
        self._state = decision.state

    def _suspended(self, content: Content, at: datetime) -> None:
        if self._suspended_at is not None:
            raise Unfaithful("it is suspended already")
        self._suspended_at = at

    def _resumed(self, content: Content, at: datetime) -> None:
        state, since = self._standing(), self._suspended_at
        if since is None:
            raise Unfaithful("it was not suspended")
        ends_at = log.read_moment(content["ends_at"])
        if ends_at - state.ends_at != at - since:
            raise Unfaithful(f"the end moved by {ends_at - state.ends_at}; the suspension took {at - since}")
        self._shift += ends_at - state.ends_at
        self._state, self._suspended_at = replace(state, ends_at=ends_at), None

    def _voided(self, content: Content, at: datetime) -> None:
        voids, paddle = content["voids"], content["paddle"]
        if self._suspended_at is None or self._opened is not None:
            raise Unfaithful("bids are voided during a suspension, before the end")
        bids = [self._accepted.get(seq) for seq in voids]
        if not voids or len(set(voids)) != len(voids) or any(bid is None or bid.paddle != paddle for bid in bids):
            raise Unfaithful(f"what is voided are accepted bids of paddle {paddle}, each once")
        before, rest = self._standing(), {seq: bid for seq, bid in self._accepted.items() if seq not in voids}
        after = self._rules.standing(self._conditions, before, rest.values())
        if not self.closed and self._bounded & set(rest):
            after = self._believed_rest(content, rest, before, after)
        price = None if after.price is None else log.money(after.price)
        stated = content["price"], content["leader"], content["ends_at"]
        if stated != (price, after.leader, log.moment(after.ends_at)):
            raise Unfaithful(f"it stands at {stated}, the entry says; without the bids at {(price, after.leader)}")
        self._accepted, self._state, self._final = rest, after, False
        self._exact = not any(rest[seq].paddle == after.leader for seq in self._bounded & set(rest))

    def _believed_rest(self, content: Content, rest: Mapping[int, Bid], before: State, after: State) -> State:
        """Price and leader as the log states them, where a maximum that is still secret may decide."""
        self.unchecked += 1
        leader = content["leader"]
        price = log.read_money(content["price"])
        if leader not in {bid.paddle for bid in rest.values()} or before.price is None or price > before.price:
            raise Unfaithful(f"the price {price} and the leader {leader} do not follow from the bids that stand")
        limits = (limit_of(bid) for bid in rest.values() if bid.paddle == leader)
        return replace(after, price=price, leader=leader, maximum=max(price, *(limit or price for limit in limits)))

    def _revealed(self, content: Content, at: datetime) -> None:
        if self._conditions.form != AuctionForm.SEALED or self._opened is not None or self._suspended_at is not None:
            raise Unfaithful("there is nothing to reveal")
        if at < self._standing().ends_at:
            raise Unfaithful("the bids were opened before the deadline")
        listed = {bid["seq"]: bid for bid in content["bids"]}
        sealed = {bid.paddle: seq for seq, bid in self._accepted.items()}
        missing = sorted(set(sealed.values()) - set(listed))
        if missing:
            raise Unfaithful(f"the bid of entry {missing[0]} was not opened")
        by_seq = {seq: paddle for paddle, seq in sealed.items()}
        for seq, paddle in by_seq.items():
            if listed[seq]["paddle"] != paddle:
                raise Unfaithful(f"the bid of entry {seq} is paddle {paddle}'s")
        self._opened = [Opened(paddle, log.read_money(listed[seq]["amount"]), seq) for seq, paddle in by_seq.items()]

    def _closed(self, content: Content, at: datetime) -> None:
        state = self._standing()
        if self._suspended_at is not None or (at < state.ends_at and not self._final):
            raise Unfaithful("it was closed before its end")
        if self._conditions.form == AuctionForm.SEALED and self._opened is None and self._accepted:
            raise Unfaithful("the sealed bids were not opened")
        reserve = self._reserve(content)
        best = best_bids(self._accepted.values())
        found = self._rules.outcome(self._conditions, state, best, self._opened or (), reserve)
        price = None if found.price is None else log.money(found.price)
        stated = content["ending"], content["winner"], content["price"]
        if stated != (found.ending.value, found.winner, price):
            raise Unfaithful(f"it ended {stated}; the bids give {(found.ending.value, found.winner, price)}")
        self.outcome = found

    def _reserve(self, content: Content) -> Decimal | None:
        """The reserve, where it decided: a sale does not open it."""
        if (content["reserve"] is not None) != (content["ending"] == Ending.BELOW_RESERVE):
            raise Unfaithful("the reserve is opened exactly where the top bid stayed below it")
        if content["reserve"] is None:
            return None
        amount, salt = log.read_money(content["reserve"]["amount"]), content["reserve"]["salt"]
        if log.commitment(salt, amount) != self._reserve_commitment:
            raise Unfaithful("the reserve is not the one committed to")
        return amount

    def _cancel(self, content: Content, at: datetime) -> None:
        self._cancelled = True

    def _defaulted(self, content: Content, at: datetime) -> None:
        self._ranked(content["paddle"])
        self._passed.add(content["paddle"])

    def _offered(self, content: Content, at: datetime) -> None:
        price = self._ranked(content["paddle"])
        if content["price"] != log.money(price):
            raise Unfaithful(f"the offer is at {content['price']}; that bidder went to {price}")
        self._passed.add(content["paddle"])

    def _ranked(self, paddle: int) -> Decimal:
        """The amount of a bidder whose turn it is, all before it having had theirs."""
        for ranked, amount in self.outcome.ranking if self.outcome else ():
            if ranked == paddle:
                return amount
            if ranked not in self._passed:
                break
        raise Unfaithful(f"it is not the turn of paddle {paddle}")


_STEPS: Final = {
    "scheduled": Replay._scheduled,
    "admitted": Replay._admitted,
    "bid": Replay._bid,
    "suspended": Replay._suspended,
    "resumed": Replay._resumed,
    "voided": Replay._voided,
    "revealed": Replay._revealed,
    "closed": Replay._closed,
    "cancelled": Replay._cancel,
    "defaulted": Replay._defaulted,
    "offered": Replay._offered,
}
