"""Random actions at random times, the worker coming round when it likes: what must hold after every step.

The machine speaks to the API on a database of its own; each example runs in one transaction, rolled back at its end.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from app.core.deadlines import run_due
from app.core.settings import Settings
from tests.catalogue.appraisals.factory import reapproval_body
from tests.market.listings.factory import move_clock_to
from tests.office.documents.factory import uploaded
from tests.pricing.appraised.factory import another_report, appraised_listing, now, offer_body
from tests.support.machines import WorldMachine, driven, fresh_world, let_keys_last, runs

T = TypeVar("T")
BUYERS = st.sampled_from([0, 1])
PRICES = st.sampled_from(["950000.00", "900000.00", "899999.99"])
# What must be empty: each names the promise that a row of its would break. The floor is reckoned anew from the report.
NEVER = {
    "two live deals on a listing": (
        "SELECT listing_id FROM deals WHERE status IN ('agreed', 'contracted') GROUP BY listing_id HAVING count(*) > 1"
    ),
    "two accepted offers on a listing": (
        "SELECT listing_id FROM purchase_offers WHERE status = 'accepted' GROUP BY listing_id HAVING count(*) > 1"
    ),
    "a deal that no report carried": (
        "SELECT d.id FROM deals d LEFT JOIN deal_appraisals a ON a.deal_id = d.id WHERE a.deal_id IS NULL"
    ),
    "a deal on an expired report, or on one that was not accepted": (
        "SELECT d.id FROM deals d JOIN deal_appraisals a ON a.deal_id = d.id "
        "JOIN appraisal_reports r ON r.id = a.report_id WHERE r.status <> 'accepted' "
        "OR (d.agreed_at AT TIME ZONE 'Asia/Shanghai')::date NOT BETWEEN r.base_date AND r.valid_to"
    ),
    "a deal below the floor without a re-approval that covers it": (
        "SELECT d.id FROM deals d JOIN deal_appraisals a ON a.deal_id = d.id "
        "JOIN appraisal_reports r ON r.id = a.report_id WHERE d.price < r.value * 0.9 AND NOT EXISTS ("
        "SELECT FROM appraisal_reapprovals x WHERE x.report_id = r.id AND x.id = a.reapproval_id "
        "AND x.lowest_price <= d.price AND x.recorded_at <= d.agreed_at)"
    ),
    "a deal over a gate": (
        "SELECT d.id FROM deals d JOIN purchase_offers o ON o.deal_id = d.id JOIN gates g ON g.subject_id = o.id "
        "LEFT JOIN gate_closures c ON c.gate_id = g.id "
        "WHERE c.gate_id IS NULL OR c.closed_at > d.agreed_at OR c.outcome = 'refused'"
    ),
    "an offer accepted at another price, or after its expiry": (
        "SELECT o.id FROM purchase_offers o LEFT JOIN deals d ON d.id = o.deal_id "
        "WHERE o.accepted_at >= o.expires_at OR o.accepted_at < o.made_at OR d.price <> o.price"
    ),
    "an offer withdrawn that bound its buyer": (
        "SELECT id FROM purchase_offers WHERE status = 'withdrawn' AND NOT revocable"
    ),
    "a deadline that failed": "SELECT id FROM deadlines WHERE last_error <> 'cancelled'",
    "a sale that waits past its end though the worker came round": (
        "SELECT o.id FROM purchase_offers o JOIN deadlines x ON x.subject_id = o.id "
        "WHERE x.kind = 'purchase_offer.lapses' AND o.status = 'accepted' AND x.settled_at IS NOT NULL"
    ),
    "a listing held by nobody, or free though held": (
        "SELECT l.id FROM listings l WHERE (l.status = 'reserved') <> ("
        "EXISTS (SELECT FROM purchase_offers o WHERE o.listing_id = l.id AND o.status = 'accepted') OR "
        "EXISTS (SELECT FROM deals d WHERE d.listing_id = l.id AND d.status = 'agreed'))"
    ),
}
BROKEN = " UNION ALL ".join(f"SELECT '{promise}' WHERE EXISTS ({rows})" for promise, rows in NEVER.items())


class Machine(WorldMachine):
    """A seller, two buyers, and one listing to be assigned (so with a gate) on a report that expires in 14 days."""

    deals: ClassVar[int] = 0
    refusals: ClassVar[set[str]] = set()

    @initialize()
    def start(self) -> None:
        self.run(self._start())

    async def _start(self) -> None:
        self.world = await fresh_world(self.stack, self.settings, self.database)
        self.seller = await self.world.institution()
        self.buyers = [await self.world.enterprise() for _ in range(2)]
        self.listing, self.report = await appraised_listing(
            self.world, self.seller, transfer_mode="assignment", valid_for=14
        )
        self.document = (await uploaded(self.world, self.seller))["id"]
        await let_keys_last(self.world)

    def teardown(self) -> None:
        type(self).deals += len(self.run(self._rows("SELECT id FROM deals")))
        super().teardown()

    async def _send(self, path: str, caller: Any, body: Any = None) -> dict[str, Any]:
        """What a command answers; a refusal is a 4xx problem, never anything else."""
        answer = await self.world.api.post(path, caller, json=body)
        assert answer.status_code < 500, answer.text
        found: dict[str, Any] = answer.json()
        if "code" in found:
            self.refusals.add(found["code"])
        return found

    async def _offer_of(self, buyer: int) -> str | None:
        own = f"SELECT id FROM purchase_offers WHERE buyer_id = '{self.buyers[buyer].id}' ORDER BY id DESC LIMIT 1"
        return next((row.id for row in await self._rows(own)), None)

    async def _step(self, buyer: int, what: str, caller: Any, body: Any = None) -> None:
        if offer := await self._offer_of(buyer):
            await self._send(f"/v1/purchase-offers/{offer}/{what}", caller, body)

    @rule(buyer=BUYERS, price=PRICES, days=st.integers(1, 40), revocable=st.booleans())
    def offer(self, buyer: int, price: str, days: int, revocable: bool) -> None:
        async def act() -> None:
            body = await offer_body(self.world, price=price, days=days, revocable=revocable)
            await self._send(f"/v1/listings/{self.listing['id']}/purchase-offers", self.buyers[buyer], body)

        self.run(act())

    @rule(buyer=BUYERS, what=st.sampled_from(["acceptance", "closing"]))
    def sell(self, buyer: int, what: str) -> None:
        self.run(self._step(buyer, what, self.seller))

    @rule(buyer=BUYERS)
    def withdraw(self, buyer: int) -> None:
        self.run(self._step(buyer, "withdrawal", self.buyers[buyer], {"reason": "示例"}))

    @rule(price=st.sampled_from(["899999.99", "800000.00"]))
    def reapprove(self, price: str) -> None:
        async def act() -> None:
            body = await reapproval_body(self.world, self.seller, price)
            await self._send(f"/v1/appraisal-reports/{self.report['id']}/reapprovals", self.seller, body)

        self.run(act())

    @rule(value=st.sampled_from(["1000000.00", "1300000.00"]))
    def renew(self, value: str) -> None:
        async def act() -> None:
            report = await another_report(self.world, self.seller, self.listing, value)
            path = f"/v1/listings/{self.listing['id']}/appraisal"
            answer = await self.world.api.send(
                "PUT", path, self.seller, json={"report_id": report["id"]}, headers={"If-Match": "*"}
            )
            assert answer.status_code < 500, answer.text
            if answer.is_success:
                self.report = report

        self.run(act())

    @rule(outcome=st.sampled_from(["cleared", "refused"]))
    def settle_gate(self, outcome: str) -> None:
        async def act() -> None:
            for row in await self._rows("SELECT id FROM gates ORDER BY id DESC LIMIT 1"):
                body = {"outcome": outcome, "reference": "示例", "document_id": self.document}
                await self._send(f"/v1/gates/{row.id}/closure", self.seller, body)

        self.run(act())

    @rule()
    def cancel_deal(self) -> None:
        async def act() -> None:
            for row in await self._rows("SELECT id FROM deals ORDER BY id DESC LIMIT 1"):
                await self._send(f"/v1/deals/{row.id}/cancellation", self.seller, {"reason": "示例"})

        self.run(act())

    @rule(hours=st.integers(1, 24 * 4), worker=st.booleans())
    def pass_time(self, hours: int, worker: bool) -> None:
        async def act() -> None:
            await move_clock_to(self.world, await now(self.world) + timedelta(hours=hours))
            if worker:
                await run_due(self.world.database)

        self.run(act())

    def _agree(self, buyer: int, below: bool) -> None:
        """The straight way, so that most examples arrive somewhere; an offer that binds is not withdrawn."""
        self.offer(buyer, "800000.00" if below else "950000.00", 3, False)
        self.withdraw(buyer)
        if below:
            self.sell(buyer, "acceptance")
            self.reapprove("800000.00")
        self.sell(buyer, "acceptance")

    @rule(buyer=BUYERS, below=st.booleans(), outcome=st.sampled_from(["cleared", "cleared", "refused"]))
    def agree_and_settle(self, buyer: int, below: bool, outcome: str) -> None:
        self._agree(buyer, below)
        self.settle_gate(outcome)
        self.sell(buyer, "closing")

    @rule(buyer=BUYERS, below=st.booleans())
    def agree_and_let_the_gate_lapse(self, buyer: int, below: bool) -> None:
        """By then the report has expired, unless it was renewed."""
        self._agree(buyer, below)
        self.pass_time(24 * 17, worker=True)
        self.sell(buyer, "closing")

    @invariant()
    def nothing_that_must_never_be(self) -> None:
        assert not self.run(self._rows(BROKEN))


def _go(*roads: Callable[[Machine], None]) -> None:
    """A way that chance may miss."""
    machine = Machine()
    try:
        machine.start()
        for road in roads:
            road(machine)
            machine.nothing_that_must_never_be()
    finally:
        machine.teardown()


@pytest.mark.chaos
def test_whatever_happens_when(fresh_url: str, settings: Settings) -> None:
    """At random, and before that down the roads that chance may miss."""
    with driven(Machine, fresh_url, settings):
        _go(lambda machine: machine.agree_and_settle(0, below=True, outcome="cleared"))
        _go(lambda machine: machine.agree_and_let_the_gate_lapse(1, below=False))
        run_state_machine_as_test(Machine, settings=RUNS)
    assert Machine.deals, "no example arrived at a deal: the machine proves nothing"
    assert {"price_below_floor", "appraisal_expired"} <= Machine.refusals, "too little was tried"


RUNS = runs(short=(6, 14), long=(60, 40))
