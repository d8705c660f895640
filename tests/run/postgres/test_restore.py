"""A drill: an installation is dumped, the dump restored into a server that has counted less, and started again (D4)."""

import asyncio
import subprocess
from pathlib import Path
from uuid import UUID

import pytest

from app.core.database import Database
from app.core.history import audit, events
from app.run.errors import StartError
from app.run.postgres.database import advance_counter, bring_up_to_date, require_current
from app.run.postgres.embedded import DATABASE, EmbeddedPostgres
from tests.support import seed
from tests.support.databases import CITY, execute

QUICK = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "30"}
SUBJECT = ("thing", UUID(int=7))
USED = 3_000
"""Transaction ids that the old server is ahead."""


async def _append(url: str, name: str) -> audit.AuditReport:
    """One event, and what a check finds then."""
    database = Database(url, CITY, pool_size=3)
    async with database.transaction() as session:
        events.append(session, "thing.happened", SUBJECT, audience=[], payload={"name": name})
    await audit.seal_all(database)
    async with database.reading() as session:
        report = await audit.check_chain(session)
    await database.close()
    return report


async def _feed(url: str) -> list[str]:
    database = Database(url, CITY, pool_size=3)
    async with database.reading() as session:
        found = [row.payload["name"] for row in (await session.execute(events.settled_after(None))).scalars()]
    await database.close()
    return found


def _run(server: EmbeddedPostgres, program: str, *arguments: str) -> None:
    subprocess.run([server.binary(program), *arguments], check=True, capture_output=True, timeout=60)


def test_d4_a_restored_dump_is_refused_until_the_counter_is_advanced(data_dir: Path, tmp_path: Path) -> None:
    seed.copy_to(data_dir)
    dump = tmp_path / "techex.dump"
    with EmbeddedPostgres(data_dir, QUICK) as server:
        burn = f"DO $$BEGIN FOR i IN 1..{USED} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END$$"
        asyncio.run(execute(server.url(), burn))
        head = asyncio.run(_append(server.url(), "before")).head
        _run(server, "pg_dump", "-Fc", "-f", str(dump), server.url())
    other = data_dir.parent / "other"
    other.mkdir()
    with EmbeddedPostgres(other, QUICK) as server:
        _run(server, "pg_restore", "--exit-on-error", "--no-owner", "-d", server.url(DATABASE), str(dump))
        for start in (bring_up_to_date, require_current):
            with pytest.raises(StartError, match="techex advance") as refused:
                start(server.url())
            assert "\n" not in str(refused.value)
        told: list[str] = []
        assert advance_counter(server.url(), told.append) > USED / 2
        assert told[-1].endswith(" 0 to go")
        require_current(server.url())
        assert advance_counter(server.url(), told.append) == 0
        report = asyncio.run(_append(server.url(), "after"))
        assert (report.problems, report.sealed) == ([], 2)
        assert report.head != head
        assert asyncio.run(_feed(server.url())) == ["before", "after"]
