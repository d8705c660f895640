"""D3: whoever waits at the database waits for a known time, and keeps nobody else from being answered."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.database import Database, Limits
from app.core.settings import Settings
from tests.pricing.auction import factory
from tests.support.api import Api
from tests.support.applications import application
from tests.support.databases import CITY
from tests.support.world import Party, World

LIMITS = Limits(connection=1, lock=0.5, statement=1, idle=0.5)


@pytest.fixture
async def hurried(fresh_url: str) -> AsyncIterator[Database]:
    """A process's connections, with limits that a test can wait for."""
    database = Database(fresh_url, CITY, limits=LIMITS)
    yield database
    await database.close()


@pytest.fixture
async def hurried_world(settings: Settings, hurried: Database) -> AsyncIterator[World]:
    async with Api(application(settings, hurried, "fresh")) as client:
        yield await World.create(hurried, client)


async def _suspend(world: World, party: Party) -> tuple[int, str | None]:
    path = f"/v1/organisations/{party.id}/verification"
    answer = await world.api.post(path, world.operator, json={"verification": "suspended", "reason": "示例"})
    return answer.status_code, answer.headers.get("retry-after")


async def test_d3_a_held_row_stops_its_commands_for_a_time_and_no_read(
    hurried_world: World, fresh_database: Database
) -> None:
    world = hurried_world
    enterprise = await world.enterprise()
    path = f"/v1/organisations/{enterprise.id}"
    async with fresh_database.transaction() as holder:
        await holder.execute(text("SELECT FROM organisations WHERE id = :id FOR UPDATE"), {"id": enterprise.id})
        started = time.monotonic()
        commands = [asyncio.create_task(_suspend(world, enterprise)) for _ in range(100)]
        await asyncio.sleep(0.2)
        assert not any(command.done() for command in commands)
        for read in ("/v1/listings", "/readyz", "/v1/clock"):
            asked = time.monotonic()
            answer = await world.api.get(read)
            assert (answer.status_code, time.monotonic() - asked < 1) == (200, True), read
        assert (await world.api.get(path, world.auditor)).status_code == 200
        answers = await asyncio.gather(*commands)
        assert time.monotonic() - started < 5
    assert {(answer, after) for answer, after in answers} == {(503, "2")}
    assert await _suspend(world, enterprise) == (200, None)


async def test_d3_a_bid_waits_for_its_auction_as_long_as_a_command_does(
    settings: Settings, fresh_url: str, fresh_database: Database
) -> None:
    async with AsyncExitStack() as stack:
        database = Database(fresh_url, CITY, limits=Limits(lock=0.5))
        stack.push_async_callback(database.close)
        api = await stack.enter_async_context(Api(application(settings, database, "fresh")))
        scene = await factory.running(await World.create(database, api), bidders=1)
        (bidder,) = scene.bidders
        async with fresh_database.transaction() as holder:
            await holder.execute(text("SELECT FROM auctions WHERE id = :id FOR UPDATE"), {"id": scene.id})
            held = await scene.bid(bidder, "100000.00", "once")
        assert (held.status_code, held.headers["retry-after"]) == (503, "2")
        assert (await scene.bid(bidder, "100000.00", "once")).status_code == 201


async def test_d3_nothing_runs_or_idles_for_ever(hurried: Database) -> None:
    with pytest.raises(DBAPIError, match="statement timeout"):
        async with hurried.reading() as session:
            await session.execute(text("SELECT pg_sleep(30)"))
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(hurried.session())
        await session.execute(text("SELECT 1"))
        await asyncio.sleep(0.8)
        with pytest.raises(DBAPIError, match=r"idle-in-transaction timeout|closed"):
            await session.execute(text("SELECT 1"))
    async with hurried.transaction() as session:
        await session.execute(text("SELECT 1"))


async def test_d3_reads_and_commands_together_stay_within_the_pool(fresh_url: str) -> None:
    database = Database(fresh_url, CITY, pool_size=8)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        for kind, most in ((database.reading, 2), (database.transaction, database.at_once)):
            held = [await stack.enter_async_context(kind()) for _ in range(most)]
            await asyncio.gather(*(session.execute(text("SELECT 1")) for session in held))
        count = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'techex' AND datname = :name")
        found = await held[0].execute(count, {"name": fresh_url.partition("?")[0].rpartition("/")[2]})
        assert (found.scalar_one(), database.at_once) == (8, 6)
