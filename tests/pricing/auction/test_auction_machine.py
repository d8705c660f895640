"""Random actions at random times over an auction's whole life, the worker coming round when it likes.

The machine speaks to the API on a database of its own; each example runs in one transaction, rolled back at its end.
"""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.core import keys
from app.core.deadlines import run_due
from app.core.settings import Settings
from app.pricing.auction import queries
from app.pricing.auction.bidding.rules import Bid, best_bids
from app.pricing.auction.bidding.standing import unseal
from app.pricing.auction.models import Auction
from app.pricing.auction.proof import logbook
from app.pricing.auction.proof.transcript import verify_transcript
from tests.market.listings.factory import move_clock_to, reach
from tests.office.ledger.factory import confirmation_body
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.pricing.negotiated.factory import now
from tests.support.machines import WorldMachine, driven, fresh_world, let_keys_last, runs
from tests.support.world import Party, World

T = TypeVar("T")
Json = dict[str, Any]
BUYERS = st.sampled_from([0, 1, 2])
FORMS = {"english": factory.auction_body, "sealed": factory.sealed_body, "dutch": factory.dutch_body}
BID = "SELECT e.auction_id FROM auction_entries e JOIN auctions a ON a.id = e.auction_id WHERE e.kind = 'bid' AND "
ACCEPTED = "(e.content::jsonb ->> 'accepted')::boolean"
# What must be empty: each names the promise that a row of its would break.
NEVER = {
    "two live deals on a listing": (
        "SELECT listing_id FROM deals WHERE status IN ('agreed', 'contracted') GROUP BY listing_id HAVING count(*) > 1"
    ),
    "two closes of an auction": (
        "SELECT auction_id FROM auction_entries WHERE kind IN ('closed', 'cancelled') "
        "GROUP BY auction_id HAVING count(*) > 1"
    ),
    "a closed auction without its entry, or an entry without": (
        "SELECT a.id FROM auctions a WHERE (a.status = 'closed') <> EXISTS ("
        "SELECT FROM auction_entries e WHERE e.auction_id = a.id AND e.kind = 'closed')"
    ),
    "a notice shorter than its floor": (
        "SELECT id FROM auctions WHERE (starts_at AT TIME ZONE 'Asia/Shanghai')::date - "
        "(announced_at AT TIME ZONE 'Asia/Shanghai')::date < 7"
    ),
    "a bid accepted outside the bidding": (
        f"{BID} {ACCEPTED} AND (e.at < a.starts_at - a.shift OR e.at >= (SELECT coalesce(max("
        "(p.content::jsonb ->> 'ends_at')::timestamptz), a.ends_at) FROM auction_entries p "
        "WHERE p.auction_id = a.id AND p.seq <= e.seq AND p.content::jsonb ? 'ends_at'))"
    ),
    "a bid in the log after the end, or during a suspension": (
        f"{BID} (SELECT x.kind FROM auction_entries x WHERE x.auction_id = a.id AND x.seq < e.seq "
        "AND x.kind <> 'bid' ORDER BY x.seq DESC LIMIT 1) NOT IN ('scheduled', 'admitted', 'resumed')"
    ),
    "a deal without its confirmation": (
        "SELECT d.id FROM deals d LEFT JOIN auction_confirmations c ON c.deal_id = d.id WHERE c.deal_id IS NULL"
    ),
    "a deal with somebody who did not bid as much": (
        "SELECT d.id FROM deals d JOIN deal_parties p ON p.deal_id = d.id AND p.role = 'buyer' WHERE NOT EXISTS ("
        "SELECT FROM auction_entries e JOIN auctions a ON a.id = e.auction_id "
        f"WHERE a.listing_id = d.listing_id AND e.organisation_id = p.organisation_id AND {ACCEPTED})"
    ),
    "a deposit paid back twice": (
        "SELECT deposit_id FROM settlement_instructions WHERE deposit_id IS NOT NULL AND status <> 'cancelled' "
        "GROUP BY deposit_id HAVING count(*) > 1"
    ),
    "two live deposits of one bidder": (
        "SELECT subject_id FROM deposits WHERE status IN ('requested', 'received', 'held') "
        "GROUP BY subject_id, organisation_id HAVING count(*) > 1"
    ),
    "a deposit kept though nothing goes on": (
        "SELECT d.id FROM deposits d WHERE d.status = 'held' AND NOT EXISTS (SELECT FROM auctions a "
        "WHERE a.listing_id = d.subject_id AND a.status IN ('announced', 'suspended')) AND NOT EXISTS ("
        "SELECT FROM deals x JOIN deal_parties p ON p.deal_id = x.id AND p.organisation_id = d.organisation_id "
        "WHERE x.listing_id = d.subject_id AND x.status IN ('agreed', 'contracted', 'expired'))"
    ),
    "a listing held by nobody, or free though held": (
        "SELECT l.id FROM listings l WHERE (l.status = 'reserved') <> "
        "EXISTS (SELECT FROM deals d WHERE d.listing_id = l.id AND d.status = 'agreed')"
    ),
    "an auction of a listing that stands offered or is held": (
        "SELECT a.id FROM auctions a JOIN auctions o ON o.listing_id = a.listing_id AND o.id <> a.id "
        "WHERE a.status IN ('proposed', 'announced', 'suspended') AND o.offered_to IS NOT NULL"
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


NAMED = {
    "bid", "closed", "defaulted", "offered", "deal agreed", "the leader raised itself", "the same key elsewhere",
}  # fmt: skip
"""What the roads that do not rest on chance must come to."""


class Machine(WorldMachine):
    """A seller, three buyers, one listing and its auctions, one after another."""

    reached: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.receipts: list[Json] = []

    @initialize(form=st.sampled_from(["english", "sealed", "english", "dutch"]), begins=st.booleans())
    def start(self, form: str, begins: bool) -> None:
        """Where it `begins`, the bidding is open already."""
        self.form = form
        self.run(self._start())
        if begins:
            self.go_to_the_end(3, closes=False)

    async def _start(self) -> None:
        self.world = await fresh_world(self.stack, self.settings, self.database)
        self.seller = await self.world.institution()
        self.buyers = [await self.world.enterprise() for _ in range(3)]
        self.listing = await factory.auction_listing(self.world, self.seller)
        self.path = ""
        await let_keys_last(self.world)

    def teardown(self) -> None:
        try:
            self.run(self._prove())
        finally:
            super().teardown()

    async def _prove(self) -> None:
        """Every log verifies by replay, with all receipts that were given out."""
        for row in await self._rows("SELECT id FROM auctions WHERE announced_at IS NOT NULL"):
            file = await self.world.api.ok("GET", f"/v1/auctions/{row.id}/transcript")
            report = verify_transcript(file, [held for held in self.receipts if held["auction_id"] == str(row.id)])
            assert report.ok, report.problems
            self.reached.update(entry["content"]["kind"] for entry in file["entries"])
        self.reached.update(f"deal {row.status}" for row in await self._rows("SELECT status FROM deals"))

    async def _send(self, path: str, caller: Party, body: Json, key: str | None = None) -> Json:
        """What a command answers; a refusal is a 4xx problem, never anything else."""
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = await self.world.api.post(path, caller, json=body, headers=headers)
        assert answer.status_code < 500, answer.text
        found: Json = answer.json()
        return found

    async def _pay(self, buyer: int) -> None:
        own = self.buyers[buyer].id
        for row in await self._rows(
            f"SELECT number, required_amount FROM deposits WHERE status = 'requested' AND organisation_id = '{own}'"
        ):
            facts = {"amount": f"{row.required_amount:.2f}", "purpose_reference": row.number}
            body = await confirmation_body(self.world, **facts)
            await self._send("/v1/bank-confirmations", self.world.operator, body)

    async def _propose(self, days: int) -> None:
        body = await FORMS[self.form](self.world)
        for name in ("starts_at", "free_until"):
            body[name] = (datetime.fromisoformat(body[name]) + timedelta(days=days - 8)).isoformat()
        made = await self._send(f"/v1/listings/{self.listing['id']}/auction", self.seller, body)
        if "code" not in made:
            self.path = f"/v1/auctions/{made['id']}"

    async def _register(self, buyer: int) -> None:
        if self.path:
            body = {"listing_version": 1, "terms_accepted": True}
            await self._send(f"{self.path}/bidders", self.buyers[buyer], body)

    async def _bid(self, buyer: int, raises: int, proxy: int) -> None:
        if not self.path:
            return
        (row,) = await self._rows("SELECT price FROM auctions ORDER BY id DESC LIMIT 1")
        amount = (row.price or (200000 if self.form == "dutch" else 99000)) + 1000 * raises
        maximum = amount + 1000 * proxy if proxy and self.form == "english" else None
        body = {"amount": f"{amount:.2f}", "maximum": None if maximum is None else f"{maximum:.2f}"}
        answer = await self._send(f"{self.path}/bids", self.buyers[buyer], body)
        if "receipt" in answer:
            self.receipts.append(answer["receipt"])

    @rule(days=st.sampled_from([5, 6, 7, 8, 10]))
    def propose(self, days: int) -> None:
        self.run(self._propose(days))

    @rule()
    def announce(self) -> None:
        if self.path:
            self.run(self._send(f"{self.path}/announcement", self.world.operator, {}))

    @rule(buyer=BUYERS, pays=st.booleans())
    def register(self, buyer: int, pays: bool) -> None:
        self.run(self._register(buyer))
        if pays:
            self.run(self._pay(buyer))

    @rule(buyer=BUYERS)
    def pay(self, buyer: int) -> None:
        self.run(self._pay(buyer))

    @rule(buyer=BUYERS)
    def withdraw(self, buyer: int) -> None:
        if self.path:
            self.run(self._send(f"{self.path}/bidders/own/withdrawal", self.buyers[buyer], {}))

    @rule(buyer=BUYERS, raises=st.integers(0, 9), proxy=st.sampled_from([0, 0, 5, 20]))
    def bid(self, buyer: int, raises: int, proxy: int) -> None:
        self.run(self._bid(buyer, raises, proxy))

    @rule(further=st.sampled_from([5, 20]))
    def the_leader_raises_itself(self, further: int) -> None:
        """And a rival comes with the same `Idempotency-Key`, below the new limit: the leader keeps the lead."""

        async def act() -> None:
            for row in await self._rows(
                "SELECT a.id, a.price, b.organisation_id AS leader, a.last_seq FROM auctions a JOIN auction_bidders b "
                "ON b.auction_id = a.id AND b.paddle = a.leader WHERE a.status = 'announced' AND a.form = 'english'"
            ):
                bids, key = f"/v1/auctions/{row.id}/bids", f"same-{row.last_seq}"
                leader = next(party for party in self.buyers if party.id == row.leader)
                rival = next(party for party in self.buyers if party.id != row.leader)
                limit = {"amount": f"{row.price + 5000:.2f}", "maximum": f"{row.price + 5000 * further:.2f}"}
                raised = await self._send(bids, leader, limit, key)
                challenged = await self._send(bids, rival, {"amount": f"{row.price + 10000:.2f}"}, key)
                for answer in (raised, challenged):
                    self.receipts += [answer["receipt"]] if "receipt" in answer else []
                if "leading" in raised and "leading" in challenged:
                    assert (raised["leading"], challenged["leading"]) == (True, False)
                    self.reached |= {"the leader raised itself", "the same key elsewhere"}

        self.run(act())

    @rule(what=st.sampled_from(["suspension", "resumption", "resumption"]))
    def suspend_or_resume(self, what: str) -> None:
        if self.path:
            body: Json = {"reason": "示例"} if what == "suspension" else {}
            self.run(self._send(f"{self.path}/{what}", self.world.operator, body))

    @rule(operator=st.booleans(), really=st.sampled_from([True, False, False]))
    def cancel(self, operator: bool, really: bool) -> None:
        if self.path and really:
            caller = self.world.operator if operator else self.seller
            self.run(self._send(f"{self.path}/cancellation", caller, {"reason": "示例"}))

    @rule(hours=st.sampled_from([1, 2, 24, 24 * 6, 24 * 40]), worker=st.booleans())
    def pass_time(self, hours: int, worker: bool) -> None:
        async def act() -> None:
            await move_clock_to(self.world, await now(self.world) + timedelta(hours=hours))
            if worker:
                await run_due(self.world.database)

        self.run(act())

    @rule(which=st.sampled_from(["starts_at", "ends_at"]), early=st.integers(0, 1))
    def pass_time_to(self, which: str, early: int) -> None:
        """To the edge, or a minute before it."""

        async def act() -> None:
            column = f"{which} - interval '{early} minute'"
            ahead = f"SELECT DISTINCT {column} AS at FROM auctions WHERE {column} > techex_now() ORDER BY 1"
            for row in await self._rows(ahead):
                await reach(self.world, row.at)

        self.run(act())

    @rule()
    def worker_is_restarted(self) -> None:
        """It comes round again, and finds whatever is due."""

        async def act() -> None:
            while await run_due(self.world.database):
                pass

        self.run(act())

    @rule(by=st.sampled_from(["buyer", "seller", "operator"]), said=st.sampled_from(["buyer", "seller", "none"]))
    def let_the_deal_fail(self, by: str, said: str) -> None:
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

    @rule(buyer=BUYERS)
    def accept_offer(self, buyer: int) -> None:
        if self.path:
            self.run(self._send(f"{self.path}/offer-acceptance", self.buyers[buyer], {}))

    @rule(buyers=st.integers(0, 3), closes=st.booleans())
    def go_to_the_end(self, buyers: int, closes: bool) -> None:
        """The straight way, so that most examples arrive at a deal."""
        self.run(self._propose(8))
        self.announce()
        for buyer in range(buyers):
            self.register(buyer, pays=True)
        self.pass_time_to("starts_at", 0)
        for buyer in range(buyers):
            self.bid(buyer, 2 + 3 * buyer, 0)
        if closes:
            self.pass_time_to("ends_at", 0)
            self.worker_is_restarted()

    @rule(accepts=st.booleans(), proposes=st.booleans())
    def go_to_the_next_chance(self, accepts: bool, proposes: bool) -> None:
        """The winner walks away."""
        self.go_to_the_end(3, True)
        self.let_the_deal_fail("operator", "buyer")
        if proposes:
            self.run(self._propose(8))
        for buyer in range(3) if accepts else ():
            self.accept_offer(buyer)

    @invariant()
    def the_row_is_what_the_log_says(self) -> None:
        """Price, leader, its secret limit and the number of bids, as the next bid will be decided by them."""

        async def check() -> None:
            async with self.world.database.reading() as session:
                open_now = select(Auction).where(Auction.form == "english", Auction.status == "announced")
                for auction in (await session.execute(open_now)).scalars():
                    bids = await queries.accepted_bids(session, auction.id)
                    state, held = logbook.opened(auction).state, keys.current()
                    told = [json.loads(entry.content) for entry in bids]
                    assert state.accepted == len(bids)
                    assert [state.leader, state.price] == (
                        [told[-1]["leader"], Decimal(told[-1]["price"])] if told else [None, None]
                    )
                    made = []
                    for entry, said in zip(bids, told, strict=True):
                        secret = entry.secret and unseal(held, auction.id, said["paddle"], entry.secret)
                        made.append(Bid(said["paddle"], Decimal(said["amount"]), secret.amount if secret else None))
                    assert state.leader is None or best_bids(made)[state.leader] == state.maximum

        self.run(check())

    @invariant()
    def nothing_that_must_never_be(self) -> None:
        async def check() -> None:
            union = " UNION ALL ".join(
                f"SELECT '{promise}' AS promise WHERE EXISTS ({query})" for promise, query in NEVER.items()
            )
            assert not await self._rows(union)

        self.run(check())


async def test_nothing_new_is_auctioned_while_the_next_bidder_has_its_chance(world: World, scene: Scene) -> None:
    await scene.accepted(scene.bidders[0], "100000.00")
    await scene.accepted(scene.bidders[1], "110000.00")
    shown = await scene.end()
    body = {"reason": "示例", "defaulted": "buyer"}
    await world.api.ok("POST", f"/v1/deals/{shown['deal_id']}/cancellation", world.operator, json=body)
    again = await factory.auction_body(world)
    path = f"/v1/listings/{scene.listing['id']}/auction"
    await world.api.refused(409, "auction_exists", "POST", path, scene.seller, json=again)
    taken = await world.api.ok("POST", f"{scene.path}/offer-acceptance", scene.bidders[0])
    assert taken["deal_id"] is not None


@pytest.mark.chaos
def test_whatever_happens_when(fresh_url: str, settings: Settings) -> None:
    """At random, and before that down the roads that chance may miss."""
    with driven(Machine, fresh_url, settings):
        Machine.reached.clear()
        for form, accepts in (("english", True), ("sealed", True), ("dutch", False)):
            _go(form, accepts)
        assert Machine.reached >= NAMED, NAMED - Machine.reached
        run_state_machine_as_test(Machine, settings=RUNS)


def _go(form: str, accepts: bool) -> None:
    """Sold, the winner walks away, the next bidder takes its chance or does not."""
    machine = Machine()
    try:
        machine.start(form, begins=form == "english")
        machine.the_leader_raises_itself(5)
        machine.the_row_is_what_the_log_says()
        machine.go_to_the_next_chance(accepts=accepts, proposes=True)
        machine.nothing_that_must_never_be()
    finally:
        machine.teardown()


RUNS = runs(short=(3, 6), long=(200, 30))
