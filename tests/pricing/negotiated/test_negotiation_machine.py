"""Random actions at random times, the worker coming round when it likes: what must hold after every step.

The machine speaks to the API on a database of its own; each example runs in one transaction, rolled back at its end.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from app.core.database import Database
from app.core.deadlines import run_due
from app.core.settings import Settings
from tests.api import Api
from tests.applications import application
from tests.documents.factory import uploaded
from tests.listings.factory import move_clock_to
from tests.pricing.negotiated.factory import negotiated_listing, now, offer_body
from tests.world import Party, World

T = TypeVar("T")
BUYERS = st.sampled_from([0, 1])
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


class Machine(RuleBasedStateMachine):
    """A seller founded by the state, two buyers, an objector, and one listing to be assigned (so with a gate)."""

    runner: ClassVar[asyncio.Runner]
    database: ClassVar[Database]
    settings: ClassVar[Settings]
    deals: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.stack = AsyncExitStack()
        self.threads: dict[int, str] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def start(self) -> None:
        self.run(self._start())

    async def _start(self) -> None:
        connection = await self.stack.enter_async_context(self.database.engine.connect())
        outer = await connection.begin()
        self.stack.push_async_callback(outer.rollback)
        bound = Database(self.database.engine.url.render_as_string(hide_password=False), bound=connection)
        api = await self.stack.enter_async_context(Api(application(self.settings, bound)))
        self.world = await World.create(bound, api)
        self.seller = await self.world.university()
        self.buyers = [await self.world.enterprise() for _ in range(2)]
        self.objector = await self.world.enterprise()
        self.listing = await negotiated_listing(self.world, self.seller, transfer_mode="assignment")
        self.document = (await uploaded(self.world, self.seller))["id"]

    def teardown(self) -> None:
        type(self).deals += len(self.run(self._rows("SELECT id FROM deals")))
        self.run(self.stack.aclose())

    def _party(self, buyer: int, seller_side: bool) -> Party:
        return self.seller if seller_side else self.buyers[buyer]

    async def _rows(self, statement: str) -> list[Any]:
        async with self.world.database.reading() as session:
            return list((await session.execute(text(statement))).all())

    async def _send(self, path: str, caller: Party, body: dict[str, Any]) -> dict[str, Any]:
        """What a command answers; a refusal is a 4xx problem, never anything else."""
        answer = await self.world.api.post(path, caller, json=body)
        assert answer.status_code < 500, answer.text
        found: dict[str, Any] = answer.json()
        return found

    @rule(buyer=BUYERS, days=st.integers(1, 40))
    def open(self, buyer: int, days: int) -> None:
        async def act() -> None:
            body = await offer_body(self.world, days=days)
            made = await self._send(f"/v1/listings/{self.listing['id']}/negotiations", self.buyers[buyer], body)
            if "code" not in made:
                self.threads[buyer] = made["id"]

        self.run(act())

    @rule(buyer=BUYERS, seller_side=st.booleans(), days=st.integers(1, 40))
    def offer(self, buyer: int, seller_side: bool, days: int) -> None:
        if thread := self.threads.get(buyer):

            async def act() -> None:
                body = await offer_body(self.world, days=days)
                await self._send(f"/v1/negotiations/{thread}/offers", self._party(buyer, seller_side), body)

            self.run(act())

    @rule(buyer=BUYERS, seller_side=st.booleans())
    def accept(self, buyer: int, seller_side: bool) -> None:
        if thread := self.threads.get(buyer):

            async def act() -> None:
                party = self._party(buyer, seller_side)
                last = (await self.world.api.ok("GET", f"/v1/negotiations/{thread}", party))["last_offer"]
                answer = await self._send(f"/v1/negotiations/{thread}/acceptance", party, {"offer_id": last["id"]})
                if "code" not in answer:
                    assert last["side"] == ("buyer" if seller_side else "seller"), "one's own offer was accepted"

            self.run(act())

    @rule(buyer=BUYERS, seller_side=st.booleans(), what=st.sampled_from(["withdrawal", "closing"]))
    def end(self, buyer: int, seller_side: bool, what: str) -> None:
        if thread := self.threads.get(buyer):
            body = {"reason": "示例"} if what == "withdrawal" else {}
            self.run(self._send(f"/v1/negotiations/{thread}/{what}", self._party(buyer, seller_side), body))

    @rule()
    def object(self) -> None:
        async def act() -> None:
            for row in await self._rows("SELECT id FROM notices ORDER BY id DESC LIMIT 1"):
                body = {"reason": "示例", "contact": "示例 138"}
                await self._send(f"/v1/notices/{row.id}/objections", self.objector, body)

        self.run(act())

    @rule(outcome=st.sampled_from(["upheld", "dismissed", "dismissed"]))
    def decide(self, outcome: str) -> None:
        async def act() -> None:
            for row in await self._rows("SELECT id FROM notice_objections ORDER BY id DESC LIMIT 1"):
                body = {"outcome": outcome, "statement": "示例"}
                await self._send(f"/v1/objections/{row.id}/decision", self.world.operator, body)

        self.run(act())

    @rule(outcome=st.sampled_from(["cleared", "cleared", "refused"]))
    def settle_gate(self, outcome: str) -> None:
        async def act() -> None:
            for row in await self._rows("SELECT id FROM gates ORDER BY id DESC LIMIT 1"):
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

    @rule(offered=st.integers(1, 3), waited=st.integers(0, 3))
    def agree(self, offered: int, waited: int) -> None:
        """The straight way, so that most examples arrive at a notice; late where it was waited too long."""
        self.open(0, offered)
        self.pass_time(24 * waited, worker=False)
        self.accept(0, True)

    @rule(objects=st.booleans(), settles=st.booleans(), days=st.sampled_from([0, 14, 17]), worker=st.booleans())
    def go_for_a_deal(self, objects: bool, settles: bool, days: int, worker: bool) -> None:
        """Agree, perhaps object, perhaps clear the gate, wait, and ask for the deal."""
        self.agree(3, 0)
        if objects:
            self.object()
        if settles:
            self.settle_gate("cleared")
        self.pass_time(24 * days, worker)
        self.end(0, True, "closing")

    @invariant()
    def nothing_that_must_never_be(self) -> None:
        async def check() -> None:
            for promise, statement in NEVER.items():
                assert not await self._rows(statement), promise

        self.run(check())


@pytest.fixture
def prepared(fresh_url: str, settings: Settings) -> Iterator[None]:
    """The machine's own database."""

    async def begin() -> Database:
        return Database(fresh_url, pool_size=2)

    with asyncio.Runner() as runner:
        Machine.runner, Machine.settings, Machine.database = runner, settings, runner.run(begin())
        yield
        runner.run(Machine.database.close())


# What chance does not always reach, step by step; with how many deals it must end.
ROADS: dict[str, tuple[list[Callable[[Machine], None]], int]] = {
    "an offer accepted when it has expired": (
        [lambda m: m.open(0, 1), lambda m: m.pass_time(48, worker=False), lambda m: m.accept(0, True)], 0,
    ),
    "closing before the end of the notice, and after it": (
        [
            lambda m: m.agree(3, 0), lambda m: m.settle_gate("cleared"), lambda m: m.pass_time(24 * 14, worker=True),
            lambda m: m.end(0, True, "closing"), lambda m: m.pass_time(48, worker=True),
        ], 1,
    ),
    "an objection nobody has decided": (
        [
            lambda m: m.agree(3, 0), lambda m: m.settle_gate("cleared"), lambda m: m.object(),
            lambda m: m.pass_time(24 * 17, worker=True), lambda m: m.end(0, True, "closing"),
        ], 0,
    ),
    "an objection dismissed after the notice": (
        [
            lambda m: m.agree(3, 0), lambda m: m.settle_gate("cleared"), lambda m: m.object(),
            lambda m: m.pass_time(24 * 17, worker=True), lambda m: m.decide("dismissed"),
            lambda m: m.end(0, True, "closing"),
        ], 1,
    ),
    "an objection upheld": (
        [
            lambda m: m.agree(3, 0), lambda m: m.settle_gate("cleared"), lambda m: m.object(),
            lambda m: m.decide("upheld"), lambda m: m.pass_time(24 * 17, worker=True),
            lambda m: m.end(0, True, "closing"),
        ], 0,
    ),
    "an objection that comes too late, before the worker came round": (
        [
            lambda m: m.agree(3, 0), lambda m: m.pass_time(24 * 17, worker=False), lambda m: m.object(),
            lambda m: m.pass_time(0, worker=True),
        ], 1,
    ),
}  # fmt: skip


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("road", ROADS)
def test_the_straight_roads(road: str) -> None:
    steps, deals = ROADS[road]
    machine, before = Machine(), Machine.deals
    try:
        machine.start()
        for step in steps:
            step(machine)
            machine.nothing_that_must_never_be()
    finally:
        machine.teardown()
    assert Machine.deals - before == deals


@pytest.mark.usefixtures("prepared")
def test_whatever_happens_when() -> None:
    run_state_machine_as_test(Machine, settings=RUNS)


RUNS = settings(
    max_examples=8, stateful_step_count=20, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
