"""Random actions at random times, the worker coming round when it likes: what must hold after every step.

The machine speaks to the API on a database of its own; each example runs in one transaction, rolled back at its end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from app.core.deadlines import run_due
from app.core.settings import Settings
from tests.market.listings.factory import move_clock_to, reach
from tests.office.documents.factory import uploaded
from tests.pricing.negotiated.factory import negotiated_listing, now, offer_body
from tests.support.machines import WorldMachine, driven, fresh_world, let_keys_last, runs
from tests.support.world import Party

T = TypeVar("T")
Json = dict[str, Any]
BUYERS = st.sampled_from([0, 1])
MOSTLY = st.sampled_from([True, True, False])
# What must be empty: each names the promise that a row of its would break.
NEVER = {
    "two live deals on a listing": (
        "SELECT listing_id FROM deals WHERE status IN ('agreed', 'contracted') GROUP BY listing_id HAVING count(*) > 1"
    ),
    "two agreed negotiations on a listing": (
        "SELECT listing_id FROM negotiations WHERE status = 'agreed' GROUP BY listing_id HAVING count(*) > 1"
    ),
    "a notice shorter than its floor": (
        "SELECT id FROM notices WHERE ends_at - published_at < interval '15 days' OR last_day - first_day <> 14"
    ),
    "a deal before its notice ended": (
        "SELECT d.id FROM deals d JOIN negotiations n ON n.deal_id = d.id "
        "LEFT JOIN notices p ON p.negotiation_id = n.id WHERE p.id IS NULL OR d.agreed_at < p.ends_at"
    ),
    "a deal over an objection": (
        "SELECT d.id FROM deals d JOIN negotiations n ON n.deal_id = d.id JOIN notices p ON p.negotiation_id = n.id "
        "JOIN notice_objections o ON o.notice_id = p.id LEFT JOIN objection_decisions x ON x.objection_id = o.id "
        "WHERE x.objection_id IS NULL OR x.decided_at > d.agreed_at OR x.outcome = 'upheld'"
    ),
    "a deal over a gate": (
        "SELECT d.id FROM deals d JOIN negotiations n ON n.deal_id = d.id JOIN gates g ON g.subject_id = n.id "
        "LEFT JOIN gate_closures c ON c.gate_id = g.id "
        "WHERE c.gate_id IS NULL OR c.closed_at > d.agreed_at OR c.outcome = 'refused'"
    ),
    "an offer accepted after its expiry": (
        "SELECT n.id FROM negotiations n JOIN negotiation_offers o ON o.id = n.agreed_offer_id "
        "WHERE n.agreed_at >= o.expires_at OR n.agreed_at < o.made_at"
    ),
    "an objection taken after the notice": (
        "SELECT o.id FROM notice_objections o JOIN notices p ON p.id = o.notice_id WHERE o.filed_at >= p.ends_at"
    ),
    "a listing held by nobody, or free though held": (
        "SELECT l.id FROM listings l WHERE (l.status = 'reserved') <> ("
        "EXISTS (SELECT FROM negotiations n WHERE n.listing_id = l.id AND n.status = 'agreed') OR "
        "EXISTS (SELECT FROM deals d WHERE d.listing_id = l.id AND d.status = 'agreed'))"
    ),
}
BROKEN = " UNION ALL ".join(f"SELECT '{promise}' WHERE EXISTS ({rows})" for promise, rows in NEVER.items())


@dataclass
class Thread:
    """A negotiation, and its notice once it was agreed."""

    buyer: int
    id: str
    notice: str | None = None


class Machine(WorldMachine):
    """A seller founded by the state, two buyers, an objector, and one listing to be assigned (so with a gate)."""

    deals: ClassVar[int] = 0
    refusals: ClassVar[set[str]] = set()
    threads = Bundle("threads")
    agreed = Bundle("agreed")

    def __init__(self) -> None:
        super().__init__()
        self.latest: Thread | None = None
        self.last_road = (False, False, False)

    @initialize(
        targets=(threads, agreed),
        late=st.booleans(),
        begun=MOSTLY,
        objects=st.booleans(),
        settles=MOSTLY,
        decides=MOSTLY,
    )
    def start(self, late: bool, begun: bool, objects: bool, settles: bool, decides: bool) -> Any:
        """Mostly with a notice, perhaps after somebody was too late for one; and how it goes on in the end.

        The way to a deal is long.
        """
        self.run(self._start())
        self.last_road = (objects, settles, decides)
        if late:
            self.agree(1, 1, 1)
        return self.agree(0, 3, 0) if begun else multiple()

    async def _start(self) -> None:
        self.world = await fresh_world(self.stack, self.settings, self.database)
        self.seller = await self.world.university()
        self.buyers = [await self.world.enterprise() for _ in range(2)]
        self.objector = await self.world.enterprise()
        self.listing = await negotiated_listing(self.world, self.seller, transfer_mode="assignment")
        self.document = (await uploaded(self.world, self.seller))["id"]
        await let_keys_last(self.world)

    def teardown(self) -> None:
        """However it went, it goes on to the end of what was agreed last, and the promises still hold."""
        try:
            if self.latest:
                self.go_for_the_deal(self.latest, *self.last_road)
            self.nothing_that_must_never_be()
            type(self).deals += self.count_deals()
        finally:
            super().teardown()

    def count_deals(self) -> int:
        return len(self.run(self._rows("SELECT id FROM deals")))

    async def _send(self, path: str, caller: Party, body: Json) -> Json:
        """What a command answers; a refusal is a 4xx problem, never anything else."""
        answer = await self.world.api.post(path, caller, json=body)
        assert answer.status_code < 500, answer.text
        found: Json = answer.json()
        if "code" in found:
            self.refusals.add(found["code"])
        return found

    def _party(self, thread: Thread, seller_side: bool) -> Party:
        return self.seller if seller_side else self.buyers[thread.buyer]

    @rule(target=threads, buyer=BUYERS, days=st.integers(1, 40))
    def open(self, buyer: int, days: int) -> Any:
        async def act() -> Json:
            body = await offer_body(self.world, days=days)
            return await self._send(f"/v1/listings/{self.listing['id']}/negotiations", self.buyers[buyer], body)

        made = self.run(act())
        return multiple() if "code" in made else Thread(buyer, made["id"])

    @rule(thread=threads, seller_side=st.booleans(), days=st.integers(1, 40))
    def offer(self, thread: Thread, seller_side: bool, days: int) -> None:
        async def act() -> None:
            body = await offer_body(self.world, days=days)
            await self._send(f"/v1/negotiations/{thread.id}/offers", self._party(thread, seller_side), body)

        self.run(act())

    @rule(target=agreed, thread=threads, seller_side=st.booleans())
    def accept(self, thread: Thread, seller_side: bool) -> Any:
        async def act() -> Json:
            party = self._party(thread, seller_side)
            last = (await self.world.api.ok("GET", f"/v1/negotiations/{thread.id}", party))["last_offer"]
            answer = await self._send(f"/v1/negotiations/{thread.id}/acceptance", party, {"offer_id": last["id"]})
            if "code" not in answer:
                assert last["side"] == ("buyer" if seller_side else "seller"), "one's own offer was accepted"
            return answer

        answer = self.run(act())
        if "code" in answer:
            return multiple()
        thread.notice = answer["notice_id"]
        self.latest = thread
        return thread

    @rule(thread=threads, seller_side=st.booleans())
    def withdraw(self, thread: Thread, seller_side: bool) -> None:
        party = self._party(thread, seller_side)
        self.run(self._send(f"/v1/negotiations/{thread.id}/withdrawal", party, {"reason": "示例"}))

    @rule(thread=agreed, seller_side=st.booleans())
    def close(self, thread: Thread, seller_side: bool) -> None:
        self.run(self._send(f"/v1/negotiations/{thread.id}/closing", self._party(thread, seller_side), {}))

    @rule(thread=agreed)
    def object(self, thread: Thread) -> None:
        body = {"reason": "示例", "contact": "示例 138"}
        self.run(self._send(f"/v1/notices/{thread.notice}/objections", self.objector, body))

    @rule(thread=agreed, outcome=st.sampled_from(["upheld", "dismissed", "dismissed"]))
    def decide(self, thread: Thread, outcome: str) -> None:
        async def act() -> None:
            own = f"SELECT id FROM notice_objections WHERE notice_id = '{thread.notice}' ORDER BY id"
            for row in await self._rows(own):
                body = {"outcome": outcome, "statement": "示例"}
                await self._send(f"/v1/objections/{row.id}/decision", self.world.operator, body)

        self.run(act())

    @rule(thread=agreed, outcome=st.sampled_from(["cleared", "cleared", "cleared", "refused"]))
    def settle_gate(self, thread: Thread, outcome: str) -> None:
        async def act() -> None:
            for row in await self._rows(f"SELECT id FROM gates WHERE subject_id = '{thread.id}' ORDER BY id"):
                body = {"outcome": outcome, "reference": "示例", "document_id": self.document}
                await self._send(f"/v1/gates/{row.id}/closure", self.seller, body)

        self.run(act())

    @rule(hours=st.integers(1, 24 * 20), worker=st.booleans())
    def pass_time(self, hours: int, worker: bool) -> None:
        async def act() -> None:
            if hours:
                await move_clock_to(self.world, await now(self.world) + timedelta(hours=hours))
            if worker:
                await run_due(self.world.database)

        self.run(act())

    @rule(thread=threads, which=st.sampled_from(["last_offer", "notice"]), early=st.integers(0, 1))
    def pass_time_to(self, thread: Thread, which: str, early: int) -> None:
        """To the end of an offer or of a notice, or a minute before it; the worker sleeps."""

        async def act() -> None:
            shown = await self.world.api.ok("GET", f"/v1/negotiations/{thread.id}", self.seller)
            end = shown["notice_ends_at"] if which == "notice" else shown["last_offer"]["expires_at"]
            moment = datetime.fromisoformat(end) - timedelta(minutes=early) if end else None
            if moment:
                await reach(self.world, moment)

        self.run(act())

    @rule(targets=(threads, agreed), buyer=BUYERS, offered=st.integers(1, 3), waited=st.integers(0, 3))
    def agree(self, buyer: int, offered: int, waited: int) -> Any:
        """The straight way to a notice; too late where it was waited as long as the offer stands."""
        thread = self.open(buyer, offered)
        if not isinstance(thread, Thread):
            return multiple()
        self.pass_time(24 * waited, worker=False)
        return self.accept(thread, True)

    @rule(thread=agreed, objects=st.booleans(), settles=st.booleans(), decides=st.booleans())
    def go_for_the_deal(self, thread: Thread, objects: bool, settles: bool, decides: bool) -> None:
        """Ask for the deal too early, at the end of the notice, and when the objection was decided."""
        if objects:
            self.object(thread)
        if settles:
            self.settle_gate(thread, "cleared")
        self.close(thread, True)
        self.pass_time_to(thread, "notice", 0)
        self.pass_time(0, worker=True)
        self.close(thread, True)
        if decides:
            self.decide(thread, "dismissed")
            self.close(thread, True)

    @invariant()
    def nothing_that_must_never_be(self) -> None:
        assert not self.run(self._rows(BROKEN))


@pytest.fixture
def prepared(fresh_url: str, settings: Settings) -> Iterator[None]:
    """The machine's own database."""
    with driven(Machine, fresh_url, settings):
        Machine.deals = 0
        Machine.refusals.clear()
        yield


Step = Callable[[Machine, Thread], object]
# What chance does not always reach: how it begins, step by step; with how many deals it must end.
ROADS: dict[str, tuple[Callable[[Machine], Thread], list[Step], int]] = {
    "an offer accepted when it has expired": (
        lambda m: m.open(0, 1), [lambda m, t: m.pass_time(48, worker=False), lambda m, t: m.accept(t, True)], 0,
    ),
    "closing before the end of the notice, and after it": (
        lambda m: m.agree(0, 3, 0),
        [
            lambda m, t: m.settle_gate(t, "cleared"), lambda m, t: m.pass_time(24 * 14, worker=True),
            lambda m, t: m.close(t, True), lambda m, t: m.pass_time(48, worker=True),
        ], 1,
    ),
    "an objection nobody has decided": (
        lambda m: m.agree(0, 3, 0),
        [
            lambda m, t: m.settle_gate(t, "cleared"), lambda m, t: m.object(t),
            lambda m, t: m.pass_time(24 * 17, worker=True), lambda m, t: m.close(t, True),
        ], 0,
    ),
    "an objection dismissed after the notice": (
        lambda m: m.agree(0, 3, 0),
        [
            lambda m, t: m.settle_gate(t, "cleared"), lambda m, t: m.object(t),
            lambda m, t: m.pass_time(24 * 17, worker=True), lambda m, t: m.decide(t, "dismissed"),
            lambda m, t: m.close(t, True),
        ], 1,
    ),
    "an objection upheld": (
        lambda m: m.agree(0, 3, 0),
        [
            lambda m, t: m.settle_gate(t, "cleared"), lambda m, t: m.object(t),
            lambda m, t: m.decide(t, "upheld"), lambda m, t: m.pass_time(24 * 17, worker=True),
            lambda m, t: m.close(t, True),
        ], 0,
    ),
    "an objection that comes too late, before the worker came round": (
        lambda m: m.agree(0, 3, 0),
        [
            lambda m, t: m.pass_time(24 * 17, worker=False), lambda m, t: m.object(t),
            lambda m, t: m.pass_time(0, worker=True),
        ], 1,
    ),
}  # fmt: skip


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("road", ROADS)
def test_the_straight_roads(road: str) -> None:
    begin, steps, deals = ROADS[road]
    machine = Machine()
    try:
        machine.start(False, False, False, False, False)
        thread = begin(machine)
        for step in steps:
            machine.nothing_that_must_never_be()
            step(machine, thread)
        assert machine.count_deals() == deals
    finally:
        machine.teardown()


@pytest.mark.chaos
@pytest.mark.usefixtures("prepared")
def test_whatever_happens_when() -> None:
    run_state_machine_as_test(Machine, settings=RUNS)
    assert Machine.deals * 4 >= RUNS.max_examples, f"too few examples arrived at a deal: {Machine.deals}"
    assert {"offer_expired", "notice_running", "objection_open"} <= Machine.refusals, Machine.refusals


RUNS = runs(short=(6, 8), long=(100, 30))
