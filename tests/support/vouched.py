"""Rewriting an installation's rows by SQL, each column of each table at once, to see that a check names every one."""

from typing import Any

from sqlalchemy import Column, MetaData, text
from sqlalchemy.dialects import postgresql

from app import wiring
from app.core.database import Database, Session
from app.core.history.records import Form, form_of
from app.core.history.state import check_state
from tests.support.databases import CITY

CHANGES = {
    "TEXT": "coalesce({c}, '') || 'x'",
    "UUID": "gen_random_uuid()",
    # Far from what other rows hold: the next paddle is another bidder's, and a paddle is given once an auction.
    "INTEGER": "coalesce({c}, 0) + 1000003",
    "BIGINT": "coalesce({c}, 0) + 1000003",
    "SMALLINT": "coalesce({c}, 0) + 10007",
    "NUMERIC": "coalesce({c}, 0) + 0.01",
    "BOOLEAN": "NOT coalesce({c}, false)",
    "DATE": "coalesce({c}, '2020-01-01') + 1",
    "TIMESTAMP": "coalesce({c}, '2020-01-01') + interval '1 day'",
    "INTERVAL": "coalesce({c}, '0') + interval '1 day'",
    "JSONB": """'{{"x": 1}}'""",
    "BYTEA": "coalesce({c}, '') || 'x'::bytea",
    "TEXT[]": "array_append({c}, 'x')",
    "DATE[]": "array_append({c}, '2020-01-01')",
    "UUID[]": "array_append({c}, gen_random_uuid())",
}

NO_CHECKS = """
DO $$DECLARE c record; BEGIN
  FOR c IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.place, c.conname); END LOOP;
END$$
"""


async def unseen(url: str) -> dict[str, Any]:
    """What a check finds of an untouched installation, and what it does not name of one whose rows were rewritten."""
    database = Database(url, CITY, pool_size=2)
    tables = wiring.tables()
    try:
        async with database.session() as session:
            before = await check_state(session, tables, lambda _: None)
            expected = await _rewrite(session, tables)
            after = await check_state(session, tables, lambda _: None)
            await session.rollback()
    finally:
        await database.close()
    found = after.named
    missed = [each for each in expected if not any(difference.startswith(each) for difference in found)]
    return {"before": before.named, "tried": len(expected), "missed": missed}


async def _rewrite(session: Session, tables: MetaData) -> list[str]:
    """The first row of each table in every column, the second one deleted; how each difference must begin."""
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    await session.execute(text(NO_CHECKS))
    expected = []
    for table in tables.sorted_tables:
        form = form_of(table)
        if form is None:
            continue
        rows = (await session.execute(text(f"SELECT ctid::text, {form.key('t')} FROM {table.name} t LIMIT 2"))).all()
        for place, key in rows[1:]:
            await session.execute(text(f"DELETE FROM {table.name} WHERE ctid = '{place}'"))
            expected.append(f"{table.name} {key}: the row is gone")
        for place, key in rows[:1]:
            columns = [column for column in table.columns if _is_covered(form, column)]
            changes = ", ".join(f"{column.name} = {_changed(column)}" for column in columns)
            await session.execute(text(f"UPDATE {table.name} SET {changes} WHERE ctid = '{place}'".replace(":", "\\:")))
            expected += [f"{table.name} {key}: {column.name} is " for column in columns]
    return expected


def _is_covered(form: Form, column: "Column[Any]") -> bool:
    return not column.primary_key and column.name not in form.left_out


def _changed(column: "Column[Any]") -> str:
    kind = column.type.compile(postgresql.dialect()).partition("(")[0].partition(" ")[0]
    return CHANGES[kind].format(c=column.name)
