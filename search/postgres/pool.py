"""The engine's own few connections, opened at the first search."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

import asyncpg

from search.engine import EngineDown

CONNECTIONS: Final = 4
SETTINGS: Final = {
    "application_name": "techex search",
    "timezone": "UTC",
    "statement_timeout": "10000",
    "lock_timeout": "4000",
    "idle_in_transaction_session_timeout": "60000",
    # Each query has its own words: a plan for no words in particular reads every match.
    "plan_cache_mode": "force_custom_plan",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    # All is in memory, and to read the words of a row takes longer than the planner thinks: 5 us.
    "random_page_cost": "1.1",
    "cpu_operator_cost": "0.02",
    # A search reads what was written last one by one: this much at most, about 50 documents.
    "gin_pending_list_limit": "64",
}
_LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
)


class Connections(Protocol):
    """How the engine reaches its database."""

    async def fetch(self, statement: str, *arguments: object) -> Sequence[asyncpg.Record]:
        """The rows of one read. Raises `EngineDown`."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A transaction, committed at the end. Raises `EngineDown`."""
        ...

    async def close(self) -> None:
        """Close them all."""
        ...


class Pool:
    """At most `CONNECTIONS` connections to `url`, with the settings that searching needs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._pool: asyncpg.Pool | None = None

    async def _open(self) -> asyncpg.Pool:
        if self._pool is None:
            made = asyncpg.create_pool(
                self.url, min_size=0, max_size=CONNECTIONS, timeout=5, server_settings=SETTINGS, reset=_keep
            )
            self._pool = made  # before it is awaited: a second search waits for the same one
        return await self._pool

    async def fetch(self, statement: str, *arguments: object) -> Sequence[asyncpg.Record]:
        """The rows of one read. Raises `EngineDown`."""
        try:
            pool = await self._open()
            async with pool.acquire(timeout=5) as connection:
                rows: Sequence[asyncpg.Record] = await connection.fetch(statement, *arguments)
        except _LOST as error:
            raise EngineDown(type(error).__name__) from error
        return rows

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """A transaction, committed at the end. Raises `EngineDown`."""
        try:
            pool = await self._open()
            async with pool.acquire(timeout=5) as connection, connection.transaction():
                yield connection
        except _LOST as error:
            raise EngineDown(type(error).__name__) from error

    async def close(self) -> None:
        """Close them all."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


async def _keep(_connection: object) -> None:
    """Nothing is reset between two searches: none of them sets anything."""
