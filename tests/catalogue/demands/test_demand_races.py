"""Two at once, with real commits: one response is agreed on, and what was closed is not published over."""

import asyncio
from datetime import datetime

from app.core.deadlines import run_due
from tests.catalogue.demands.challenges import bid, bids_closed, experts, published_challenge, score_body
from tests.catalogue.demands.factory import decide, draft_demand, published_demand, response_to, step
from tests.market.listings.factory import reach
from tests.support.world import Party, World


async def send(world: World, path: str, caller: Party, body: dict[str, str] | None = None) -> tuple[int, str | None]:
    answer = await world.api.post(path, caller, json=body)
    return answer.status_code, answer.json().get("code")


async def test_of_two_responses_agreed_on_at_once_one_counts(fresh_world: World) -> None:
    world = fresh_world
    demander = await world.enterprise()
    colleague = await world.colleague(demander)
    demand = await published_demand(world, demander)
    responses = [await response_to(world, demand, await world.institution()) for _ in range(2)]
    for response in responses:
        await decide(world, response, "shortlisting", demander)
    paths = [f"/v1/demand-responses/{response['id']}/agreement" for response in responses]
    answers = await asyncio.gather(
        *(send(world, path, who) for path, who in zip(paths, (demander, colleague), strict=True))
    )
    assert sorted(answers, key=str) == [(200, None), (409, "other_response_agreed")]


async def test_a_demand_is_published_or_closed_and_never_published_once_closed(fresh_world: World) -> None:
    world = fresh_world
    demander, second = await world.enterprise(), await world.second_operator()
    for _ in range(2):
        draft = await draft_demand(world, demander)
        await step(world, draft, "submission", demander)
        await step(world, draft, "first-check", world.operator)
        path = f"/v1/demands/{draft['id']}"
        published, closed = await asyncio.gather(
            send(world, f"{path}/second-check", second),
            send(world, f"{path}/closure", demander, {"reason": "no_longer_needed"}),
        )
        assert closed == (200, None)
        assert published in [(200, None), (409, "demand_transition_refused")]
        after = await world.api.ok("GET", f"{path}/draft", demander)
        assert (after["status"], after["version"]) == ("closed", 1 if published[0] == 200 else 0)


async def test_a_response_sent_while_the_demand_ends_lapses_or_is_refused(fresh_world: World) -> None:
    world = fresh_world
    demander, responder = await world.enterprise(), await world.institution()
    demand = await published_demand(world, demander)
    body = {"capacity": "team", "proposal": "示例", "transfer_mode": "joint_development"}
    sent, _ = await asyncio.gather(
        send(world, f"/v1/demands/{demand['id']}/responses", responder, body),
        send(world, f"/v1/demands/{demand['id']}/closure", demander, {"reason": "no_funds"}),
    )
    assert sent in [(201, None), (409, "demand_not_open")]
    await run_due(world.database)
    mine = (await world.api.ok("GET", "/v1/demand-responses", responder))["items"]
    assert [response["status"] for response in mine] == (["lapsed"] if sent[0] == 201 else [])


async def test_a_winner_that_goes_while_the_notice_ends_is_awarded_first_or_not_at_all(fresh_world: World) -> None:
    world = fresh_world
    poster, bidder = await world.enterprise(), await world.institution()
    challenge = await published_challenge(world, poster)
    own = await bid(world, challenge, bidder)
    await bids_closed(world, challenge)
    path = f"/v1/demands/{challenge['id']}"
    for judge in await experts(world, challenge):
        await world.api.ok("POST", f"{path}/scores", judge, json=score_body({own["id"]: [60, 40]}))
    second = await world.second_operator()
    publication = f"{path}/scores/publication"
    answers = await asyncio.gather(send(world, publication, world.operator), send(world, publication, second))
    assert sorted(answers, key=str) == [(200, None), (409, "challenge_transition_refused")]
    ends_at = (await world.api.ok("GET", f"{path}/challenge"))["notice_ends_at"]
    await reach(world, datetime.fromisoformat(ends_at))
    withdrawal = f"/v1/demand-responses/{own['id']}/withdrawal"
    withdrawn, _ = await asyncio.gather(send(world, withdrawal, bidder), run_due(world.database))
    assert withdrawn == (200, None)
    after = await world.api.ok("GET", f"{path}/challenge")
    assert (after["status"], after["awarded_at"] is not None) in [("awarded", True), ("failed", False)]
