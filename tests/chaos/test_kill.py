"""Processes die in the middle: what was acknowledged stays, what was not is there once or not at all.

Buyers race for listings and sellers' payments come in while the API is killed (SIGKILL) and, in the long form
(`make chaos`), PostgreSQL is stopped with `immediate`. Clients retry with the same `Idempotency-Key`, as they should.
"""

import asyncio
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.core.database import Database
from app.core.history import audit
from app.run.postgres.embedded import EmbeddedPostgres
from tests.chaos.processes import ApiProcess
from tests.market.listings.factory import published_listing
from tests.support.databases import CITY
from tests.support.machines import LONG
from tests.support.patience import PATIENCE
from tests.support.world import Party, World

LISTINGS, BUYERS, KILLS = (30, 20, 12) if LONG else (6, 8, 2)
RETRY_SECONDS = 0.05


@dataclass
class Outcome:
    """What clients were told: the deal each acknowledged purchase answered, and how many were refused."""

    deals: dict[str, str] = field(default_factory=dict)
    refused: int = 0


async def _buy(client: httpx.AsyncClient, url: str, buyer: Party, listing: dict[str, Any], outcome: Outcome) -> None:
    """Purchase, retrying with the same key until there is an answer that is not a 503."""
    headers = {"Authorization": f"Bearer {buyer.secret}", "Idempotency-Key": str(uuid.uuid4())}
    body = {"price": listing["published"]["asking_price"], "listing_version": listing["version"]}
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                answer = await client.post(f"{url}/v1/listings/{listing['id']}/purchase", headers=headers, json=body)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500:
                break
            await asyncio.sleep(RETRY_SECONDS)
    if answer.status_code == 201:
        assert outcome.deals.setdefault(listing["id"], answer.json()["id"]) == answer.json()["id"]
    else:
        assert answer.json()["code"] == "listing_not_open", answer.text
        outcome.refused += 1


async def _trouble(api: ApiProcess, server: EmbeddedPostgres) -> None:
    """Kill the API as soon as it serves, and in the long form the database too, again and again."""
    for number in range(KILLS):
        await asyncio.to_thread(api.kill)
        if LONG and number % 3 == 2:
            await asyncio.to_thread(server.stop, "immediate")
            await asyncio.to_thread(server.start)
        await asyncio.to_thread(api.start)


async def _market(url: str, listings: list[dict[str, Any]], buyers: list[Party], outcome: Outcome) -> None:
    """Every buyer wants every listing, one listing after the other."""
    async with httpx.AsyncClient(timeout=PATIENCE, limits=httpx.Limits(max_connections=64)) as client:
        for listing in listings:
            await asyncio.gather(*(_buy(client, url, buyer, listing, outcome) for buyer in buyers))


@pytest.mark.chaos
async def test_acknowledged_purchases_survive_kills(
    durable: EmbeddedPostgres, world_before: World, tmp_path: Path
) -> None:
    seller = await world_before.institution()
    listings = [await published_listing(world_before, seller) for _ in range(LISTINGS)]
    buyers = [await world_before.enterprise() for _ in range(BUYERS)]
    api, outcome = ApiProcess(durable.url(), tmp_path), Outcome()
    await asyncio.to_thread(api.start)
    try:
        await asyncio.gather(_market(api.url, listings, buyers, outcome), _trouble(api, durable))
    finally:
        api.kill()
    assert len(outcome.deals) == LISTINGS
    assert outcome.refused == LISTINGS * (BUYERS - 1)
    database = Database(durable.url(), CITY)
    try:
        await _check(database, outcome)
    finally:
        await database.close()


async def _check(database: Database, outcome: Outcome) -> None:
    async with database.reading() as session:
        rows = (await session.execute(text("SELECT listing_id::text, id::text FROM deals"))).all()
        assert {row[0]: row[1] for row in rows} == outcome.deals
        assert len(rows) == LISTINGS, "one deal a listing, no more"
        agreed = text("SELECT count(*) FROM events WHERE type = 'deal.agreed'")
        assert (await session.execute(agreed)).scalar_one() == LISTINGS
        reserved = text("SELECT count(*) FROM listings WHERE status = 'reserved'")
        assert (await session.execute(reserved)).scalar_one() == LISTINGS
    await audit.seal_all(database)
    async with database.reading() as session:
        assert (await audit.check_chain(session)).ok
