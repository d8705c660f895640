"""D5: the API cannot switch off what keeps the log, no log shows a row, and files are their account's alone."""

import asyncio
import stat
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from app.core.database import Database
from app.core.settings import Settings
from app.core.storage import open_storage
from app.run.logs import open_log
from app.run.postgres.embedded import EmbeddedPostgres
from app.run.postgres.roles import APPLICATION_ROLE, grant_application
from tests.support.api import Api
from tests.support.applications import application
from tests.support.databases import CITY
from tests.support.world import World


@pytest.fixture
def restricted_url(postgres: EmbeddedPostgres, fresh_url: str) -> str:
    """A database of the test's own, as the API and the worker reach it."""
    for _ in range(2):
        grant_application(fresh_url, make=True)
    return postgres.url(fresh_url.partition("?")[0].rpartition("/")[2], APPLICATION_ROLE)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "TRUNCATE events CASCADE",
        "DROP TABLE audit_seals",
        "CREATE OR REPLACE FUNCTION techex_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "UPDATE alembic_version SET version_num = 'x'",
        "SET ROLE postgres",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
    ],
)
def test_d5_the_application_cannot_switch_off_what_keeps_the_log(restricted_url: str, statement: str) -> None:
    async def attempt() -> None:
        connection = await asyncpg.connect(restricted_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(attempt())


async def test_d5_the_application_works_under_its_role(settings: Settings, restricted_url: str) -> None:
    database = Database(restricted_url, CITY)
    app = application(settings.model_copy(update={"database_url": SecretStr(restricted_url)}), database, "fresh")
    async with Api(app) as api:
        world = await World.create(database, api)
        enterprise = await world.enterprise()
        path = f"/v1/organisations/{enterprise.id}/verification"
        await api.ok("POST", path, world.operator, json={"verification": "suspended", "reason": "示例"})
        assert (await api.ok("GET", "/v1/events", world.auditor))["items"]
    await database.close()


def test_d5_the_servers_log_shows_no_row(postgres: EmbeddedPostgres, fresh_url: str) -> None:
    secret = "示例密文"

    async def fail() -> None:
        connection = await asyncpg.connect(fresh_url)
        for statement, arguments in (
            (f"SELECT '{secret}'::uuid", ()),
            ("INSERT INTO people (id, name, created_at) VALUES (NULL, $1, now())", (secret,)),
        ):
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute(statement, *arguments)
        await connection.close()

    asyncio.run(fail())
    assert secret not in postgres.log.read_text(encoding="utf-8")


async def test_d5_folders_of_documents_and_logs_are_private(settings: Settings, tmp_path: Path) -> None:
    await open_storage(settings).put("ab" * 32, b"content")
    with open_log(tmp_path / "logs" / "api.log"):
        pass
    for path, mode in (("documents", 0o700), ("logs", 0o700), ("logs/api.log", 0o600)):
        assert stat.S_IMODE((tmp_path / path).stat().st_mode) == mode, path
