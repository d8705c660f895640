"""Notices between processes that auctions' logs have grown (LISTEN, NOTIFY): a hint to look, never the news itself.

They travel outside the transactions that decide bids: a NOTIFY inside would make those commits queue, for PostgreSQL
lets one notifying transaction commit at a time.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Self

import asyncpg

from app.core.database import LOST, Database
from app.core.logs import get_logger

log = get_logger(__name__)
CHANNEL = "techex_auctions"
GATHER_SECONDS = 0.02
NOTIFY = "SELECT pg_notify($1, '')"


class Notifier:
    """Tells all processes that logs have grown: after the commits, together, never in their way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._grown = False
        self._work: asyncio.Task[None] | None = None

    def grown(self) -> None:
        """Have a notice sent soon; one that is lost costs the watchers half a second."""
        self._grown = True
        if self._work is None and self._database.bound is None:  # one bound connection cannot do two things at once
            self._work = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Send what is under way, so that nothing is left when the database is closed."""
        if self._work is not None:
            await self._work

    async def _run(self) -> None:
        try:
            while self._grown:
                self._grown = False
                await self._database.fetch(NOTIFY, CHANNEL)
                await asyncio.sleep(GATHER_SECONDS)  # one notice for whatever is decided meanwhile
        except Exception as error:  # noqa: BLE001 — the hubs look by themselves
            log.warning("notice_lost", error=type(error).__name__)
        finally:
            self._work = None


class Listening:
    """A listening connection outside the pool; `heard` is called for each notice and when the connection is lost."""

    def __init__(self, database: Database, heard: Callable[[], None]) -> None:
        self._database = database
        self._heard = heard
        self._connection: asyncpg.Connection | None = None

    @property
    def lost(self) -> bool:
        """Whether no notice can come any more."""
        return self._connection is None or self._connection.is_closed()

    async def __aenter__(self) -> Self:
        self._connection = await self._database.driver_connection()
        self._connection.add_termination_listener(lambda *_: self._heard())
        await self._connection.add_listener(CHANNEL, lambda *_: self._heard())
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._connection is not None and not self._connection.is_closed():
            with suppress(asyncpg.PostgresError, TimeoutError, *LOST):
                await self._connection.close(timeout=1)
