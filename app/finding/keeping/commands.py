"""What `techex search` does: filling indexes again, and comparing them, on every engine of the installation."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.core.database import Database, connect
from app.core.settings import Settings
from app.finding import engines
from app.finding.keeping import checking, rebuilding
from search.engine import Engine
from search.indexes import index


@asynccontextmanager
async def _every(settings: Settings) -> AsyncIterator[tuple[Database, list[Engine]]]:
    database = connect(settings)
    found = engines.every(settings, database)
    try:
        yield database, found
    finally:
        for engine in found:
            await engine.close()
        await database.close()


async def rebuild(settings: Settings, names: Sequence[str], progress: rebuilding.Progress) -> None:
    """Fill these indexes again on every engine. Raises `RebuildRunsError`, `EngineDown`."""
    async with _every(settings) as (database, found):
        for engine in found:

            def told(name: str, count: int, engine: Engine = engine) -> None:
                progress(f"{engine.name}: {name}", count)

            await rebuilding.rebuild(database, engine, [index(name) for name in names], told)


async def check(settings: Settings, names: Sequence[str], *, mend: bool) -> list[tuple[str, checking.Found]]:
    """Compare these indexes with the database on every engine; each with the engine's name. Raises `EngineDown`."""
    async with _every(settings) as (database, found):
        return [
            (engine.name, await checking.check(database, engine, index(name), mend=mend))
            for engine in found
            for name in names
        ]
