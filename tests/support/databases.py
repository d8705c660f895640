"""Statements on a database from outside the application."""

from typing import Any

import asyncpg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import await_only

from app.core.settings import Settings

CITY = Settings().city


async def execute(url: str, *statements: str) -> None:
    """Run statements one by one, each in its own transaction."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def fetch_value(url: str, statement: str) -> Any:
    """The one value that a statement answers."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


class _Compiled(dict[tuple[Any, ...], Any]):
    """Statements that SQLAlchemy has compiled, by what they are and the kind of database: of which server is no matter.

    SQLAlchemy keeps them an engine, and each test with a database of its own has an engine of its own: compiling all
    that it asks once more was an eighth of its CPU.
    """

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), compiled)


def share_compiled() -> None:
    """Let all engines of this process use the statements that one of them compiled."""
    compiled = _Compiled()

    @event.listens_for(Engine, "engine_connect")
    def _share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=compiled)


_SAVEPOINTS = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")


def send_savepoints_plainly() -> None:
    """Send the savepoints of tests that roll back as they are.

    Each has a name of its own and so a text of its own: prepared, it would cost two round trips, and thousands of them
    would drive what the API asks from the cache of prepared statements. The access matrix made 16 000 of them.
    """

    @event.listens_for(Engine, "do_execute")
    def _send(cursor: Any, statement: str, _parameters: object, _context: object) -> bool:
        if not statement.startswith(_SAVEPOINTS):
            return False
        await_only(_run(cursor._adapt_connection, statement))
        return True


async def _run(adapted: Any, statement: str) -> None:
    async with adapted._execute_mutex:
        if adapted._transaction is None:
            await adapted._start_transaction()
        await adapted._connection.execute(statement)
