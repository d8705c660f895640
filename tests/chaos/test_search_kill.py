"""Meilisearch, PostgreSQL and the worker die while indexes are fed and filled: each holds what is public in the end.

Listings are withdrawn and put on offer meanwhile, and somebody searches for others that nobody touches: whoever answers
finds all of them, also while a rebuild is killed before, in or after its swap.
"""

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from app.core.database import Database
from app.finding import engines, sources
from app.finding.keeping import checking
from app.run.postgres.embedded import EmbeddedPostgres
from search.engine import Engine, EngineDown
from search.meili.engine import MeilisearchEngine
from tests.chaos.processes import ApiProcess, Killable, WorkerProcess
from tests.market.listings.factory import published_listing
from tests.support import meilisearch
from tests.support.databases import CITY
from tests.support.machines import LONG
from tests.support.patience import PATIENCE
from tests.support.world import World

KEPT, MOVED, ROUNDS = 12, 24, 18
LATEST_KILL = 3.0
"""Seconds after which something is killed, at most; a rebuild takes about two."""
RECORD = """
    INSERT INTO events (id, type, subject_type, subject_id, audiences, payload)
    VALUES (gen_random_uuid(), 'record.written', 'listings', $1, '{}', jsonb_build_object('key', $1::uuid::text))
"""


async def _move(url: str, moved: Sequence[str], draw: random.Random) -> None:
    """Withdraw some, and put others on offer again, each with the record that its transaction leaves."""
    connection = await asyncpg.connect(url)
    for listing in map(UUID, draw.sample(list(moved), len(moved) // 2)):
        async with connection.transaction():
            await connection.execute(RECORD, listing)
            flipped = "CASE status WHEN 'published' THEN 'withdrawn' ELSE 'published' END"
            await connection.execute(f"UPDATE listings SET status = {flipped} WHERE id = $1", listing)
    await connection.close()


async def _found(client: httpx.AsyncClient, url: str) -> int | None:
    """How many of those that nobody touches are found; None while nobody answers."""
    try:
        answer = await client.get(f"{url}/v1/search/listings", params={"q": "钛合金"})
    except httpx.TransportError:
        return None
    assert answer.status_code in {200, 503}, answer.text
    return int(answer.json()["total"]) if answer.status_code == 200 else None


async def _search(client: httpx.AsyncClient, url: str, stop: asyncio.Event) -> int:
    """Search until told to stop; answers how often somebody answered."""
    answered = 0
    while not stop.is_set():
        total = await _found(client, url)
        assert total in {None, KEPT}
        answered += total is not None
        await asyncio.sleep(0.02)
    return answered


async def _true(database: Database, engine: Engine) -> None:
    """Wait until every index holds exactly what is public."""
    async with asyncio.timeout(PATIENCE):
        for each in sources.indexes():
            while True:
                try:
                    if (await checking.check(database, engine, each, mend=False)).is_true:
                        break
                except EngineDown:
                    pass
                await asyncio.sleep(0.2)


@pytest.mark.chaos
@pytest.mark.skipif(not LONG, reason="the short form stands in tests/search/test_finding.py: an engine goes away")
async def test_search_loses_nothing_when_its_engines_and_its_worker_are_killed(
    durable: EmbeddedPostgres, world_before: World, meili: meilisearch.Server, tmp_path: Path
) -> None:
    seller = await world_before.enterprise()
    for _ in range(KEPT):
        await published_listing(world_before, seller, title="钛合金薄板")
    moved = [(await published_listing(world_before, seller, title="石墨烯薄膜"))["id"] for _ in range(MOVED)]
    named = {"MEILI_URL": meili.url, "MEILI_KEY": meilisearch.KEY}
    worker, api = WorkerProcess(durable.url(), tmp_path, **named), ApiProcess(durable.url(), tmp_path, **named)
    rebuild = Killable("search rebuild", durable.url(), tmp_path, **named)
    worker.launch()
    await asyncio.to_thread(api.start)
    draw, stop = random.Random(), asyncio.Event()
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client, asyncio.TaskGroup() as tasks:
            async with asyncio.timeout(PATIENCE):
                while await _found(client, api.url) != KEPT:  # noqa: ASYNC110 — what another process does
                    await asyncio.sleep(0.1)
            searching = tasks.create_task(_search(client, api.url, stop))
            for number in range(ROUNDS):
                await _move(durable.url(), moved, draw)
                filling = rebuild.launch() if number % 2 else None
                await asyncio.sleep(draw.uniform(0, LATEST_KILL))
                await _kill(number, durable, meili, worker)
                if filling is not None:
                    await asyncio.to_thread(rebuild.kill if number % 4 == 1 else filling.wait)
            stop.set()
        assert searching.result() > ROUNDS
        database = Database(durable.url(), CITY)
        both = [engines.postgres(database), MeilisearchEngine(meili.url, meilisearch.KEY)]
        for engine in both:
            await _true(database, engine)
        assert await asyncio.to_thread(rebuild.launch().wait) == 0
        for engine in both:
            await _true(database, engine)
            await engine.close()
        await database.close()
    finally:
        for process in (worker, api, rebuild):
            process.kill()


async def _kill(number: int, server: EmbeddedPostgres, meili: meilisearch.Server, worker: WorkerProcess) -> None:
    """Kill the next of the three, and start it again."""
    if number % 3 == 0:
        await asyncio.to_thread(worker.kill)
        worker.launch()
    elif number % 3 == 1:
        await asyncio.to_thread(meili.kill)
        await asyncio.to_thread(meili.start)
    else:
        await asyncio.to_thread(server.stop, "immediate")
        await asyncio.to_thread(server.start)
