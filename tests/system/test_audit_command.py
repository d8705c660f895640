"""`techex audit verify` on a database with events: status 0 while the log is as it was written, 1 once it is not."""

import os
import re
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from app.core.database import Database
from tests.support.patience import PATIENCE
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]


def verify_command(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TECHEX_")}
    command = [sys.executable, "-m", "app.cli", "audit", "verify", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=clean | {"DATABASE_URL": url},
        timeout=PATIENCE,
    )


async def _tamper(database: Database, statement: str) -> None:
    """As someone with full rights on the database would."""
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(statement))


async def test_the_chain_holds_until_an_event_is_changed(fresh_world: World, fresh_url: str) -> None:
    world = fresh_world
    party = await world.enterprise()
    body = {"name": "示例人员", "organisation_id": str(party.id), "role": "member"}
    await world.api.ok("POST", "/v1/people", party, json=body)
    holds = verify_command(fresh_url)
    assert (holds.returncode, holds.stderr) == (0, ""), holds.stderr
    found = re.match(r"sealed (\d+), not yet sealed 0, head ([0-9a-f]{64})\n", holds.stdout)
    assert found, holds.stdout
    assert "the audit chain holds." in holds.stdout
    events, head = int(found.group(1)), found.group(2)
    assert (await world.api.ok("GET", "/v1/audit/head", world.auditor)) == {"sealed": events, "hash": head}

    rewritten = "UPDATE memberships SET role = 'admin' WHERE role = 'member'"
    await _tamper(world.database, rewritten)
    assert verify_command(fresh_url).returncode == 0, "the log itself is untouched"
    state = verify_command(fresh_url, "--state")
    assert (state.returncode, "its last event says `member`" in state.stderr) == (1, True), "E1"
    assert re.search(r"^memberships [0-9a-f-]{36}: role is `admin`", state.stderr, re.MULTILINE)

    await _tamper(world.database, """UPDATE events SET payload = '{"role": "admin"}' WHERE type = 'person.joined'""")
    broken = verify_command(fresh_url, "--head", head)
    assert broken.returncode == 1
    assert "is not what was sealed" in broken.stderr
    assert "the audit chain is BROKEN." in broken.stderr
    assert "Traceback" not in broken.stderr


async def test_a_cut_end_is_found_with_the_head_noted_before(fresh_world: World, fresh_url: str) -> None:
    head = re.search(r"head ([0-9a-f]{64})", verify_command(fresh_url).stdout)
    assert head
    last = "(SELECT max(position) FROM audit_seals)"
    await _tamper(
        fresh_world.database,
        f"WITH cut AS (DELETE FROM audit_seals WHERE position = {last} RETURNING event_seq) "
        "DELETE FROM events WHERE seq IN (SELECT event_seq FROM cut)",
    )
    assert verify_command(fresh_url).returncode == 0, "a shorter chain holds in itself"
    cut = verify_command(fresh_url, "--head", head.group(1))
    assert cut.returncode == 1
    assert "cut off or rewritten" in cut.stderr
