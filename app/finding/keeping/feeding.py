"""The feeder: it follows the event log and keeps an engine true to what is public.

A change is read in the order of the log, at least once. What it touches is then read as it stands, so that a change
that comes twice, or late, does no harm. An engine that is down keeps its place in the log, and catches up. What a day
alone makes true or untrue, the end of a quality say, comes when the day has begun: each engine has its day.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record

from app.core.clock import read_clock, read_today
from app.core.database import Database, Session
from app.core.logs import get_logger
from app.finding import queries, sources
from app.finding.models import SearchFeed
from search.engine import Engine, EngineDown, Place
from search.indexes import index
from search.text import words

log = get_logger(__name__)
MOST_CHANGES: Final = 2_000
"""Changes of rows that are read at a time."""
MOST_DOCUMENTS: Final = 500
"""Documents that are put at a time."""
NOTED_EVERY: Final = 1_000
"""Transactions after which the place is noted though nothing was to do: the log between is not read again."""
MOST_DAYS: Final = timedelta(days=31)
"""Days that are brought at a time."""
_BEFORE_ALL: Final = UUID(int=0)
Touched = Mapping[str, Sequence[UUID]]


async def feed(database: Database, engine: Engine) -> int:
    """Bring an engine the next changes; answers how many there were. Nothing where another process does it.

    The lock is held meanwhile, in a transaction that writes only at its end: no feed of events waits for it. Raises
    `EngineDown`, and then the same changes come again.
    """
    async with database.transaction() as session:
        if not await queries.lock_feed(session, engine.name, wait=False):
            return 0
        place = await queries.feed_of(session, engine.name)
        if place is None:
            return 0  # it was never filled
        until, today = await queries.settled(database), await read_today(session)
        day = min(today, place.day + MOST_DAYS)
        if place.day < day:
            await bring(database, engine, _by_index(await queries.turned(database, place.day, day)))
        found = await queries.changes(database, (place.xid, place.seq), until, MOST_CHANGES)
        await bring(database, engine, await touched_by(database, found))
        if found or until - place.xid > NOTED_EVERY or place.day < day:
            await note(session, engine.name, reached(found, until), day)
    return len(found) + (today - day).days


def reached(found: Sequence[Record], until: int, limit: int = MOST_CHANGES) -> tuple[int, int]:
    """The place in the log after these changes; a page that is not full was all there is below `until`."""
    return (found[-1]["xid"], found[-1]["seq"]) if len(found) == limit else (until, 0)


async def touched_by(database: Database, found: Iterable[Record]) -> Touched:
    """The documents that changes touch, by index, each once."""
    keys: dict[str, dict[UUID, None]] = defaultdict(dict)
    for change in found:
        keys[change["of"]][UUID(change["key"])] = None
    documents = [
        each for table, changed in keys.items() for each in await queries.touched(database, table, list(changed))
    ]
    return _by_index(documents)


def _by_index(touched: Iterable[tuple[str, UUID]]) -> Touched:
    ids: dict[str, dict[UUID, None]] = defaultdict(dict)
    for name, document in touched:
        ids[name][document] = None
    return {name: list(each) for name, each in ids.items()}


async def bring(database: Database, engine: Engine, touched: Touched, place: Place = Place.LIVE) -> None:
    """Let an engine have these documents as they are now, and not have those that are not public.

    The indexes side by side: an engine works on one while the words of the other are found. Raises `EngineDown` when
    all have ended, so that nothing is written late.
    """
    ended = await asyncio.gather(
        *(_bring(database, engine, name, ids, place) for name, ids in touched.items()), return_exceptions=True
    )
    for error in ended:
        if error is not None:
            raise error


async def _bring(database: Database, engine: Engine, name: str, ids: Sequence[UUID], place: Place) -> None:
    for start in range(0, len(ids), MOST_DOCUMENTS):
        part = ids[start : start + MOST_DOCUMENTS]
        put = await sources.read(database, name, part)
        known = {document.id for document in put}
        await engine.apply(index(name), put, [str(each) for each in part if str(each) not in known], place)


async def note(session: Session, name: str, place: tuple[int, int], day: date | None = None) -> None:
    """Note how far an engine has come, and the day for which it is true; what else follows the log has no day."""
    now = await read_clock(session)
    known = {} if day is None else {"day": day}
    await session.merge(SearchFeed(engine=name, xid=place[0], seq=place[1], fed_at=now, **known))


async def _load_words(database: Database) -> None:
    """Load the words where there is something to search: else the first change waits for them, and those behind it."""
    if await queries.next_ids(database, "listings", _BEFORE_ALL, 1):
        await asyncio.to_thread(words.load)


class Feeding:
    """What a worker does for one engine: fill it where it must be filled again, then follow the log."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._prepared = False
        self._down = False

    async def step(self) -> int:
        """The next piece of work; answers whether there may be more at once. An engine that is down is no fault."""
        from app.finding.keeping.rebuilding import fill_where_needed  # noqa: PLC0415 — it follows the log too

        try:
            if not self._prepared:
                await fill_where_needed(self._database, self._engine)
                await _load_words(self._database)
                self._prepared = True
            done = await feed(self._database, self._engine)
        except EngineDown as error:
            if not self._down:
                log.warning("search_engine_down", engine=self._engine.name, error=str(error)[:200])
            self._down, self._prepared = True, False
            return 0
        if self._down:
            log.info("search_engine_back", engine=self._engine.name)
            self._down = False
        return done

    async def close(self) -> None:
        """Close the engine."""
        await self._engine.close()
