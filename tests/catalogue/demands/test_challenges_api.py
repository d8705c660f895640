"""Challenges (揭榜挂帅) from the outside: terms, sealed bids, experts, published scores, notice, award."""

from datetime import datetime
from typing import Any

import pytest

from app.core.deadlines import run_due
from tests.catalogue.demands.challenges import (
    bid,
    bids_closed,
    challenge_body,
    expert_body,
    experts,
    published_challenge,
    score_body,
    scored,
)
from tests.catalogue.demands.factory import Json, decide, demand_body, published_demand, step
from tests.market.listings.factory import reach
from tests.support.world import World


async def over(world: World, shown: Json) -> None:
    """Pass the end of the notice, and let the worker run until nothing is due."""
    await reach(world, datetime.fromisoformat(shown["notice_ends_at"]))
    while await run_due(world.database):
        pass


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"solvable_alone": True}, "challenge_solvable_alone"),
        ({"criteria": [{"name": "示例", "points": 99}]}, "criteria_do_not_sum"),
        ({"complete_by": "2026-01-01"}, "dates_out_of_order"),
    ],
)
async def test_what_the_terms_refuse(world: World, terms: Json, code: str) -> None:
    body = await demand_body(world, **await challenge_body(world, **terms))
    await world.api.refused(422, code, "POST", "/v1/demands", await world.enterprise(), json=body)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"budget": None}, "bounty_missing"),
        ({"name_hidden": True}, "challenge_poster_hidden"),
        ({"kind": "need"}, "challenge_terms_misplaced"),
    ],
)
async def test_a_challenge_has_a_bounty_and_a_poster_and_a_need_has_no_terms(
    world: World, change: Json, code: str
) -> None:
    body = await demand_body(world, **(await challenge_body(world) | change))
    await world.api.refused(422, code, "POST", "/v1/demands", await world.enterprise(), json=body)


async def test_from_sealed_bids_over_scores_and_notice_to_the_award(world: World) -> None:
    poster, first, second, partner, api = (
        await world.enterprise(),
        await world.institution(),
        await world.institution(),
        await world.university(),
        world.api,
    )
    challenge = await published_challenge(world, poster)
    path = f"/v1/demands/{challenge['id']}"
    better = await bid(world, challenge, first, partner_ids=[str(partner.id)])
    worse = await bid(world, challenge, second)
    assert better["partners"] == [{"id": str(partner.id), "name": partner.name}]
    assert (await api.ok("GET", "/v1/demand-responses", poster))["items"] == []
    await api.refused(404, "not_found", "GET", f"/v1/demand-responses/{better['id']}", poster)
    await api.refused(404, "not_found", "GET", f"{path}/bids", world.operator)
    assert (await api.ok("GET", f"{path}/challenge"))["status"] == "open"
    await bids_closed(world, challenge)
    shortlisting = f"/v1/demand-responses/{better['id']}/shortlisting"
    await api.refused(409, "judged_by_experts", "POST", shortlisting, poster)
    closure = {"reason": "no_funds"}
    await api.refused(409, "bids_closed", "POST", f"{path}/closure", poster, json=closure)
    judges = await experts(world, challenge)
    read = await api.ok("GET", f"{path}/bids", judges[0])
    assert [one["bidder"]["name"] for one in read["items"]] == [first.name, second.name]
    await api.refused(404, "not_found", "GET", f"{path}/bids", second)
    await api.refused(409, "experts_missing", "POST", f"{path}/scores/publication", world.operator)
    shown = await scored(world, challenge, judges, {better["id"]: [50, 35], worse["id"]: [40, 30]})
    assert (shown["status"], shown["results"]["winner"]) == ("notice", better["number"])
    assert [(one["rank"], one["mean"]) for one in shown["results"]["bids"]] == [(1, "85.00"), (2, "70.00")]
    assert [one["organisation"] for one in shown["results"]["experts"]] == [judge.name for judge in judges]
    await over(world, shown)
    assert (await api.ok("GET", f"{path}/challenge"))["status"] == "awarded"
    assert (await api.ok("GET", f"/v1/demand-responses/{better['id']}", poster))["status"] == "agreed"
    declined = await api.ok("GET", f"/v1/demand-responses/{worse['id']}", second)
    assert (declined["status"], declined["decline_reason"]) == ("declined", "chose_another")


async def test_who_has_a_tie_judges_nothing_and_the_poster_bids_nothing(world: World) -> None:
    poster, bidder, partner, api = (
        await world.enterprise(),
        await world.institution(),
        await world.university(),
        world.api,
    )
    challenge = await published_challenge(world, poster)
    path = f"/v1/demands/{challenge['id']}"
    words: Json = {"capacity": "team", "proposal": "示例", "transfer_mode": "joint_development"}
    await api.refused(409, "own_demand", "POST", f"{path}/responses", poster, json=words)
    joined = words | {"partner_ids": [str(poster.id)]}
    await api.refused(409, "own_demand", "POST", f"{path}/responses", bidder, json=joined)
    own = await bid(world, challenge, bidder, partner_ids=[str(partner.id)])
    await bids_closed(world, challenge)
    owner = await world.enterprise()
    relation = {
        "first_id": str(owner.id), "second_id": str(bidder.id), "kind": "control", "detail": "示例", "source": "示例",
    }  # fmt: skip
    await api.ok("POST", "/v1/organisation-relations", world.operator, json=relation)
    for tied in (poster, bidder, partner, owner):
        await api.refused(409, "expert_conflicted", "POST", f"{path}/experts", world.operator, json=expert_body(tied))
    (judge,) = await experts(world, challenge, 1)
    again = expert_body(judge)
    await api.refused(409, "expert_exists", "POST", f"{path}/experts", world.operator, json=again)
    for points in ([50], [61, 0]):
        body = score_body({own["id"]: points})
        await api.refused(422, "scores_incomplete", "POST", f"{path}/scores", judge, json=body)
    body = score_body({own["id"]: [60, 40]})
    await api.refused(404, "not_found", "POST", f"{path}/scores", owner, json=body)
    await world.same_person(judge, poster)
    await api.refused(409, "expert_conflicted", "POST", f"{path}/scores", judge, json=body)


async def test_an_objection_upheld_is_judged_again_and_one_dismissed_after_the_notice_awards(world: World) -> None:
    poster, bidder, objector, api = (
        await world.enterprise(),
        await world.institution(),
        await world.enterprise(),
        world.api,
    )
    challenge = await published_challenge(world, poster)
    path = f"/v1/demands/{challenge['id']}"
    own = await bid(world, challenge, bidder)
    await bids_closed(world, challenge)
    points = {own["id"]: [50, 30]}
    await scored(world, challenge, await experts(world, challenge), points)
    words = {"reason": "示例：专家未回避", "contact": "示例 13800000000"}
    outcomes: list[Any] = []
    for outcome in ("upheld", "dismissed"):
        filed = await api.ok("POST", f"{path}/objections", objector, json=words)
        assert "contact" not in filed
        if outcome == "dismissed":
            await over(world, await api.ok("GET", f"{path}/challenge"))
            assert (await api.ok("GET", f"{path}/challenge"))["status"] == "notice"
            await api.refused(409, "challenge_notice_over", "POST", f"{path}/objections", bidder, json=words)
        decision = {"outcome": outcome, "statement": "示例"}
        decided = f"/v1/challenge-objections/{filed['id']}/decision"
        await api.ok("POST", decided, world.operator, json=decision)
        await api.refused(409, "challenge_objection_decided", "POST", decided, world.operator, json=decision)
        shown = await api.ok("GET", f"{path}/challenge")
        outcomes.append((shown["status"], shown["judging"], len(shown["decisions"])))
        if outcome == "upheld":
            await scored(world, challenge, await experts(world, challenge), points)
    assert outcomes == [("judging", 2, 1), ("awarded", 2, 2)]
    assert (await api.ok("GET", f"{path}/objections", bidder))["items"] == []
    assert len((await api.ok("GET", f"{path}/objections", objector))["items"]) == 2


async def test_a_challenge_fails_without_a_bid_or_without_a_good_one_or_with_its_demand(world: World) -> None:
    poster, bidder, api = await world.enterprise(), await world.institution(), world.api
    empty, weak, closed = [await published_challenge(world, poster) for _ in range(3)]
    own = await bid(world, weak, bidder)
    await step(world, closed, "closure", poster, reason="no_funds")
    await bids_closed(world, weak)
    judges = await experts(world, weak)
    shown = await scored(world, weak, judges, {own["id"]: [30, 29]})
    assert (shown["status"], shown["results"]["winner"]) == ("failed", None)
    await run_due(world.database)
    assert (await api.ok("GET", f"/v1/demand-responses/{own['id']}", bidder))["status"] == "lapsed"
    for challenge, reason in ((empty, "nothing_suitable"), (weak, "nothing_suitable"), (closed, "no_funds")):
        assert (await api.ok("GET", f"/v1/demands/{challenge['id']}/challenge"))["status"] == "failed"
        assert (await api.ok("GET", f"/v1/demands/{challenge['id']}"))["closure_reason"] == reason
    need = await published_demand(world, poster)
    await api.refused(404, "not_found", "GET", f"/v1/demands/{need['id']}/challenge")


async def test_a_winner_that_takes_its_bid_back_leaves_no_award(world: World) -> None:
    poster, bidder = await world.enterprise(), await world.institution()
    challenge = await published_challenge(world, poster)
    path = f"/v1/demands/{challenge['id']}"
    await world.api.refused(
        409, "demand_transition_refused", "PUT", f"{path}/draft", poster,
        json={k: v for k, v in (await demand_body(world, **await challenge_body(world))).items() if k != "kind"},
        headers={"If-Match": "*"},
    )  # fmt: skip
    own = await bid(world, challenge, bidder)
    await bids_closed(world, challenge)
    shown = await scored(world, challenge, await experts(world, challenge), {own["id"]: [60, 40]})
    await decide(world, own, "withdrawal", bidder)
    await over(world, shown)
    assert (await world.api.ok("GET", f"{path}/challenge"))["status"] == "failed"
