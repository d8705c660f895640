"""The worker: runs due deadlines, seals the audit chain, forgets old idempotency answers. Any number may run."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from app.core import audit, deadlines, idempotency
from app.core.database import Database
from app.core.logs import configure_logging
from app.core.settings import Settings
from app.main import open_context, refuse_moved_clock
from app.periods import recompute

log = structlog.get_logger(__name__)
TICK_SECONDS = 0.5
HOURLY_TICKS = 7200


async def run(settings: Settings, *, stop: asyncio.Event) -> None:
    """Work until `stop` is set; what is under way is finished first. A lost database is waited for."""
    configure_logging(settings)
    context = open_context(settings)
    tick = 0
    try:
        await refuse_moved_clock(settings, context.database)
        log.info("worker_started")
        while not stop.is_set():
            busy = await _guarded("deadlines", lambda: deadlines.run_due(context.database))
            await _guarded("audit", lambda: audit.seal_all(context.database))
            if tick % HOURLY_TICKS == 0:
                await _guarded("purge", lambda: _purge(context.database))
                await _guarded("calendar", lambda: recompute.after_announcement(context.database, settings))
            tick += 1
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), TICK_SECONDS)
    finally:
        await context.database.close()
        log.info("worker_stopped")


async def _guarded(name: str, job: Callable[[], Awaitable[int | None]]) -> int:
    try:
        return await job() or 0
    except Exception as error:  # noqa: BLE001 — the worker outlives a database that is away
        log.error("worker_job_failed", job=name, error=type(error).__name__)
        return 0


async def _purge(database: Database) -> None:
    async with database.transaction() as session:
        await idempotency.purge(session)
