"""Migrations go up and down, and what they build is what the models say."""

import asyncio
import uuid
from collections.abc import Iterator

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from app.core.database import Database
from app.local.embedded_postgres import EmbeddedPostgres
from app.local.migrating import downgrade, upgrade
from app.models import metadata
from tests.databases import execute


@pytest.fixture
def empty_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    name = f"migrations_{uuid.uuid4().hex}"
    asyncio.run(execute(postgres.url("postgres"), f"CREATE DATABASE {name}"))
    yield postgres.url(name)
    asyncio.run(execute(postgres.url("postgres"), f"DROP DATABASE {name} WITH (FORCE)"))


async def _differences(url: str) -> list[object]:
    database = Database(url)

    def compare(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with database.engine.connect() as connection:
        found = await connection.run_sync(compare)
    await database.close()
    return found


async def _leftovers(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname !~ 'alembic' "
        "UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    await connection.close()
    return [row["name"] for row in rows]


def test_up_equals_the_models_and_down_leaves_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    assert asyncio.run(_differences(empty_url)) == []
    downgrade(empty_url, "base")
    assert asyncio.run(_leftovers(empty_url)) == []
    upgrade(empty_url)
    assert asyncio.run(_differences(empty_url)) == []
