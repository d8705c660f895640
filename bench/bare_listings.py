"""The limit for `bench_listings.py`: FastAPI and asyncpg with nothing else, answering the same bytes."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Request, Response

ONE = """
    SELECT l.status, l.version, l.published_at, l.closes_at, clock_timestamp() AS now, v.sha256, v.content
    FROM listings l JOIN listing_versions v ON v.listing_id = l.id AND v.version = l.version WHERE l.id = $1
"""
PAGE = """
    SELECT l.id, l.status, l.published_at, l.closes_at, clock_timestamp() AS now, v.card
    FROM listings l JOIN listing_versions v ON v.listing_id = l.id AND v.version = l.version
    WHERE l.version > 0 AND l.status = 'published' ORDER BY l.published_at DESC, l.id DESC LIMIT $1
"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=16, max_size=16)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


@app.get("/v1/listings/{listing_id}")
async def one(request: Request, listing_id: UUID) -> Response:
    row = await request.app.state.pool.fetchrow(ONE, listing_id)
    text = (
        f'{{"id":"{listing_id}","status":"{row["status"]}","version":{row["version"]},'
        f'"published_at":"{_time(row["published_at"])}","closes_at":"{_time(row["closes_at"])}",'
        f'"server_time":"{_time(row["now"])}","sha256":"{row["sha256"]}","published":{row["content"]},"periods":[]}}'
    )
    return Response(text.encode(), media_type="application/json")


@app.get("/v1/listings")
async def page(request: Request, limit: int) -> Response:
    rows = await request.app.state.pool.fetch(PAGE, limit)
    cards = ",".join(
        f'{{"id":"{row["id"]}","status":"{row["status"]}","published_at":"{_time(row["published_at"])}",'
        f'"closes_at":"{_time(row["closes_at"])}","card":{row["card"]}}}'
        for row in rows
    )
    text = f'{{"items":[{cards}],"next_cursor":"{request.app.state.cursor}","server_time":"{_time(rows[0]["now"])}"}}'
    return Response(text.encode(), media_type="application/json")


app.state.cursor = os.environ.get("BENCH_CURSOR", "")


def _time(moment: object) -> str:
    return str(moment).replace(" ", "T").replace("+00:00", "Z")
