"""The worker: runs due deadlines, seals and anchors the audit chain, keeps search and the industry map true, and tells
saved searches.

Any number may run.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from app.core import deadlines
from app.core.database import Database
from app.core.history import audit
from app.core.logs import configure_logging, get_logger
from app.core.settings import Settings
from app.core.web import idempotency
from app.finding import engines
from app.finding.chains import following
from app.finding.keeping.feeding import Feeding
from app.finding.saved.telling import Telling
from app.law.periods import recompute
from app.process import begin, open_database
from app.system.anchors import service as anchors

log = get_logger(__name__)
TICK_SECONDS = 0.5
FEED_SECONDS = 0.2
"""How long a change may wait before search is told: within a second it has to be found."""
HOUR_SECONDS = 3600


async def run(settings: Settings, *, stop: asyncio.Event) -> None:
    """Work until `stop` is set; what is under way is finished first. A lost database is waited for."""
    configure_logging(settings)
    database = open_database(settings)
    feedings = [Feeding(database, engine) for engine in engines.every(settings, database)]
    telling = Telling(database)
    try:
        await begin(settings, database)
        log.info("worker_started")
        # Side by side: a handler that waits for a lock, or a flood of deadlines, must not keep events unsealed.
        async with asyncio.TaskGroup() as jobs:
            jobs.create_task(_repeat("deadlines", lambda: deadlines.run_due(database), TICK_SECONDS, stop))
            jobs.create_task(_repeat("audit", lambda: audit.seal_all(database), TICK_SECONDS, stop))
            jobs.create_task(_repeat("purge", lambda: _purge(database), HOUR_SECONDS, stop))
            jobs.create_task(_repeat("calendar", lambda: recompute.after_announcement(database), HOUR_SECONDS, stop))
            jobs.create_task(_repeat("anchors", lambda: anchors.arrange(database), HOUR_SECONDS, stop))
            jobs.create_task(_repeat("saved_searches", telling.step, FEED_SECONDS, stop))
            jobs.create_task(_repeat("industry_map", lambda: following.follow(database), FEED_SECONDS, stop))
            for feeding in feedings:
                jobs.create_task(_repeat("search", feeding.step, FEED_SECONDS, stop))
    finally:
        for feeding in feedings:
            await feeding.close()
        await database.close()
        log.info("worker_stopped")


async def _repeat(name: str, job: Callable[[], Awaitable[int | None]], seconds: float, stop: asyncio.Event) -> None:
    """Do a job again and again: at once where it found work to do, else after a pause."""
    while not stop.is_set():
        if not await _guarded(name, job):
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)


async def _guarded(name: str, job: Callable[[], Awaitable[int | None]]) -> int:
    try:
        return await job() or 0
    except Exception as error:  # noqa: BLE001 — the worker outlives a database that is unavailable
        log.error("worker_job_failed", job=name, error=type(error).__name__)
        return 0


async def _purge(database: Database) -> None:
    async with database.transaction() as session:
        await idempotency.purge(session)
