"""Challenges for tests, brought to a state through the API."""

from datetime import datetime, timedelta
from typing import Any

from app.core.deadlines import run_due
from tests.catalogue.demands.factory import Json, published_demand, response_to
from tests.market.listings.factory import reach, today
from tests.support.world import Party, World

CRITERIA = [{"name": "技术路线", "points": 60}, {"name": "团队与条件", "points": 40}]


async def challenge_body(world: World, **terms: Any) -> Json:
    """What a demand needs to be a challenge whose bids come in for 30 days."""
    day = await today(world)
    return {
        "kind": "challenge",
        "valid_to": (day + timedelta(days=30)).isoformat(),
        "challenge": {
            "indicators": [{"name": "接触电阻", "threshold": "不超过10毫欧平方厘米"}],
            "complete_by": (day + timedelta(days=365)).isoformat(),
            "ownership": "示例：归发榜单位所有，揭榜单位有权署名。",
            "solvable_alone": False,
            "own_means": "示例：本单位无镀层研发条件。",
            "criteria": CRITERIA,
        }
        | terms,
    }


async def published_challenge(world: World, poster: Party, **terms: Any) -> Json:
    """A challenge that takes bids."""
    return await published_demand(world, poster, **await challenge_body(world, **terms))


async def bid(world: World, challenge: Json, bidder: Party, **overrides: Any) -> Json:
    """A bid of a team, for joint development."""
    words = {"capacity": "team", "transfer_mode": "joint_development", "result_ids": []}
    return await response_to(world, challenge, bidder, **(words | overrides))


async def bids_closed(world: World, challenge: Json) -> None:
    """Pass the last day to take a challenge up."""
    await reach(world, datetime.fromisoformat(challenge["closes_at"]))
    await run_due(world.database)


async def experts(world: World, challenge: Json, count: int = 3) -> list[Party]:
    """Experts of organisations of their own, appointed by the operator."""
    made = [await world.university() for _ in range(count)]
    for expert in made:
        await world.api.ok("POST", f"/v1/demands/{challenge['id']}/experts", world.operator, json=expert_body(expert))
    return made


def expert_body(expert: Party) -> Json:
    """The appointment of a person for its organisation."""
    return {"person_id": str(expert.person_id), "organisation_id": str(expert.id), "speciality": "示例专业"}


def score_body(points: dict[str, list[int]]) -> Json:
    """An expert's points by bid."""
    scores = [{"response_id": bid_id, "points": figures, "comment": "示例意见"} for bid_id, figures in points.items()]
    return {"no_conflict": True, "scores": scores}


async def scored(world: World, challenge: Json, judges: list[Party], points: dict[str, list[int]]) -> Json:
    """The challenge after each expert gave the same points and the operator has published them."""
    path = f"/v1/demands/{challenge['id']}/scores"
    for judge in judges:
        await world.api.ok("POST", path, judge, json=score_body(points))
    made: Json = await world.api.ok("POST", f"{path}/publication", world.operator)
    return made
