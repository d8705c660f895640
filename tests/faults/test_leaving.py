"""D3: what a client asked for goes on no longer than the client stays, and a command is done whole or not at all."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from app.core.database import Database
from app.core.settings import Settings
from app.run.processes.api_server import ApiServer, configuration
from tests.support.applications import application
from tests.support.patience import PATIENCE
from tests.support.world import Party, World

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
HELD_COMMIT = (
    "CREATE TABLE held ()",
    "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN LOCK TABLE held; RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON people DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION hold()",
)


@pytest.fixture
async def port(fresh_world: World, settings: Settings, fresh_database: Database) -> AsyncIterator[int]:
    async def nothing() -> None: ...

    config = configuration(Settings(port=0), application(settings, fresh_database, "fresh"))
    config.lifespan = "off"
    server = ApiServer(config, nothing)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def ask(port: int, method: str, path: str, party: Party | None, body: Any = None) -> asyncio.StreamWriter:
    """Send a request, and do not wait for its answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: a", "Content-Type: application/json", "Idempotency-Key: once"]
    lines += [f"Content-Length: {len(content)}"] + ([f"Authorization: Bearer {party.secret}"] if party else [])
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
    await writer.drain()
    return writer


async def until(database: Database, count: int) -> None:
    """Wait until so many statements wait for a lock."""
    async with asyncio.timeout(PATIENCE):
        waiting = -1
        while waiting != count:
            async with database.reading() as session:
                waiting = (await session.execute(text(WAITING))).scalar_one()


async def test_d3_a_statement_ends_with_its_client(port: int, fresh_world: World, fresh_database: Database) -> None:
    world, database = fresh_world, fresh_database
    party = await world.enterprise()
    asked = (
        ("GET", "/v1/listings", None, None),
        ("GET", f"/v1/organisations/{party.id}", world.auditor, None),
        (
            "POST", f"/v1/organisations/{party.id}/verification", world.operator,
            {"verification": "suspended", "reason": "示例"},
        ),
    )  # fmt: skip
    async with database.transaction() as holder:
        for table in ("listings", "organisations"):
            await holder.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        for method, path, caller, body in asked:
            writer = await ask(port, method, path, caller, body)
            await until(database, 1)
            began = time.monotonic()
            writer.close()
            await until(database, 0)
            assert time.monotonic() - began < 2, f"{method} {path}: at the latest its lock time ends it, after 4 s"
    shown = await world.api.ok("GET", f"/v1/organisations/{party.id}", world.auditor)
    assert shown["verification"] == "verified"


async def test_d3_a_commit_that_has_begun_is_kept_for_the_retry_of_a_client_that_left(
    port: int, fresh_world: World, fresh_database: Database
) -> None:
    world, database = fresh_world, fresh_database
    party = await world.enterprise()
    person = {"name": "示例", "organisation_id": str(party.id), "role": "member"}
    async with database.transaction() as session:
        for statement in HELD_COMMIT:
            await session.execute(text(statement))
    async with database.transaction() as holder:
        await holder.execute(text("LOCK TABLE held"))
        writer = await ask(port, "POST", "/v1/people", party, person)
        await until(database, 1)
        writer.close()
        await writer.wait_closed()
    await until(database, 0)
    same = {"Idempotency-Key": "once", "Content-Type": "application/json"}
    again = await world.api.post("/v1/people", party, content=json.dumps(person), headers=same)
    assert (again.status_code, again.headers.get("idempotency-replayed")) == (201, "true")
