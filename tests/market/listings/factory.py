"""Listings for tests, brought to a state through the API."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.catalogue.results.factory import recorded_result
from tests.support.world import Party, World

WUHAN_TIME = ZoneInfo("Asia/Shanghai")


async def today(world: World) -> date:
    """The exchange's local day."""
    moment = (await world.api.ok("GET", "/v1/clock"))["server_time"]
    return datetime.fromisoformat(moment).astimezone(WUHAN_TIME).date()


async def listing_body(world: World, seller: Party, **overrides: Any) -> dict[str, Any]:
    """A listing of a fresh result at a fixed price, open for 60 days."""
    if "result_id" not in overrides:
        overrides["result_id"] = (await recorded_result(world, seller))["id"]
    return {
        "transfer_mode": "exclusive_licence",
        "pricing_mode": "listed",
        "allocation": "first_come",
        "title": "示例光学检测技术独占许可",
        "summary": "示例摘要",
        "terms": "示例条款",
        "territory": "中国境内",
        "asking_price": "1000000.00",
        "closes_on": (await today(world) + timedelta(days=60)).isoformat(),
    } | overrides


async def draft_listing(world: World, seller: Party, **overrides: Any) -> dict[str, Any]:
    """A draft, as its seller sees it."""
    body = await listing_body(world, seller, **overrides)
    made: dict[str, Any] = await world.api.ok("POST", "/v1/listings", seller, json=body)
    return made


async def submitted_listing(world: World, seller: Party, **overrides: Any) -> dict[str, Any]:
    """A listing that waits for the operator."""
    draft = await draft_listing(world, seller, **overrides)
    made: dict[str, Any] = await world.api.ok("POST", f"/v1/listings/{draft['id']}/submission", seller)
    return made


async def published_listing(world: World, seller: Party, **overrides: Any) -> dict[str, Any]:
    """A listing on offer, as the operator sees it. The seller must not be founded by the state for a fixed price."""
    submitted = await submitted_listing(world, seller, **overrides)
    made: dict[str, Any] = await world.api.ok("POST", f"/v1/listings/{submitted['id']}/publication", world.operator)
    return made


async def move_clock_to(world: World, moment: datetime) -> None:
    """Move the sandbox's clock forward."""
    await world.api.ok("POST", "/v1/sandbox/clock", world.operator, json={"to": moment.isoformat()})


async def reach(world: World, moment: datetime) -> None:
    """Move the sandbox's clock to a moment, unless that has just passed: real time goes on between two calls."""
    answer = await world.api.post("/v1/sandbox/clock", world.operator, json={"to": moment.isoformat()})
    assert answer.is_success or answer.json()["code"] == "clock_backward", answer.text
