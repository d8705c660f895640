"""Random steps of a demand, its draft and its responses at random times: what must hold after every step.

The machine speaks to the API on a database of its own; each example runs in one transaction, rolled back at its end.
"""

from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from app.catalogue.demands.kinds import CheckMove, DemandMove
from app.core.deadlines import run_due
from app.core.settings import Settings
from tests.catalogue.demands.factory import demand_body, draft_demand
from tests.market.listings.factory import move_clock_to
from tests.pricing.negotiated.factory import now
from tests.support.machines import WorldMachine, driven, fresh_world, let_keys_last, runs
from tests.support.world import Party

T = TypeVar("T")
Json = dict[str, Any]
WHO = st.sampled_from([0, 1])
OF_DEMAND = {
    CheckMove.SUBMISSION: "submission",
    CheckMove.RECALL: "recall",
    CheckMove.RETURN: "return",
    CheckMove.FIRST_CHECK: "first-check",
    CheckMove.SECOND_CHECK: "second-check",
    DemandMove.CLOSURE: "closure",
    DemandMove.REMOVAL: "removal",
}
OF_RESPONSE = ["shortlisting", "agreement", "decline", "withdrawal"]
ENDED = "status IN ('met', 'closed', 'removed')"
# What must be empty: each names the promise that a row of its would break.
NEVER = {
    "a version checked by one person": "SELECT FROM demand_versions WHERE first_checked_by = second_checked_by",
    "public and never published": "SELECT FROM demands WHERE status NOT IN ('draft', 'closed') AND version = 0",
    "filters that say otherwise than what is published": (
        "SELECT FROM demands d JOIN demand_versions v ON v.demand_id = d.id AND v.version = d.version "
        "WHERE (v.content::jsonb ->> 'budget')::numeric IS DISTINCT FROM d.budget "
        "OR (v.content::jsonb ->> 'valid_to')::date IS DISTINCT FROM d.valid_to "
        "OR (v.content::jsonb -> 'demander' = 'null') IS DISTINCT FROM d.name_hidden"
    ),
    "waiting without a deadline, or a deadline for what does not wait": (
        "SELECT FROM demands WHERE (check_due_at IS NOT NULL) <> "
        f"(check_status IN ('submitted', 'checked') AND NOT {ENDED})"
    ),
    "open, and never to expire": (
        "SELECT FROM demands d WHERE status = 'published' AND NOT EXISTS (SELECT FROM deadlines t WHERE "
        "t.subject_id = d.id AND t.kind = 'demand.expires' AND t.settled_at IS NULL)"
    ),
    "two responses agreed on": (
        "SELECT FROM demand_responses WHERE status = 'agreed' GROUP BY demand_id HAVING count(*) > 1"
    ),
    "a response open for good": (
        "SELECT FROM demand_responses r JOIN demands d ON d.id = r.demand_id "
        f"WHERE r.status IN ('sent', 'shortlisted', 'agreed') AND d.{ENDED} AND NOT EXISTS (SELECT FROM deadlines t "
        "WHERE t.subject_id = d.id AND t.kind = 'demand.ended' AND t.settled_at IS NULL)"
    ),
    "a closure over an agreement": (
        "SELECT FROM demand_responses r JOIN demands d ON d.id = r.demand_id "
        "WHERE r.status = 'agreed' AND d.status = 'closed'"
    ),
}
BROKEN = " UNION ALL ".join(f"SELECT '{promise}' WHERE EXISTS ({rows})" for promise, rows in NEVER.items())


class Machine(WorldMachine):
    """One demand, two operators and two organisations that respond."""

    seen: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.responses: dict[int, str] = {}

    @initialize(published=st.sampled_from([True, True, False]))
    def start(self, published: bool) -> None:
        self.run(self._start())
        if published:
            for move, who in ((CheckMove.SUBMISSION, 0), (CheckMove.FIRST_CHECK, 0), (CheckMove.SECOND_CHECK, 1)):
                self.step(move, who)

    async def _start(self) -> None:
        self.world = await fresh_world(self.stack, self.settings, self.database)
        self.demander = await self.world.enterprise()
        self.operators = [self.world.operator, await self.world.second_operator()]
        self.responders = [await self.world.institution() for _ in range(2)]
        self.demand = await draft_demand(self.world, self.demander)
        await let_keys_last(self.world)

    async def _send(self, path: str, caller: Party, body: Json) -> Json:
        """What a command answers; a refusal is a 4xx problem, never anything else."""
        answer = await self.world.api.post(path, caller, json=body)
        assert answer.status_code < 500, answer.text
        found: Json = answer.json()
        self.seen.add(found.get("code") or found["status"])
        return found

    @rule(move=st.sampled_from(sorted(OF_DEMAND)), who=WHO)
    def step(self, move: str, who: int) -> None:
        """A step by one of the operators, or by the demander where it is the demander's."""
        own = move in {CheckMove.SUBMISSION, CheckMove.RECALL, DemandMove.CLOSURE}
        reason = "no_longer_needed" if move == DemandMove.CLOSURE else "示例"
        path = f"/v1/demands/{self.demand['id']}/{OF_DEMAND[move]}"
        body = {"reason": reason} if move in {CheckMove.RETURN, DemandMove.CLOSURE, DemandMove.REMOVAL} else {}
        self.run(self._send(path, self.demander if own else self.operators[who], body))

    @rule(budget=st.sampled_from([None, "5.00"]), hidden=st.booleans(), straight=st.booleans())
    def correct(self, budget: str | None, hidden: bool, straight: bool) -> None:
        """Replace the draft, and mostly bring it straight through both checks."""

        async def act() -> None:
            body = await demand_body(self.world, budget=budget, name_hidden=hidden)
            path = f"/v1/demands/{self.demand['id']}/draft"
            answer = await self.world.api.send("PUT", path, self.demander, json=body, headers={"If-Match": "*"})
            assert answer.status_code < 500, answer.text

        self.run(act())
        if straight:
            for move, who in ((CheckMove.SUBMISSION, 0), (CheckMove.FIRST_CHECK, 1), (CheckMove.SECOND_CHECK, 0)):
                self.step(move, who)

    @rule(who=WHO)
    def respond(self, who: int) -> None:
        body = {"capacity": "team", "proposal": "示例", "transfer_mode": "joint_development"}
        made = self.run(self._send(f"/v1/demands/{self.demand['id']}/responses", self.responders[who], body))
        if "code" not in made:
            self.responses[who] = made["id"]

    @rule(name=st.sampled_from(OF_RESPONSE), who=WHO)
    def decide(self, name: str, who: int) -> None:
        if who in self.responses:
            caller = self.responders[who] if name == "withdrawal" else self.demander
            body = {"reason": "price"} if name == "decline" else {}
            self.run(self._send(f"/v1/demand-responses/{self.responses[who]}/{name}", caller, body))

    @rule(who=WHO)
    def agree(self, who: int) -> None:
        """The straight way to an agreement."""
        self.respond(who)
        self.decide("shortlisting", who)
        self.decide("agreement", who)

    @rule(days=st.sampled_from([0, 1, 3, 61]))
    def pass_time(self, days: int) -> None:
        async def act() -> None:
            if days:
                await move_clock_to(self.world, await now(self.world) + timedelta(days=days))
            await run_due(self.world.database)

        self.run(act())

    @invariant()
    def nothing_that_must_never_be(self) -> None:
        assert not self.run(self._rows(BROKEN))


@pytest.mark.chaos
def test_no_step_breaks_a_promise(fresh_url: str, settings: Settings) -> None:
    """At random, and before that down the roads that chance may miss."""
    with driven(Machine, fresh_url, settings):
        Machine.seen.clear()
        machine = Machine()
        try:
            machine.start(published=True)
            machine.agree(0)
            machine.nothing_that_must_never_be()
        finally:
            machine.teardown()
        machine = Machine()
        try:
            machine.start(published=False)
            for move in (DemandMove.CLOSURE, DemandMove.REMOVAL):
                machine.step(move, 0)
            machine.nothing_that_must_never_be()
        finally:
            machine.teardown()
        assert {"published", "sent", "agreed"} <= Machine.seen
        run_state_machine_as_test(Machine, settings=runs(short=(3, 10), long=(200, 50)))  # type: ignore[no-untyped-call]
