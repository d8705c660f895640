"""Two at once: workers that end one notice, and whoever acts while one does. With real commits."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core import deadlines
from app.core.database import Session
from app.core.deadlines import run_due
from app.market.listings import queries
from app.market.listings.models import Listing
from app.office.ledger.deposits import service
from tests.market.listings.factory import move_clock_to
from tests.office.ledger.factory import balances
from tests.pricing.listed.factory import (
    competitive_listing,
    deals_of,
    deposits,
    end_of,
    errors,
    qualified,
    registered,
    registration_body,
    sale,
    work,
)
from tests.support.patience import PATIENCE
from tests.support.world import Party, World

Json = dict[str, Any]
Lock = Callable[[Session, UUID], Awaitable[Listing]]


async def ready(world: World, registrants: int = 1) -> tuple[Party, list[Party], Json]:
    """A sale a minute before the end of its notice, with registrants that are paid and qualified."""
    seller = await world.university()
    listing = await competitive_listing(world, seller)
    buyers = [await world.enterprise() for _ in range(registrants)]
    for buyer in buyers:
        await qualified(world, seller, buyer, listing)
    await move_clock_to(world, await end_of(world, listing) - timedelta(minutes=1))
    return seller, buyers, listing


async def test_two_workers_end_one_notice_once(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has found the deadline due before the first one settled it, and does not have its lock."""
    world = fresh_world
    _, (buyer,), listing = await ready(world)
    await move_clock_to(world, await end_of(world, listing))
    both = asyncio.Barrier(2)
    lock: Lock = queries.lock_listing

    async def together(session: Session, listing_id: UUID) -> Listing:
        if "deadline" in session.info:
            async with asyncio.timeout(10):
                await both.wait()
        return await lock(session, listing_id)

    monkeypatch.setattr(queries, "lock_listing", together)
    unclaimed = str(deadlines._CLAIM).replace("pg_try_advisory_xact_lock(", "0 <> 1 OR pg_try_advisory_xact_lock(")
    monkeypatch.setattr(deadlines, "_CLAIM", text(unclaimed))
    await asyncio.gather(run_due(world.database), run_due(world.database))
    monkeypatch.undo()
    assert len(await deals_of(world, listing)) == 1
    assert (await sale(world, listing))["phase"] == "sold"
    assert await errors(world) == []
    assert await balances(world) == {"bank": "100000.00", "deposit_held": "100000.00"}
    assert [row["organisation_id"] for row in await deposits(world, world.operator, listing)] == [str(buyer.id)]


async def past_the_end(
    world: World, listing: Json, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[Any]], *, worker: bool
) -> Any:
    """What a command answers that came before the end, and got the listing's lock only after it, counted or not."""
    waits, free = asyncio.Event(), asyncio.Event()

    def behind(lock: Lock) -> Lock:
        async def wait(session: Session, listing_id: UUID) -> Listing:
            if "deadline" not in session.info:
                waits.set()
                await asyncio.wait_for(free.wait(), PATIENCE)
            return await lock(session, listing_id)

        return wait

    end = await end_of(world, listing)
    for name in ("lock_listing", "lock_public"):
        monkeypatch.setattr(queries, name, behind(getattr(queries, name)))
    answer = asyncio.ensure_future(act())
    await asyncio.wait_for(waits.wait(), PATIENCE)
    await move_clock_to(world, end)
    if worker:
        await run_due(world.database)
    free.set()
    answered = await answer
    monkeypatch.undo()
    await work(world)
    return answered


@pytest.mark.parametrize("worker", [True, False])
async def test_a_registration_that_waited_past_the_end_is_late(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch, worker: bool
) -> None:
    """Whoever waits for the lock is judged by the clock after it, and then nothing is asked of it."""
    world = fresh_world
    _, _, listing = await ready(world)
    late = await world.enterprise()
    path, body = f"/v1/listings/{listing['id']}/registrations", registration_body(listing)
    answer = await past_the_end(
        world, listing, monkeypatch, lambda: world.api.post(path, late, json=body), worker=worker
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "listing_notice_over")
    assert await deposits(world, late, listing) == []
    assert len(await deals_of(world, listing)) == 1
    assert await errors(world) == []


async def test_the_count_waits_for_a_withdrawal_under_way(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registrant that went in time, and whose transaction the end overtook, is not counted."""
    world = fresh_world
    _, (buyer,), listing = await ready(world)
    found = await world.api.ok("GET", "/v1/listing-registrations", buyer)
    path = f"/v1/listing-registrations/{found['items'][0]['id']}/withdrawal"
    holds, free = asyncio.Event(), asyncio.Event()
    give_back = service.give_back

    async def late(*arguments: Any) -> None:
        holds.set()
        await asyncio.wait_for(free.wait(), PATIENCE)
        await give_back(*arguments)

    end = await end_of(world, listing)
    monkeypatch.setattr(service, "give_back", late)
    going = asyncio.ensure_future(world.api.post(path, buyer, json={"reason": "示例"}))
    await asyncio.wait_for(holds.wait(), PATIENCE)
    await move_clock_to(world, end)
    counting = asyncio.ensure_future(run_due(world.database))
    async with asyncio.timeout(10):
        while not counting.done() and not await somebody_waits(world):
            pass
    free.set()
    assert (await going).status_code == 200
    await counting
    await work(world)
    assert await deals_of(world, listing) == []
    assert (await sale(world, listing))["phase"] == "ended"
    assert await balances(world) == {"bank": "100000.00", "deposit_repayable": "100000.00"}
    assert await errors(world) == []


async def somebody_waits(world: World) -> bool:
    """Whether a transaction of this database waits for another one's lock."""
    async with world.database.reading() as session:
        statement = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool((await session.execute(text(statement))).scalar_one())


async def test_a_refusal_beside_the_end_counts_once(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seller's refusal waits for the lock while the worker opens the review: it still counts, and ends it."""
    world = fresh_world
    seller, (buyer,), listing = await ready(world)
    other = await world.enterprise()
    row = await registered(world, other, listing)
    path = f"/v1/listing-registrations/{row['id']}/qualification"
    body = {"outcome": "refused", "reason": "示例"}
    answer = await past_the_end(
        world, listing, monkeypatch, lambda: world.api.post(path, seller, json=body), worker=True
    )
    assert answer.status_code == 201
    (deal,) = await deals_of(world, listing)
    assert str(buyer.id) in str(deal["parties"])
    assert await errors(world) == []


async def test_two_registrations_of_one_organisation_at_once_are_one(fresh_world: World) -> None:
    world = fresh_world
    listing = await competitive_listing(world, await world.university())
    buyer = await world.enterprise()
    path, body = f"/v1/listings/{listing['id']}/registrations", registration_body(listing)
    answers = await asyncio.gather(*(world.api.post(path, buyer, json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await deposits(world, buyer, listing)) == 1
