"""Reads straight from the driver: their errors, and the pool after them."""

import pytest
from sqlalchemy.exc import DBAPIError

from app.core.database import Database


async def test_a_failed_read_gives_its_connection_back(fresh_database: Database) -> None:
    for _ in range(20):  # more often than the pool has connections
        with pytest.raises(DBAPIError) as error:
            await fresh_database.fetch("SELECT 1 / $1::int", 0)
        assert not error.value.connection_invalidated
    assert (await fresh_database.fetch("SELECT 1 AS one"))[0]["one"] == 1


async def test_a_lost_connection_is_said_to_be_lost_and_replaced(fresh_database: Database) -> None:
    """`connection_invalidated` is what the API answers 503 to."""
    for _ in range(20):
        with pytest.raises(DBAPIError) as error:
            await fresh_database.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
        assert error.value.connection_invalidated
    row = await fresh_database.fetch_row("SELECT 1 AS one WHERE false")
    assert row is None
