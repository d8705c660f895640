"""Remedies that only the API can be asked about. Each answers what it tries by sending it: wrong, then as told."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from tests.market.listings.factory import WUHAN_TIME, move_clock_to, today
from tests.pricing.auction.factory import announced, auction_body, auction_listing
from tests.remedies.trials import figure_in
from tests.support.world import Party, World

Asked = Callable[[World], Awaitable[None]]
ASKED: Final[dict[tuple[str, str], Asked]] = {}


def tries(code: str, name: str) -> Callable[[Asked], Asked]:
    def register(trial: Asked) -> Asked:
        ASKED[code, name] = trial
        return trial

    return register


async def told(world: World, code: str, name: str, path: str, caller: Party, **sent: Any) -> str:
    """The figure in the remedy of a POST that is refused with this code."""
    answer = await world.api.post(path, caller, **sent)
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code, problem
    return figure_in(problem, name)


@tries("auction_reserve_too_low", "starting_price")
async def reserve(world: World) -> None:
    seller = await world.institution()
    listing = await auction_listing(world, seller)
    path, body = f"/v1/listings/{listing['id']}/auction", await auction_body(world, reserve_price="1.00")
    least = await told(world, "auction_reserve_too_low", "starting_price", path, seller, json=body)
    await world.api.ok("POST", path, seller, json=body | {"reserve_price": least})


@tries("auction_terms_not_accepted", "version")
async def terms(world: World) -> None:
    scene, bidder = await announced(world, bidders=0), await world.enterprise()
    path, body = f"{scene.path}/bidders", {"terms_accepted": True, "listing_version": 7}
    version = await told(world, "auction_terms_not_accepted", "version", path, bidder, json=body)
    await world.api.ok("POST", path, bidder, json=body | {"listing_version": int(version)})


@tries("award_year_ahead", "current")
async def year_ahead(world: World) -> None:
    path, officer = "/v1/award-runs", world.award_officer
    next_year = {"year": (await today(world)).year + 1}
    year = await told(world, "award_year_ahead", "current", path, officer, json=next_year)
    await world.api.ok("POST", path, officer, json={"year": int(year)})


@tries("award_year_not_over", "year")
async def year_not_over(world: World) -> None:
    officer, year = world.award_officer, (await today(world)).year
    run = await world.api.ok("POST", "/v1/award-runs", officer, json={"year": year})
    path = f"/v1/award-runs/{run['id']}/publication"
    named = int(await told(world, "award_year_not_over", "year", path, officer))
    await move_clock_to(world, datetime(named + 1, 1, 1, tzinfo=WUHAN_TIME))
    run = await world.api.ok("POST", "/v1/award-runs", officer, json={"year": named})
    await world.api.ok("POST", f"/v1/award-runs/{run['id']}/publication", officer)


@tries("body_too_large", "limit")
async def body(world: World) -> None:
    path, headers = "/v1/organisations", {"Content-Type": "application/json"}
    sent: dict[str, Any] = {"content": b" " * 2_000_000, "headers": headers}
    limit = int(await told(world, "body_too_large", "limit", path, world.operator, **sent))
    within = await world.api.post(path, world.operator, **(sent | {"content": b" " * limit}))
    assert within.json()["code"] == "malformed_json"


@tries("clock_backward", "now")
async def clock(world: World) -> None:
    path, past = "/v1/sandbox/clock", {"to": "2001-01-01T00:00:00Z"}
    now = datetime.fromisoformat(await told(world, "clock_backward", "now", path, world.operator, json=past))
    await move_clock_to(world, now + timedelta(minutes=1))
