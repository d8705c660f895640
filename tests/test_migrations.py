"""Migrations go up and down, and what they build is what the models say."""

import asyncio
import re
import uuid
from collections.abc import Iterator
from uuid import UUID

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from app import wiring
from app.core.database import Database
from app.core.history.records import UNRECORDED
from app.core.history.state import check_state
from app.run.errors import StartError
from app.run.migrations.upgrade import downgrade, upgrade
from app.run.postgres.embedded import EmbeddedPostgres
from tests.office.ledger.factory import held_deposit, releasing
from tests.pricing.listed.factory import CONDITIONS, competitive_listing
from tests.pricing.negotiated.factory import agreed, decided, objection
from tests.support import rows
from tests.support.databases import CITY, execute
from tests.support.served import ROOT
from tests.support.world import World


@pytest.fixture
def empty_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    name = f"migrations_{uuid.uuid4().hex}"
    asyncio.run(execute(postgres.url("postgres"), f"CREATE DATABASE {name}"))
    yield postgres.url(name)
    asyncio.run(execute(postgres.url("postgres"), f"DROP DATABASE {name} WITH (FORCE)"))


async def _differences(url: str) -> list[object]:
    database = Database(url, CITY)

    def compare(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), wiring.tables()))

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


PERIODS = """
    SELECT subject_type, subject_id, rule, unit, count, elapsed, least_remaining, starts_on, ends_on, provisional,
        parameter, reference, mark, deadline_kind, audiences, status, opened_at
    FROM periods WHERE rule IN ('negotiated_notice', 'deposit_release') ORDER BY subject_id
"""
PENDING = "SELECT kind, subject_id, due_at FROM deadlines WHERE settled_at IS NULL ORDER BY kind, subject_id"


async def _rows(url: str, *statements: str) -> list[list[tuple[object, ...]]]:
    connection = await asyncpg.connect(url)
    found = [[tuple(row) for row in await connection.fetch(statement)] for statement in statements]
    await connection.close()
    return found


async def test_what_is_under_way_gets_its_period_and_keeps_its_deadline(fresh_world: World, fresh_url: str) -> None:
    seller, buyer = await fresh_world.university(), await fresh_world.enterprise()
    running, over = [await agreed(fresh_world, seller, buyer) for _ in range(2)]
    await decided(fresh_world, await objection(fresh_world, await fresh_world.enterprise(), over), "upheld")
    owed = await held_deposit(fresh_world, buyer)
    await releasing(fresh_world, owed)
    before = await _rows(fresh_url, PERIODS, PENDING)
    await asyncio.to_thread(downgrade, fresh_url, "0018")
    none, older = await _rows(fresh_url, PERIODS, PENDING)
    assert none == []
    assert ("negotiation.notice_ended", UUID(running["id"])) in [row[:2] for row in older]
    await asyncio.to_thread(upgrade, fresh_url)
    periods, deadlines = await _rows(fresh_url, PERIODS, PENDING)
    assert deadlines == before[1]
    assert [row[:-1] for row in periods] == [row[:-1] for row in before[0] if row[-2] == "open"]
    assert {row[1] for row in periods} == {UUID(running["notice_id"]), owed.id}


async def test_a_revision_proposed_under_the_old_names_can_be_published(fresh_world: World, fresh_url: str) -> None:
    seller = await fresh_world.university()
    listing = await competitive_listing(fresh_world, seller)
    path, wished = f"/v1/listings/{listing['id']}/revision", CONDITIONS | {"deposit_amount": "150000.00"}
    await fresh_world.api.ok("POST", path, seller, json={"conditions": wished, "reason": "示例理由"})
    await asyncio.to_thread(downgrade, fresh_url, "0021")
    [[(old,)]] = await _rows(fresh_url, "SELECT changes #>> '{conditions,deposit}' FROM listed_revisions")
    assert old == "150000.00"
    await asyncio.to_thread(upgrade, fresh_url)
    await fresh_world.api.ok("POST", f"{path}/publication", fresh_world.operator)
    shown = await fresh_world.api.ok("GET", f"/v1/listings/{listing['id']}")
    assert shown["published"]["conditions"]["deposit_amount"] == "150000.00"


async def _vouched_for(url: str) -> tuple[int, list[str]]:
    database = Database(url, CITY, pool_size=2)
    async with database.session() as session:
        report = await check_state(session, wiring.tables(), lambda _: None)
    await database.close()
    return report.rows, report.named


def test_e1_rows_of_the_release_before_are_vouched_for_from_the_migration_on(empty_url: str) -> None:
    """Every table has a row before the first record; what a later migration changes in it, it must record again."""
    upgrade(empty_url)
    downgrade(empty_url, "0028")
    filled = asyncio.run(rows.fill(empty_url))
    upgrade(empty_url)
    recorded = {table.name for table in wiring.tables().sorted_tables if UNRECORDED not in table.info}
    made = 1  # the right of the one IP asset, which 0067 gives a row of its own
    assert asyncio.run(_vouched_for(empty_url)) == (len(filled & recorded) + made, [])
    asyncio.run(execute(empty_url, "UPDATE people SET name = '示例他人'"))
    assert [" name is `sha256:" in each for each in asyncio.run(_vouched_for(empty_url))[1]] == [True]


WRITING = re.compile(r"\b(?:UPDATE (?:ONLY )?|DELETE FROM |INSERT INTO |TRUNCATE (?:TABLE )?)(\w+|\{\w+\})|bulk_insert")


def test_e1_a_migration_that_changes_values_records_them() -> None:
    """Read, not run: one that finds no row to change in the data of a test finds some elsewhere."""
    unrecorded = {table.name for table in wiring.tables().sorted_tables if UNRECORDED in table.info}
    for file in sorted((ROOT / "migrations" / "versions").glob("*.py")):
        if file.name[:4] <= "0029":
            continue
        source = file.read_text("utf-8")
        changes = source.partition("def upgrade")[2].partition("def downgrade")[0] + source.partition("def upgrade")[0]
        written = {found[1] or found[0] for found in WRITING.finditer(changes)} - unrecorded
        assert not written or "all_rows()" in changes, f"{file.name} changes {sorted(written)} and records nothing"


async def test_a7_what_is_one_in_two_spellings_is_named_before_the_upgrade(fresh_world: World, fresh_url: str) -> None:
    agency = await fresh_world.agency()
    brokers = [await fresh_world.broker(agency) for _ in range(2)]
    await asyncio.to_thread(downgrade, fresh_url, "0026")
    for broker, number in zip(brokers, ("TB 7", "ＴＢ７"), strict=True):
        await execute(fresh_url, f"UPDATE brokers SET certificate_number = '{number}' WHERE id = '{broker.broker_id}'")
    with pytest.raises(StartError) as refused:
        await asyncio.to_thread(upgrade, fresh_url)
    assert all(f"{broker.broker_id}" in str(refused.value) for broker in brokers)
    await execute(fresh_url, f"UPDATE brokers SET certificate_number = 'TB 8' WHERE id = '{brokers[0].broker_id}'")
    await asyncio.to_thread(upgrade, fresh_url)
