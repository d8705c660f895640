"""Where a bid's way is cut short: the commit whose outcome nobody told, rivals in the way, a process that stops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from app.pricing.auction.bidding import house, turn
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.pricing.auction.test_auction_races import await_waiting, bids_of, held, log_of
from tests.support.world import World


async def test_a_bid_whose_commit_nobody_confirmed_is_found_by_its_key(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was committed, and the connection broke before that was told: 503 denies nothing, the retry knows."""
    scene = await factory.running(fresh_world)
    transaction = fresh_world.database.driver_transaction

    @asynccontextmanager
    async def committed_and_lost(first: str = "") -> AsyncIterator[asyncpg.Connection]:
        async with transaction(first) as driver:
            yield driver
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    with monkeypatch.context() as patched:
        patched.setattr(fresh_world.database, "driver_transaction", committed_and_lost)
        lost = await scene.bid(scene.bidders[0], "100000.00", "lost")
    assert (lost.status_code, lost.headers["retry-after"]) == (503, "2")
    assert "nothing was written" not in lost.text
    again = await scene.bid(scene.bidders[0], "100000.00", "lost")
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert len(bids_of(await log_of(scene, again))) == 1


@pytest.mark.parametrize("error", [asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError])
async def test_rivals_in_the_way_are_no_fault_of_ours(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    scene = await factory.running(fresh_world)

    async def decide(*_: Any) -> Any:
        raise error("示例")

    with monkeypatch.context() as patched:
        patched.setattr(turn, "decide", decide)
        answer = await scene.bid(scene.bidders[0], "100000.00", "again")
    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily_unavailable")
    assert (await scene.bid(scene.bidders[0], "100000.00", "again")).status_code == 201


async def test_a_process_that_stops_decides_what_waits(fresh_world: World, scene: Scene, fresh_app: FastAPI) -> None:
    """Its database is closed only then; the client may be gone already."""
    async with held(fresh_world, scene):
        waiting = asyncio.create_task(scene.bid(scene.bidders[0], "100000.00", "last"))
        await await_waiting(fresh_world)
        waiting.cancel()
        stopping = asyncio.create_task(house.close(fresh_app))
        await asyncio.wait([stopping], timeout=0.05)
        assert not stopping.done()
    await stopping
    assert len(bids_of(await log_of(scene))) == 1


async def test_a_process_that_stops_does_not_wait_for_ever(
    fresh_world: World, fresh_app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.pricing.auction.bidding.clerk.CLOSE_SECONDS", 0.05)
    scene = await factory.running(fresh_world)
    async with held(fresh_world, scene):
        waiting = asyncio.create_task(scene.bid(scene.bidders[0], "100000.00", "last"))
        await await_waiting(fresh_world)
        await house.close(fresh_app)
        waiting.cancel()
    assert not bids_of(await log_of(scene))
    assert (await scene.bid(scene.bidders[0], "100000.00", "last")).status_code == 201
