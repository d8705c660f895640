"""How far the engines of search lag behind, for Prometheus."""

import asyncio
from typing import Final

from prometheus_client import Gauge

from app.core.database import Database
from app.core.logs import get_logger
from app.finding import queries

log = get_logger(__name__)
LAG = Gauge("techex_search_lag_seconds", "How long the oldest change waits that an engine lacks", ["engine"])
READ_SECONDS: Final = 2


async def note_lag(database: Database) -> None:
    """Read how far each engine that is fed lags behind. Where the database does not tell, nothing is shown."""
    LAG.clear()
    try:
        async with asyncio.timeout(READ_SECONDS):
            found = await queries.lag(database)
    except Exception as error:  # noqa: BLE001 — the other metrics are shown whatever keeps the database away
        log.warning("search_lag_unknown", error=type(error).__name__)
        return
    for engine, milliseconds in found.items():
        LAG.labels(engine).set(milliseconds / 1000)
