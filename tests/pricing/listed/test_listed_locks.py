"""Commands that need the same locks beside each other: nobody waits in a ring. With real commits."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core.deadlines import run_due
from app.office.ledger.deposits import service as deposits
from app.pricing.listed.announcement import notice
from tests.catalogue.results.factory import recorded_result
from tests.law.declarations.test_calendar_api import NOTICE
from tests.market.listings.factory import today
from tests.pricing.listed.factory import competitive_listing, errors, paid, read, registered
from tests.pricing.listed.test_listed_races import somebody_waits
from tests.support.world import World

Act = Callable[..., Awaitable[Any]]


async def come_to_a_lock(world: World, task: "asyncio.Future[Any]") -> None:
    """Until the task has ended, or a transaction waits for another one's lock."""
    async with asyncio.timeout(10):
        while not task.done() and not await somebody_waits(world):
            pass


async def test_a_revision_is_published_beside_a_declared_day(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revision begins the notice anew while a holiday in it is declared: it counts by the one or the other."""
    world = fresh_world
    seller = await world.university()
    listing = await competitive_listing(world, seller)
    path = f"/v1/listings/{listing['id']}/revision"
    await world.api.ok("POST", path, seller, json={"asking_price": "1100000.00", "reason": "示例"})
    day = await today(world) + timedelta(days=8)
    restart: Act = notice.periods.restart
    declared: list[asyncio.Future[Any]] = []

    async def beside(*args: Any) -> Any:
        body = {"is_working": False, "reference": NOTICE}
        sent = world.api.send("PUT", f"/v1/calendar/overrides/{day}", world.operator, json=body)
        declared.append(asyncio.ensure_future(sent))
        await come_to_a_lock(world, declared[0])
        return await restart(*args)

    monkeypatch.setattr(notice.periods, "restart", beside)
    published = await world.api.post(f"{path}/publication", world.operator)
    assert (published.status_code, (await declared[0]).status_code) == (200, 200)


async def test_the_listings_of_a_secret_result_are_withdrawn_beside_a_withdrawal_of_one(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both give deposits back, whose instructions are numbered one after the other."""
    world = fresh_world
    seller, buyer = await world.university(), await world.enterprise()
    result = await recorded_result(world, seller)
    licences = [
        await competitive_listing(world, seller, result_id=result["id"], transfer_mode="ordinary_licence")
        for _ in range(2)
    ]
    for listing in licences:
        await registered(world, buyer, listing)
        await paid(world, buyer, listing)
    secret = {"secrecy": "state_secret"}
    await world.api.ok("PATCH", f"/v1/results/{result['id']}", seller, json=secret, headers={"If-Match": "*"})
    release: Act = deposits.release_losers
    worker: list[asyncio.Future[Any]] = []

    async def beside(*args: Any) -> Any:
        if not worker:
            worker.append(asyncio.ensure_future(run_due(world.database)))
            await come_to_a_lock(world, worker[0])
        return await release(*args)

    monkeypatch.setattr(deposits, "release_losers", beside)
    withdrawn = await world.api.post(f"/v1/listings/{licences[1]['id']}/withdrawal", seller)
    assert withdrawn.status_code == 200
    await worker[0]
    assert await errors(world) == []
    assert [(await read(world, seller, listing))["status"] for listing in licences] == ["withdrawn"] * 2
