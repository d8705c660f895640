"""Demands and responses for tests, brought to a state through the API."""

from datetime import timedelta
from typing import Any

from tests.catalogue.results.factory import recorded_result
from tests.market.listings.factory import today
from tests.support.world import Party, World

Json = dict[str, Any]


async def demand_body(world: World, **overrides: Any) -> Json:
    """The form of a need, open for 60 days."""
    return {
        "title": "示例双极板镀层耐蚀技术",
        "problem": "示例：现有镀层在酸性环境中500小时后电阻升高。",
        "target": "示例：5000小时后接触电阻不超过10毫欧平方厘米。",
        "conditions": "示例：适配现有产线。",
        "keywords": ["双极板", "镀层"],
        "budget": "800000.00",
        "solutions": ["transfer_or_licence", "joint_development"],
        "industry_code": "C3849",
        "technical_field": "new_energy",
        "valid_to": (await today(world) + timedelta(days=60)).isoformat(),
    } | overrides


async def draft_demand(world: World, demander: Party, **overrides: Any) -> Json:
    """A draft, as its demander sees it."""
    made: Json = await world.api.ok("POST", "/v1/demands", demander, json=await demand_body(world, **overrides))
    return made


async def step(world: World, demand: Json, name: str, caller: Party, **body: Any) -> Json:
    """The demand after a step of its life."""
    made: Json = await world.api.ok("POST", f"/v1/demands/{demand['id']}/{name}", caller, json=body or None)
    return made


async def checked(world: World, demand: Json, demander: Party) -> Json:
    """A draft that was submitted and has passed both checks: it is published."""
    await step(world, demand, "submission", demander)
    await step(world, demand, "first-check", world.operator)
    return await step(world, demand, "second-check", await world.second_operator())


async def published_demand(world: World, demander: Party, **overrides: Any) -> Json:
    """A published demand, as its demander sees it."""
    return await checked(world, await draft_demand(world, demander, **overrides), demander)


async def response_body(world: World, responder: Party, **overrides: Any) -> Json:
    """A response that offers a result of the responder's own."""
    if "result_ids" not in overrides:
        overrides["result_ids"] = [(await recorded_result(world, responder))["id"]]
    return {
        "capacity": "holder",
        "proposal": "示例方案",
        "transfer_mode": "exclusive_licence",
        "price": "700000.00",
    } | overrides


async def response_to(world: World, demand: Json, responder: Party, **overrides: Any) -> Json:
    """A response to a published demand."""
    body = await response_body(world, responder, **overrides)
    made: Json = await world.api.ok("POST", f"/v1/demands/{demand['id']}/responses", responder, json=body)
    return made


async def decide(world: World, response: Json, name: str, caller: Party, **body: Any) -> Json:
    """The response after a step of its life."""
    path = f"/v1/demand-responses/{response['id']}/{name}"
    made: Json = await world.api.ok("POST", path, caller, json=body or None)
    return made


async def agreed_response(world: World, demand: Json, demander: Party, responder: Party, **overrides: Any) -> Json:
    """A response that the demander has agreed on."""
    sent = await response_to(world, demand, responder, **overrides)
    await decide(world, sent, "shortlisting", demander)
    return await decide(world, sent, "agreement", demander)
