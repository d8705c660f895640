"""Random actions at random times, the worker coming round when it likes: what must hold after every step.

The machine speaks to the API on a database of its own; each example runs in one transaction, rolled back at its end.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from app.core.clock import read_clock
from app.core.deadlines import run_due
from app.core.settings import Settings
from app.market.deals.kinds import PartyRole
from app.market.deals.rules import PartyShare
from app.market.deals.service import create_deal
from app.market.listings.queries import lock_listing
from app.pricing import contests
from app.pricing.contests import Outcome
from tests.market.listings.factory import move_clock_to, reach
from tests.office.documents.factory import uploaded
from tests.office.ledger.factory import confirmation_body
from tests.pricing.listed.factory import Bidding, bidding, competitive_listing, registration_body
from tests.pricing.negotiated.factory import now
from tests.support.machines import WorldMachine, driven, fresh_world, let_keys_last, runs
from tests.support.world import Party

T = TypeVar("T")
Json = dict[str, Any]
BUYERS = st.sampled_from([0, 1, 2])
PUBLIC = "ARRAY['00000000-0000-7000-8000-000000000001'::uuid]"
# What must be empty: each names the promise that a row of its would break.
NEVER = {
    "two deals on a sale": "SELECT listing_id FROM deals GROUP BY listing_id HAVING count(*) > 1",
    "a notice shorter than its floor, in all or after a suspension": (
        "SELECT id FROM periods WHERE rule = 'listing_notice' "
        "AND (count < 20 OR (status = 'open' AND elapsed > 0 AND least_remaining < 10))"
    ),
    "a deal, or bidding, before the notice ended": (
        "SELECT s.listing_id FROM listed_sales s JOIN listings l ON l.id = s.listing_id "
        "WHERE s.phase IN ('bidding', 'held', 'sold') AND l.closes_at > techex_now()"
    ),
    "a period that runs though the sale has ended": (
        "SELECT p.id FROM periods p JOIN listed_sales s ON s.listing_id = p.subject_id "
        "WHERE p.status IN ('open', 'suspended') AND s.phase IN ('bidding', 'held', 'sold', 'ended')"
    ),
    "no end, or another than that of its period": (
        "SELECT l.id FROM listings l JOIN listed_sales s ON s.listing_id = l.id WHERE s.phase = 'notice' "
        "AND NOT EXISTS (SELECT FROM periods p WHERE p.subject_id = l.id AND p.status = 'open' "
        f"AND p.audiences @> {PUBLIC} AND (p.rule = 'suspension_max') = (l.status = 'suspended') "
        "AND (p.ends_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' = l.closes_at)"
    ),
    "an entrant or a winner without its money": (
        "SELECT r.id FROM listed_registrations r WHERE r.status IN ('bidding', 'won') AND NOT EXISTS ("
        "SELECT FROM deposits d WHERE d.subject_id = r.listing_id AND d.organisation_id = r.organisation_id "
        "AND d.status IN ('held', 'forfeited', 'release_due', 'released'))"
    ),
    "a winner that somebody refused, or that agreed to something else": (
        "SELECT r.id FROM listed_registrations r JOIN listings l ON l.id = r.listing_id "
        "WHERE r.status IN ('bidding', 'won') AND (r.listing_version <> l.version OR EXISTS ("
        "SELECT FROM listed_qualifications q WHERE q.registration_id = r.id AND q.listing_version = l.version "
        "AND q.outcome = 'refused'))"
    ),
    "a deposit that stays with the exchange for nothing": (
        "SELECT d.id FROM deposits d JOIN listed_sales s ON s.listing_id = d.subject_id "
        "LEFT JOIN deals x ON x.id = s.deal_id "
        "WHERE d.status IN ('requested', 'received', 'held') AND (s.phase = 'ended' AND "
        "coalesce(x.status, '') <> 'expired' OR s.phase IN ('held', 'sold') AND d.organisation_id <> s.winner_id)"
    ),
    "a deposit released twice": (
        "SELECT deposit_id FROM settlement_instructions WHERE deposit_id IS NOT NULL AND status <> 'cancelled' "
        "GROUP BY deposit_id HAVING count(*) > 1"
    ),
    "a registration of a deposit that is gone": (
        "SELECT r.id FROM listed_registrations r JOIN listings l ON l.id = r.listing_id "
        "WHERE r.status = 'registered' AND r.listing_version = l.version AND NOT EXISTS ("
        "SELECT FROM deposits d WHERE d.subject_id = r.listing_id AND d.organisation_id = r.organisation_id "
        "AND d.status IN ('requested', 'received', 'held'))"
    ),
    "a listing held by nobody, or free though held": (
        "SELECT l.id FROM listings l WHERE (l.status = 'reserved') <> ("
        "EXISTS (SELECT FROM listed_sales s WHERE s.listing_id = l.id AND s.phase = 'held') OR "
        "EXISTS (SELECT FROM deals d WHERE d.listing_id = l.id AND d.status = 'agreed'))"
    ),
    "a sale that ended with its listing on offer": (
        "SELECT l.id FROM listings l JOIN listed_sales s ON s.listing_id = l.id "
        "WHERE s.phase = 'ended' AND l.status NOT IN ('lapsed', 'withdrawn')"
    ),
    "a deal over an open gate": (
        "SELECT d.id FROM deals d JOIN gates g ON g.subject_id = d.listing_id "
        "LEFT JOIN gate_closures c ON c.gate_id = g.id WHERE c.gate_id IS NULL OR c.outcome = 'refused'"
    ),
    "a deadline that failed": (
        "SELECT kind, last_error FROM deadlines WHERE last_error IS NOT NULL AND last_error <> 'cancelled'"
    ),
    "money that came from nowhere": (
        "SELECT 1 FROM (SELECT coalesce(sum(e.amount), 0) AS total, coalesce(sum(e.amount) FILTER ("
        "WHERE a.code = 'bank'), 0) AS bank FROM journal_entries e JOIN ledger_accounts a ON a.id = e.account_id) j, "
        "(SELECT coalesce(sum(CASE direction WHEN 'in' THEN amount ELSE -amount END), 0) AS said "
        "FROM bank_confirmations) b WHERE j.total <> 0 OR j.bank <> b.said"
    ),
    "a deposit in a state that the ledger does not know": (
        "SELECT 1 FROM (SELECT coalesce(sum(required_amount), 0) AS held FROM deposits WHERE status = 'held') d, "
        "(SELECT coalesce(-sum(e.amount), 0) AS held FROM journal_entries e "
        "JOIN ledger_accounts a ON a.id = e.account_id WHERE a.code = 'deposit_held') j WHERE d.held <> j.held"
    ),
}


class Machine(WorldMachine):
    """A seller founded by the state, three buyers, and one listing to be assigned (so with a gate)."""

    bidding: ClassVar[Bidding]
    ends: ClassVar[dict[str, int]] = {}

    @initialize(extends=st.booleans(), assigned=st.booleans(), registrants=st.sampled_from([1, 2, 0]))
    def start(self, extends: bool, assigned: bool, registrants: int) -> None:
        """With nobody, one or two who did everything, so that most examples arrive at a sale."""
        self.run(self._start(extends, assigned))
        for buyer in range(registrants):
            self.register(buyer, pays=True)
            self.judge(buyer, True, "qualified")
            self.judge(buyer, False, "qualified")

    async def _start(self, extends: bool, assigned: bool) -> None:
        self.world = await fresh_world(self.stack, self.settings, self.database)
        self.seller = await self.world.university()
        self.buyers = [await self.world.enterprise() for _ in range(3)]
        announced = {"extension_working_days": 5, "extensions_max": 1} if extends else {}
        mode = "assignment" if assigned else "exclusive_licence"
        self.listing = await competitive_listing(self.world, self.seller, announced, transfer_mode=mode)
        self.path = f"/v1/listings/{self.listing['id']}"
        self.document = (await uploaded(self.world, self.seller))["id"]
        await let_keys_last(self.world)

    def teardown(self) -> None:
        """However it went, time goes on: the sale comes to its end, and the promises still hold."""
        self.go_to_the_end(9)
        self.nothing_that_must_never_be()
        for row in self.run(self._rows("SELECT phase, extensions_used, deal_id FROM listed_sales")):
            for what in (row.phase, "extended" if row.extensions_used else "-", "deal" if row.deal_id else "-"):
                self.ends[what] = self.ends.get(what, 0) + 1
        super().teardown()

    async def _send(self, path: str, caller: Party, body: Json) -> Json:
        """What a command answers; a refusal is a 4xx problem, never anything else."""
        answer = await self.world.api.post(path, caller, json=body)
        assert answer.status_code < 500, answer.text
        found: Json = answer.json()
        return found

    async def _register(self, buyer: int) -> None:
        version = (await self._rows("SELECT version FROM listings"))[0].version
        body = registration_body({"version": version})
        await self._send(f"{self.path}/registrations", self.buyers[buyer], body)

    async def _pay(self, buyer: int, early: bool) -> None:
        own = self.buyers[buyer].id
        for row in await self._rows(
            "SELECT number, required_amount, due_at, techex_now() AS now FROM deposits WHERE status = 'requested' "
            f"AND organisation_id = '{own}'"
        ):
            received = min(row.due_at, row.now) if early else row.now
            facts = {"amount": f"{row.required_amount:.2f}", "purpose_reference": row.number}
            body = await confirmation_body(self.world, **facts, received_at=received.isoformat())
            await self._send("/v1/bank-confirmations", self.world.operator, body)

    async def _on_registration(self, buyer: int, caller: Party, what: str, body: Json) -> None:
        own = self.buyers[buyer].id
        for row in await self._rows(
            f"SELECT id FROM listed_registrations WHERE organisation_id = '{own}' ORDER BY id DESC LIMIT 1"
        ):
            await self._send(f"/v1/listing-registrations/{row.id}/{what}", caller, body)

    @rule(buyer=BUYERS, pays=st.booleans())
    def register(self, buyer: int, pays: bool) -> None:
        self.run(self._register(buyer))
        if pays:
            self.run(self._pay(buyer, early=False))

    @rule(buyer=BUYERS, early=st.booleans())
    def pay(self, buyer: int, early: bool) -> None:
        self.run(self._pay(buyer, early))

    @rule(buyer=BUYERS, seller=st.booleans(), outcome=st.sampled_from(["qualified", "qualified", "refused"]))
    def judge(self, buyer: int, seller: bool, outcome: str) -> None:
        caller = self.seller if seller else self.world.operator
        self.run(self._on_registration(buyer, caller, "qualification", {"outcome": outcome, "reason": "示例"}))

    @rule(buyer=BUYERS)
    def registrant_goes(self, buyer: int) -> None:
        self.run(self._on_registration(buyer, self.buyers[buyer], "withdrawal", {"reason": "示例"}))

    @rule(buyer=BUYERS)
    def confirm(self, buyer: int) -> None:
        async def act() -> None:
            version = (await self._rows("SELECT version FROM listings"))[0].version
            body = {"listing_version": version, "meets_conditions": True}
            await self._on_registration(buyer, self.buyers[buyer], "confirmation", body)

        self.run(act())

    @rule(price=st.sampled_from(["900000.00", "950000.00"]), deposit=st.sampled_from(["100000.00", "50000.00"]))
    def revise(self, price: str, deposit: str) -> None:
        async def act() -> None:
            (row,) = await self._rows("SELECT extension_working_days, extensions_max FROM listed_conditions")
            conditions = {
                "deposit_amount": deposit, "notice_working_days": 20, "qualification": "示例", "bidding": "english",
                "extension_working_days": row.extension_working_days, "extensions_max": row.extensions_max,
            }  # fmt: skip
            body = {"asking_price": price, "conditions": conditions, "reason": "示例"}
            await self._send(f"{self.path}/revision", self.seller, body)
            await self._send(f"{self.path}/revision/publication", self.world.operator, {})

        self.run(act())

    @rule(resumes=st.booleans())
    def suspend_or_resume(self, resumes: bool) -> None:
        body: Json = {} if resumes else {"reason": "示例"}
        self.run(self._send(f"{self.path}/{'resumption' if resumes else 'suspension'}", self.seller, body))

    @rule(what=st.sampled_from(["withdrawal", "sale-termination"]), really=st.sampled_from([True, False, False, False]))
    def end(self, what: str, really: bool) -> None:
        if really:
            caller = self.seller if what == "withdrawal" else self.world.operator
            body: Json = {} if what == "withdrawal" else {"reason": "示例"}
            self.run(self._send(f"{self.path}/{what}", caller, body))

    @rule(outcome=st.sampled_from(["cleared", "cleared", "refused"]))
    def settle_gate(self, outcome: str) -> None:
        async def act() -> None:
            for row in await self._rows("SELECT id FROM gates ORDER BY id DESC LIMIT 1"):
                body = {"outcome": outcome, "reference": "示例", "document_id": self.document}
                await self._send(f"/v1/gates/{row.id}/closure", self.seller, body)

        self.run(act())

    @rule(by=st.sampled_from(["buyer", "seller", "operator"]), said=st.sampled_from(["buyer", "seller", "none"]))
    def let_a_deal_fail(self, by: str, said: str) -> None:
        async def act() -> None:
            for row in await self._rows(
                "SELECT d.id, p.organisation_id AS buyer FROM deals d JOIN deal_parties p ON p.deal_id = d.id "
                "WHERE p.role = 'buyer'"
            ):
                buyer = next(party for party in self.buyers if party.id == row.buyer)
                caller = {"buyer": buyer, "seller": self.seller, "operator": self.world.operator}[by]
                body = {"reason": "示例"} | ({"defaulted": said} if by == "operator" else {})
                await self._send(f"/v1/deals/{row.id}/cancellation", caller, body)
                finding = {"defaulted": said, "reason": "示例"}
                await self._send(f"/v1/deals/{row.id}/default-finding", self.world.operator, finding)

        self.run(act())

    @rule(sells=st.booleans())
    def end_bidding(self, sells: bool) -> None:
        """What the auctions do when a contest has ended."""

        async def act() -> None:
            for row in await self._rows("SELECT listing_id, contest_id FROM listed_sales WHERE phase = 'bidding'"):
                async with self.world.database.transaction() as session:
                    listing = await lock_listing(session, row.listing_id)
                    at, deal_id = await read_clock(session), None
                    if sells:
                        winner: UUID = self.bidding.opened[row.listing_id][1].entrants[0]
                        deal = await create_deal(
                            session, listing, buyers=[PartyShare(PartyRole.BUYER, winner)],
                            price=Decimal("2000000.00"), agreed_at=at, asked_by=None
                        )  # fmt: skip
                        deal_id = deal.id
                    ended = Outcome(row.contest_id, deal_id, None if deal_id else "no_bids")
                    await contests.tell_outcome(session, listing, ended, at)

        self.run(act())

    @rule(hours=st.integers(1, 24 * 12), worker=st.booleans())
    def pass_time(self, hours: int, worker: bool) -> None:
        async def act() -> None:
            await move_clock_to(self.world, await now(self.world) + timedelta(hours=hours))
            if worker:
                await run_due(self.world.database)

        self.run(act())

    @rule()
    def worker_is_restarted(self) -> None:
        """It comes round again, and finds whatever is due."""

        async def act() -> None:
            while await run_due(self.world.database):
                pass

        self.run(act())

    @rule(days=st.sampled_from([0, 9]))
    def go_to_the_end(self, days: int) -> None:
        """To the end of the notice, an extension, a suspension; late where the worker slept on."""

        async def act() -> None:
            for row in await self._rows("SELECT closes_at FROM listings WHERE closes_at > techex_now()"):
                await reach(self.world, row.closes_at + timedelta(days=days))

        self.run(act())
        self.worker_is_restarted()

    @invariant()
    def nothing_that_must_never_be(self) -> None:
        async def check() -> None:
            union = " UNION ALL ".join(
                f"SELECT '{promise}' AS promise WHERE EXISTS ({query})" for promise, query in NEVER.items()
            )
            assert not await self._rows(union)

        self.run(check())


@pytest.mark.chaos
def test_whatever_happens_when(fresh_url: str, settings: Settings) -> None:
    with driven(Machine, fresh_url, settings), bidding() as Machine.bidding:
        Machine.ends.clear()
        run_state_machine_as_test(Machine, settings=RUNS)
    assert "deal" in Machine.ends, f"no example arrived at a deal: the machine proves little: {Machine.ends}"


RUNS = runs(short=(6, 8), long=(100, 30))
