"""Whether what clients saw of an auction could have happened one bid after another, in the order of its log.

The log is the order: linearizability then needs no search. Each operation must stand in it where its client's clock
allows, with the answer its client got, and the log must be what the forms make of the bids in that order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.pricing.auction.bidding.forms import RULES
from app.pricing.auction.bidding.rules import Bid, Conditions, Opened, Outcome, State, best_bids
from app.pricing.auction.kinds import AuctionForm
from app.pricing.auction.proof import log

Content = Mapping[str, Any]
ANSWERED = ("accepted", "code", "price", "leader", "ends_at", "at")


@dataclass(frozen=True, slots=True)
class Operation:
    """A bid as its client saw it. Times are of one monotonic clock that all clients share.

    `answer` has `seq` and what of `ANSWERED` the client was told; it and `answered_at` are None where no answer came.
    Retries under one idempotency key are one operation, invoked with the first try and answered by any.
    """

    client: str
    invoked_at: float
    answered_at: float | None
    paddle: int
    amount: Decimal
    maximum: Decimal | None = None
    answer: Mapping[str, Any] | None = None


def check(
    conditions: Conditions, contents: Sequence[Content], operations: Iterable[Operation], reserve: Decimal | None = None
) -> list[str]:
    """What is wrong with a history, nothing if it is linearizable; `contents` is the whole log of the auction."""
    operations, contents = list(operations), _with_amounts(contents)
    problems = [
        f"entry {content['seq']} stands in place {place}"
        for place, content in enumerate(contents, start=1)
        if content["seq"] != place
    ]
    bids = {content["seq"]: content for content in contents if content["kind"] == "bid"}
    acknowledged, found = _acknowledged(bids, operations)
    problems += found + _order(operations)
    claims = _Claims(operations, acknowledged, {entry["amount"] for entry in bids.values()})
    return problems + _Model(conditions, claims, reserve).run(contents)


def _with_amounts(contents: Sequence[Content]) -> list[Content]:
    """The log with the amounts of sealed bids where they were revealed; of one that was replaced it may stay hidden."""
    revealed = {bid["seq"]: bid["amount"] for entry in contents for bid in entry.get("bids", ())}
    return [{**entry, "amount": revealed[entry["seq"]]} if entry["seq"] in revealed else entry for entry in contents]


def _fits(operation: Operation, entry: Content) -> bool:
    shows = entry["amount"] is None or entry["amount"] == log.money(operation.amount)
    return entry["paddle"] == operation.paddle and shows


def _acknowledged(
    bids: Mapping[int, Content], operations: Sequence[Operation]
) -> tuple[dict[int, Operation], list[str]]:
    """Each answered operation is in the log once, as it was asked and answered."""
    claimed: dict[int, Operation] = {}
    problems = []
    for operation in operations:
        if operation.answer is None:
            continue
        seq = operation.answer["seq"]
        entry = bids.get(seq)
        if entry is None:
            problems.append(f"lost: {operation.client} was answered entry {seq}, which is no bid of the log")
            continue
        if seq in claimed:
            problems.append(f"shared: {operation.client} and {claimed[seq].client} were both answered entry {seq}")
        claimed[seq] = operation
        if not _fits(operation, entry):
            problems.append(f"altered: entry {seq} is not what {operation.client} bid")
        wrong = [name for name in ANSWERED if name in operation.answer and operation.answer[name] != entry[name]]
        problems += [f"contradicted: {operation.client} was told another `{name}` of entry {seq}" for name in wrong]
    return claimed, problems


def _order(operations: Sequence[Operation]) -> list[str]:
    """What was answered before another was asked stands before it in the log."""
    known = [operation for operation in operations if operation.answer is not None]
    asked = sorted(known, key=lambda operation: operation.invoked_at)
    answered = sorted(known, key=lambda operation: operation.answered_at or 0)
    problems, highest, position = [], 0, 0
    for operation in asked:
        while position < len(answered) and (answered[position].answered_at or 0) < operation.invoked_at:
            highest = max(highest, (answered[position].answer or {})["seq"])
            position += 1
        seq = (operation.answer or {})["seq"]
        if seq <= highest:
            problems.append(f"reordered: {operation.client} was asked after entry {highest} was answered and is {seq}")
    return problems


class _Claims:
    """Which operation an entry is of. One that got no answer may be in the log once, after what was answered before."""

    def __init__(
        self, operations: Sequence[Operation], acknowledged: Mapping[int, Operation], amounts: set[str | None]
    ) -> None:
        self._acknowledged, self._operations = acknowledged, operations
        self._open: dict[int, list[tuple[int, Operation]]] = {}
        known = [operation for operation in operations if operation.answer is not None]
        # One whose amount the log shows elsewhere comes last for an entry whose amount stays hidden.
        for operation in sorted(operations, key=lambda operation: log.money(operation.amount) in amounts):
            if operation.answer is None:
                before = (o for o in known if o.answered_at is not None and o.answered_at < operation.invoked_at)
                after = max(((o.answer or {})["seq"] for o in before), default=0)
                self._open.setdefault(operation.paddle, []).append((after, operation))

    def candidates(self, entry: Content) -> list[Operation]:
        """The operations that the entry may be of."""
        own = self._acknowledged.get(entry["seq"])
        if own is not None:
            return [own]
        # Of an accepted open bid the log shows whether there was a maximum.
        open_bid = entry["accepted"] and entry["commitment"] is None
        return [
            operation
            for after, operation in self._open.get(entry["paddle"], ())
            if after < entry["seq"]
            and _fits(operation, entry)
            and (not open_bid or (operation.maximum is None) == (entry["maximum_commitment"] is None))
        ]

    def take(self, operation: Operation) -> None:
        """An unanswered operation is used up."""
        waiting = self._open.get(operation.paddle, [])
        waiting[:] = [other for other in waiting if other[1] is not operation]

    def reason(self, entry: Content) -> str:
        """Why an entry is nobody's."""
        asked = any(_fits(operation, entry) for operation in self._operations)
        return "doubled: the bid of" if asked else "phantom: nobody sent"


class _Model:
    """The sequential model: the forms, fed with the log's bids one by one."""

    def __init__(self, conditions: Conditions, claims: _Claims, reserve: Decimal | None) -> None:
        self._conditions, self._claims, self._reserve = conditions, claims, reserve
        self._rules = RULES[conditions.form]
        self._state = self._rules.opening(conditions)
        self._accepted: list[tuple[int, Bid]] = []
        self._outcome: Outcome | None = None
        self._problems: list[str] = []

    def run(self, contents: Sequence[Content]) -> list[str]:
        for content in contents:
            if content["kind"] == "bid":
                self._bid(content)
            elif content["kind"] == "resumed":
                ends_at = log.read_moment(content["ends_at"])
                self._conditions = self._conditions.shifted(ends_at - self._state.ends_at)
                self._state = replace(self._state, ends_at=ends_at)
            elif content["kind"] == "closed":
                self._closed(content)
        return self._problems

    def _bid(self, entry: Content) -> None:
        seq, at = entry["seq"], log.read_moment(entry["at"])
        self._invariants(entry, at)
        candidates = self._claims.candidates(entry)
        if not candidates:
            self._problems.append(f"{self._claims.reason(entry)} entry {seq}")
        stated = self._stated(entry)
        chosen: tuple[Bid, State] | None = None
        for operation in candidates:
            bid = Bid(operation.paddle, operation.amount, operation.maximum)
            decision = self._rules.decide(self._conditions, self._state, bid, at)
            fits = (decision.refusal, decision.state.price, decision.state.leader, decision.state.ends_at) == stated
            if chosen is None or fits:
                chosen, used = (bid, decision.state), operation
            if fits:
                break
        else:
            self._problems += [f"wrong: the rules decide entry {seq} otherwise"] if candidates else []
        if chosen is not None:
            self._claims.take(used)
            if entry["accepted"]:
                self._accepted.append((seq, chosen[0]))
        # Go on from what the log says, so that one fault is not named with every later entry.
        limit = chosen[1].maximum if chosen is not None else stated[1]
        self._state = State(stated[3], stated[1], stated[2], limit, self._state.accepted + bool(entry["accepted"]))

    @staticmethod
    def _stated(entry: Content) -> tuple[Any, Decimal | None, int | None, datetime]:
        price = None if entry["price"] is None else log.read_money(entry["price"])
        return entry["code"], price, entry["leader"], log.read_moment(entry["ends_at"])

    def _invariants(self, entry: Content, at: datetime) -> None:
        """What holds whatever the forms say: nothing after the end, and each challenge raises the price by the step."""
        if not entry["accepted"]:
            return
        seq, before = entry["seq"], self._state
        if self._outcome is not None or at >= before.ends_at:
            self._problems.append(f"late: entry {seq} was accepted after the end")
        if (
            self._conditions.form == AuctionForm.ENGLISH
            and entry["paddle"] != before.leader
            and before.price is not None
        ):
            bands = [band.step for band in self._conditions.ladder if band.from_price <= before.price]
            if log.read_money(entry["price"]) < before.price + bands[-1]:
                self._problems.append(f"flat: entry {seq} raises the price by less than the step")

    def _closed(self, entry: Content) -> None:
        if self._outcome is not None:
            self._problems.append(f"two outcomes: entry {entry['seq']} closes it again")
        if log.read_moment(entry["at"]) < self._state.ends_at and self._conditions.form != AuctionForm.DUTCH:
            self._problems.append(f"early: entry {entry['seq']} closes it before the end")
        last = {
            bid.paddle: Opened(bid.paddle, bid.amount, seq) for seq, bid in self._accepted if bid.amount is not None
        }
        opened = list(last.values()) if self._conditions.form == AuctionForm.SEALED else []
        best = best_bids(bid for _, bid in self._accepted)
        found = self._rules.outcome(self._conditions, self._state, best, opened, self._reserve)
        price = None if found.price is None else log.money(found.price)
        if (entry["ending"], entry["winner"], entry["price"]) != (found.ending.value, found.winner, price):
            self._problems.append(f"wrong outcome: entry {entry['seq']} says {entry['ending']} for {entry['winner']}")
        self._outcome = found
