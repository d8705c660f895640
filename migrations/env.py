"""Alembic's environment: asyncpg through SQLAlchemy's async engine, one migration run at a time on a database."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from app import wiring
from app.core.settings import get_settings

# A migration that waits longer for a lock than this gives up: waiting, it would hold up every query behind it.
LOCK_TIMEOUT = "4s"
# Any fixed number will do: it makes a second migration of this database wait for the first.
_ONE_AT_A_TIME = 7_236_544_501


def database_url() -> str:
    """The URL the caller set in `config.attributes["url"]`, else DATABASE_URL, in SQLAlchemy's form."""
    url = context.config.attributes.get("url")
    if url is None:
        configured = get_settings().database_url
        if configured is None:
            raise SystemExit("Set DATABASE_URL, or use `techex migrate`, which finds the embedded database.")
        url = configured.get_secret_value()
    return "postgresql+asyncpg://" + str(url).partition("://")[2]


def migrate(connection: Connection) -> None:
    """Run the migrations asked for on an open connection, all in one transaction."""
    context.configure(
        connection=connection, target_metadata=wiring.tables(), compare_type=True, compare_server_default=True
    )
    with context.begin_transaction():
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()


async def online() -> None:
    """Connect, migrate, disconnect."""
    engine = create_async_engine(database_url(), poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


def offline() -> None:
    """Print the SQL instead of running it (`alembic upgrade head --sql`)."""
    context.configure(dialect_name="postgresql", target_metadata=wiring.tables(), literal_binds=True)
    with context.begin_transaction():
        context.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        context.run_migrations()


def run() -> None:
    """Offline, on the caller's connection (`config.attributes["connection"]`), or on one of our own."""
    given = context.config.attributes.get("connection")
    if context.is_offline_mode():
        offline()
    elif given is not None:
        migrate(given)
    else:
        asyncio.run(online())


run()
