"""Whether a process can serve; without FastAPI, because the API answers this before it has loaded it."""

import asyncio
from typing import Final

from starlette.responses import JSONResponse

from app.core.database import Database

READY_SECONDS: Final = 3


def alive() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def ready(database: Database) -> JSONResponse:
    """200 while the database answers, within 3 s; else 503."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            await database.ping()
    except Exception:  # noqa: BLE001 — whatever keeps the database away, the answer is the same
        return JSONResponse({"status": "database unreachable"}, 503)
    return alive()
