"""A row in each table of a database of any revision, by its own description: values that fit the columns' types."""

import asyncpg

KEPT = frozenset({"alembic_version", "audit_seals", "counters", "events", "sandbox_clock"})
"""Tables with rows of their own, or whose rows mean something by being there."""
COLUMNS = """
SELECT c.table_name, c.column_name, c.udt_name, c.data_type
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_nullable = 'NO' AND c.is_identity = 'NO'
  AND c.column_default IS NULL
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
CHECKS = """
SELECT conrelid::regclass::text AS owner, conname, pg_get_constraintdef(oid) AS said FROM pg_constraint
WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid <> 0
"""
VALUES = {
    "uuid": "gen_random_uuid()", "text": "'pending'", "bool": "false", "timestamptz": "techex_now()",
    "date": "DATE '2026-05-06'", "numeric": "1", "int4": "1", "int8": "0", "int2": "1", "jsonb": "'{}'",
    "bytea": "'\\x00'", "interval": "'0'",
}  # fmt: skip


async def fill(url: str) -> frozenset[str]:
    """Insert a row into each table; answers into which. What else must hold between rows is not asked of these."""
    connection = await asyncpg.connect(url)
    columns: dict[str, dict[str, str]] = {row["tablename"]: {} for row in await connection.fetch(TABLES)}
    for row in await connection.fetch(COLUMNS):
        if row["table_name"] in KEPT:
            continue
        array = row["data_type"] == "ARRAY"
        columns[row["table_name"]][row["column_name"]] = "'{}'" if array else VALUES[row["udt_name"]]
    await connection.execute("SET session_replication_role = replica")
    checks = await connection.fetch(CHECKS)
    for check in checks:
        await connection.execute(f"ALTER TABLE {check['owner']} DROP CONSTRAINT {check['conname']}")
    wanted = {table: found for table, found in columns.items() if table not in KEPT}
    for table, found in wanted.items():
        names, values = ", ".join(found), ", ".join(found.values())
        row_of = f"({names}) VALUES ({values})" if found else "DEFAULT VALUES"
        await connection.execute(f"INSERT INTO {table} {row_of}")
    for check in checks:
        await connection.execute(
            f"ALTER TABLE {check['owner']} ADD CONSTRAINT {check['conname']} {check['said']} NOT VALID"
        )
    await connection.close()
    return frozenset(wanted)
