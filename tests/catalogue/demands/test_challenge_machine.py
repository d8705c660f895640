"""Random steps of a challenge at random times: what must hold after every step, whoever acts and in whatever order.

The machine speaks to the API on a database of its own; each example runs in one transaction, rolled back at its end.
"""

from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from app.core.deadlines import run_due
from app.core.settings import Settings
from tests.catalogue.demands.challenges import bid, expert_body, published_challenge, score_body
from tests.market.listings.factory import move_clock_to
from tests.pricing.negotiated.factory import now
from tests.support.machines import WorldMachine, driven, fresh_world, let_keys_last, runs
from tests.support.world import Party

T = TypeVar("T")
Json = dict[str, Any]
OPEN = "('sent', 'shortlisted', 'agreed')"
# What must be empty: each names the promise that a row of its would break.
NEVER = {
    "an award before its notice ended": "SELECT FROM challenges WHERE awarded_at < notice_ends_at",
    "an award over an objection": (
        "SELECT FROM challenges c JOIN challenge_objections o ON o.demand_id = c.demand_id AND o.judging = c.judging "
        "WHERE c.status = 'awarded' AND o.outcome IS DISTINCT FROM 'dismissed'"
    ),
    "an award that was never published, or not the first of its ranking": (
        "SELECT FROM challenges c JOIN demand_responses r ON r.id = c.winner_id WHERE c.status = 'awarded' AND "
        "r.number IS DISTINCT FROM (SELECT p.content::jsonb -> 'bids' -> 0 ->> 'number' FROM challenge_results p "
        "WHERE p.demand_id = c.demand_id AND p.judging = c.judging)"
    ),
    "agreed on without an award": (
        "SELECT FROM demand_responses r JOIN challenges c ON c.demand_id = r.demand_id "
        "WHERE r.status = 'agreed' AND (c.status <> 'awarded' OR c.winner_id <> r.id)"
    ),
    "a bid that is seen too early, or sealed for good": (
        "SELECT FROM demand_responses r JOIN challenges c ON c.demand_id = r.demand_id "
        "WHERE r.sealed <> (c.status = 'open') AND c.status <> 'failed'"
    ),
    "an expert of a judging who has not scored, and yet the scores are published": (
        "SELECT FROM challenge_results p JOIN challenge_experts e ON e.demand_id = p.demand_id "
        "AND e.judging = p.judging WHERE NOT EXISTS (SELECT FROM challenge_scores s WHERE s.expert_id = e.id)"
    ),
    "a failed challenge whose demand is open": (
        "SELECT FROM challenges c JOIN demands d ON d.id = c.demand_id "
        "WHERE c.status = 'failed' AND d.status NOT IN ('closed', 'removed')"
    ),
    "on notice without a deadline and without an objection that is waited for": (
        "SELECT FROM challenges c WHERE c.status = 'notice' AND NOT EXISTS (SELECT FROM deadlines t WHERE "
        "t.subject_id = c.demand_id AND t.kind = 'challenge.notice_ended' AND t.settled_at IS NULL) AND NOT EXISTS ("
        "SELECT FROM challenge_objections o WHERE o.demand_id = c.demand_id AND o.judging = c.judging "
        "AND o.outcome IS NULL)"
    ),
}
BROKEN = " UNION ALL ".join(f"SELECT '{promise}' WHERE EXISTS ({rows})" for promise, rows in NEVER.items())


class Machine(WorldMachine):
    """One challenge, two bidders, and people who may become its experts: one of them has a tie."""

    @initialize()
    def start(self) -> None:
        self.run(self._start())

    async def _start(self) -> None:
        self.world = await fresh_world(self.stack, self.settings, self.database)
        self.poster = await self.world.enterprise()
        self.bidders = [await self.world.institution() for _ in range(2)]
        self.experts = [await self.world.university() for _ in range(4)] + [self.bidders[0]]
        self.challenge = await published_challenge(self.world, self.poster)
        self.path = f"/v1/demands/{self.challenge['id']}"
        self.bids = [(await bid(self.world, self.challenge, bidder))["id"] for bidder in self.bidders]
        await let_keys_last(self.world)

    async def _send(self, path: str, caller: Party, body: Json | None = None) -> Json:
        answer = await self.world.api.post(path, caller, json=body)
        assert answer.status_code < 500, answer.text
        found: Json = answer.json()
        return found

    @rule(who=st.sampled_from([0, 1]))
    def withdraw(self, who: int) -> None:
        self.run(self._send(f"/v1/demand-responses/{self.bids[who]}/withdrawal", self.bidders[who]))

    @rule(days=st.sampled_from([5, 31]))
    def pass_time(self, days: int) -> None:
        async def act() -> None:
            await move_clock_to(self.world, await now(self.world) + timedelta(days=days))
            while await run_due(self.world.database):
                pass

        self.run(act())

    @rule(first=st.sampled_from([0, 1, 2]), points=st.sampled_from([[60, 40], [30, 20]]))
    def judge(self, first: int, points: list[int]) -> None:
        """Three experts are appointed, and score what is open; then the operator publishes."""

        async def act() -> None:
            still = [
                row.id
                for row in await self._rows(
                    f"SELECT id FROM demand_responses WHERE demand_id = '{self.challenge['id']}' AND status IN {OPEN}"
                )
            ]
            for expert in self.experts[first : first + 3]:
                await self._send(f"{self.path}/experts", self.world.operator, expert_body(expert))
                figures = {str(one): [max(0, figure - place) for figure in points] for place, one in enumerate(still)}
                if figures:
                    await self._send(f"{self.path}/scores", expert, score_body(figures))
            await self._send(f"{self.path}/scores/publication", self.world.operator)

        self.run(act())

    @rule()
    def object(self) -> None:
        words = {"reason": "示例", "contact": "示例 138"}
        self.run(self._send(f"{self.path}/objections", self.bidders[1], words))

    @rule(outcome=st.sampled_from(["upheld", "dismissed", "dismissed"]))
    def decide(self, outcome: str) -> None:
        async def act() -> None:
            for row in await self._rows("SELECT id FROM challenge_objections ORDER BY id"):
                body = {"outcome": outcome, "statement": "示例"}
                await self._send(f"/v1/challenge-objections/{row.id}/decision", self.world.operator, body)

        self.run(act())

    @rule(removed=st.booleans())
    def end_the_demand(self, removed: bool) -> None:
        if removed:
            self.run(self._send(f"{self.path}/removal", self.world.operator, {"reason": "示例"}))
        else:
            self.run(self._send(f"{self.path}/closure", self.poster, {"reason": "no_funds"}))

    @rule(objects=st.booleans())
    def go_on(self, objects: bool) -> None:
        """The straight way to an award."""
        self.pass_time(31)
        self.judge(0, [60, 40])
        if objects:
            self.object()
        self.pass_time(31)
        if objects:
            self.decide("dismissed")

    def status(self) -> str:
        return str(self.run(self._rows("SELECT status FROM challenges"))[0].status)

    @invariant()
    def nothing_that_must_never_be(self) -> None:
        assert not self.run(self._rows(BROKEN))


@pytest.mark.chaos
def test_no_step_breaks_a_promise(fresh_url: str, settings: Settings) -> None:
    """At random, and before that down the roads to an award that chance may miss."""
    with driven(Machine, fresh_url, settings):
        for objects in (False, True):
            machine = Machine()
            try:
                machine.start()
                machine.go_on(objects)
                machine.nothing_that_must_never_be()
                assert machine.status() == "awarded"
            finally:
                machine.teardown()
        run_state_machine_as_test(Machine, settings=runs(short=(3, 6), long=(200, 25)))  # type: ignore[no-untyped-call]
