"""What a transaction changes is recorded by the transaction: objects, statements for many rows, and nothing undone."""

import re
from pathlib import Path
from uuid import uuid4

from sqlalchemy import delete, text, update

from app import wiring
from app.core.database import Database
from app.core.history import state
from app.core.history.records import REMOVED, WRITTEN, form_of
from app.identity.models import Person

APP = Path(wiring.__file__).parent
BY_TEXT = {
    ("identity/lineage/queries.py", "api_keys"),  # by `records.changed`
    ("identity/queries.py", "api_keys"),  # `last_used_at` alone
    ("pricing/auction/bidding/turn.py", "auctions"),  # what the auction's log vouches for
}


def test_e1_no_recorded_table_is_written_past_its_records() -> None:
    recorded = {table.name for table in wiring.tables().sorted_tables if form_of(table)}
    found = {
        (str(path.relative_to(APP)), table)
        for path in APP.rglob("*.py")
        for table in re.findall(r"(?:UPDATE|INSERT INTO|DELETE FROM) (\w+)", path.read_text(encoding="utf-8"))
        if table in recorded
    }
    assert found == BY_TEXT


async def _records(database: Database) -> list[tuple[str, str | None]]:
    async with database.reading() as session:
        found = await session.execute(
            text("SELECT type, payload -> 'values' ->> 'name' FROM events WHERE subject_type = 'people' ORDER BY seq")
        )
        return [(kind, name and name[:7]) for kind, name in found]


async def _differences(database: Database) -> list[str]:
    async with database.reading() as session:
        return (await state.check_state(session, wiring.tables(), lambda _: None)).named


async def test_e1_every_way_to_change_a_row_is_recorded(fresh_database: Database) -> None:
    database, id_ = fresh_database, uuid4()
    async with database.transaction() as session:
        session.add(Person(id=id_, name="示例人员"))
    async with database.transaction() as session:
        (await session.get_one(Person, id_)).name = "示例他人"
        async with session.begin_nested() as undone:
            session.add(Person(name="示例无人"))
            await session.flush()
            await undone.rollback()
    async with database.transaction() as session:
        await session.execute(update(Person).where(Person.name == "示例他人").values(name="示例某人"))
    assert await _differences(database) == []
    async with database.transaction() as session:
        await session.execute(delete(Person).where(Person.id == id_))
    assert await _differences(database) == []
    assert await _records(database) == [(WRITTEN, "sha256:")] * 3 + [(REMOVED, None)]


async def test_e1_rows_that_came_or_went_of_themselves_are_named(fresh_database: Database) -> None:
    async with fresh_database.transaction() as session:
        people = [Person(name="示例人员"), Person(name="示例人员")]
        session.add_all(people)
    async with fresh_database.transaction() as session:
        await session.execute(text(f"DELETE FROM people WHERE id = '{people[0].id}'"))
        made = await session.execute(text("INSERT INTO people (id, name) SELECT gen_random_uuid(), 'x' RETURNING id"))
        stranger = made.scalar_one()
    assert await _differences(fresh_database) == [
        f"people {stranger}: the row is there; no event tells of it",
        f"people {people[0].id}: the row is gone",
    ]
