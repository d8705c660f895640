"""Filling an index again: next to the one that is searched, which then gives place at one moment."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from app.core.clock import read_today
from app.core.database import Database
from app.core.logs import get_logger
from app.finding import queries, sources
from app.finding.keeping import feeding
from search.documents import Document
from search.engine import Engine, EngineDown, Place
from search.indexes import Index

log = get_logger(__name__)
BATCH: Final = 1_000
Progress = Callable[[str, int], None]
"""Is told the index and how many documents it has taken in."""
_FIRST: Final = UUID(int=0)


class RebuildRunsError(Exception):
    """Another process fills this engine's indexes at the moment."""


async def fill_where_needed(database: Database, engine: Engine) -> None:
    """Make every index ready; fill those that are new or were filled by other settings.

    An engine that was never fed is filled whole: nobody knows what it lacks.
    """
    needed = [each for each in sources.indexes() if await engine.prepare(each)]
    async with database.reading() as session:
        known = await queries.feed_of(session, engine.name)
    if known is None:
        needed = sources.indexes()
    if needed:
        try:
            await rebuild(database, engine, needed)
        except RebuildRunsError:
            log.info("search_rebuild_elsewhere", engine=engine.name)


async def rebuild(
    database: Database, engine: Engine, indexes: Sequence[Index], progress: Progress = lambda _name, _count: None
) -> None:
    """Fill indexes again and swap them in, without a gap. What changes meanwhile is followed, and is in them then.

    Raises `RebuildRunsError`, `EngineDown`; what is searched is then as it was.
    """
    async with _alone(database, engine):
        log.info("search_rebuild_started", engine=engine.name, indexes=[each.name for each in indexes])
        start = (await queries.settled(database), 0)
        async with database.reading() as session:
            day = await read_today(session)
        for each in indexes:
            await engine.prepare(each)
            await engine.begin(each)
            await _fill(database, engine, each, progress)
        names = {each.name for each in indexes}
        place = await _catch_up(database, engine, names, start)
        async with database.transaction() as session:
            await queries.lock_feed(session, engine.name, wait=True)
            place = await _catch_up(database, engine, names, place)
            for each in indexes:
                await engine.swap(each)
            known = await queries.feed_of(session, engine.name)
            if known is None or names == set(sources.NAMES):
                await feeding.note(session, engine.name, place, day)
        log.info("search_rebuild_finished", engine=engine.name)


async def _fill(database: Database, engine: Engine, index: Index, progress: Progress) -> None:
    """Two batches at a time: the words of one are found while the engine takes in the other."""
    places = asyncio.Semaphore(2)
    after, count = _FIRST, 0

    async def put(documents: Sequence[Document]) -> None:
        nonlocal count
        try:
            await engine.apply(index, documents, [], Place.NEXT)
        finally:
            places.release()
        count += len(documents)
        progress(index.name, count)

    try:
        async with asyncio.TaskGroup() as batches:
            while ids := await queries.next_ids(database, index.name, after, BATCH):
                documents = await sources.read(database, index.name, ids)
                await places.acquire()
                batches.create_task(put(documents))
                after = ids[-1]
    except* EngineDown as errors:
        raise errors.exceptions[0] from None


async def _catch_up(database: Database, engine: Engine, names: set[str], after: tuple[int, int]) -> tuple[int, int]:
    """Bring what is being filled the changes since a place in the log; answers the place that it has come to."""
    while True:
        until = await queries.settled(database)
        found = await queries.changes(database, after, until, feeding.MOST_CHANGES)
        touched = await feeding.touched_by(database, found)
        mine = {name: ids for name, ids in touched.items() if name in names}
        await feeding.bring(database, engine, mine, Place.NEXT)
        after = feeding.reached(found, until)
        if len(found) < feeding.MOST_CHANGES:
            return after


@asynccontextmanager
async def _alone(database: Database, engine: Engine) -> AsyncIterator[None]:
    """Hold the filling of an engine: on a connection of its own, since it takes longer than a transaction may."""
    connection = await database.driver_connection()
    try:
        if not await queries.hold_rebuild(connection, engine.name):
            raise RebuildRunsError(engine.name)
        yield
    finally:
        await connection.close()
