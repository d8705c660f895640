"""What tells saved searches: it follows the records of rows, and asks which searches each changed thing meets now.

Matches, their events and the place in the log are one transaction: a worker that is killed leaves nothing half told,
and what it had read comes again. A thing is told where a change of it, or of what is published of it, made it meet the
search: what met it before, by the record before, is not new. A pair of search and thing is told once.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import read_clock
from app.core.database import Database, Session
from app.core.history import events
from app.core.ids import new_id
from app.core.logs import get_logger
from app.finding import queries as feed
from app.finding import sources
from app.finding.keeping.feeding import NOTED_EVERY, note, reached
from app.finding.saved import keeping, queries
from app.finding.saved.kinds import SearchedFor
from app.finding.saved.models import SavedSearchMatch
from app.finding.saved.queries import FEED, TABLES, Change
from search.documents import Document
from search.indexes import index
from search.postgres import percolation

log = get_logger(__name__)
MOST_CHANGES: Final = 500
"""Changes of rows that are told in one transaction: a search that is being saved waits for it."""
_BATCH: Final = 100
"""Documents whose words are sent at a time."""
GRACE_SECONDS: Final = 60
"""What changed so shortly before a search was saved may not have been committed when its owner looked."""
_KEPT_AGAIN: Final = 500
Pairs = set[tuple[UUID, UUID]]


class Telling:
    """What a worker does for saved searches: keep them again where settings have changed, then follow the log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._prepared = False

    async def step(self) -> int:
        """The next piece of work; answers how many changes were read."""
        if not self._prepared:
            await keep_again(self._database)
            self._prepared = True
        return await tell(self._database)


async def keep_again(database: Database) -> None:
    """Keep every saved search under today's settings of its index, so that it goes on finding the same."""
    forms = {each: keeping.form_of(each) for each in SearchedFor}
    while True:
        async with database.transaction() as session:
            rows = await queries.of_other_form(session, forms, _KEPT_AGAIN)
            for row in rows:
                await asyncio.to_thread(keeping.keep_again, row)
        if not rows:
            return
        log.info("saved_searches_kept_again", count=len(rows))


async def tell(database: Database, until: int | None = None) -> int:
    """Tell the next changes, those below transaction `until`; answers how many there were.

    Nothing where another process does it, or while a search is being saved.
    """
    async with database.transaction() as session:
        if not await feed.lock_feed(session, FEED, wait=False):
            return 0
        until = await feed.settled(database) if until is None else until
        place = await feed.feed_of(session, FEED)
        if place is None:
            await note(session, FEED, (until, 0))
            return 0
        found = await feed.changes(database, (place.xid, place.seq), until, MOST_CHANGES, TABLES)
        for searched_for, changes in _by_kind(found).items():
            if await queries.is_any_active(database, searched_for):
                await _store(session, searched_for, await _new(database, session, searched_for, changes))
        if found or until - place.xid > NOTED_EVERY:
            await note(session, FEED, reached(found, until, MOST_CHANGES))
    return len(found)


def _by_kind(found: Sequence[Record]) -> Mapping[SearchedFor, dict[UUID, Change]]:
    """The changes of each thing as one, by what it is."""
    changes: dict[SearchedFor, dict[UUID, Change]] = defaultdict(dict)
    for each in found:
        known, thing = changes[TABLES[each["of"]]], UUID(each["key"])
        first = known.get(thing)
        seq, first_at = (first.seq, first.first_at) if first else (each["seq"], each["occurred_at"])
        known[thing] = Change(each["record"], seq, first_at, each["occurred_at"])
    return changes


async def _new(
    database: Database, session: Session, searched_for: SearchedFor, changes: Mapping[UUID, Change]
) -> Pairs:
    """The searches that things meet now, and did not before their changes."""
    today = session.city.day_of(await read_clock(session))
    make = sources.MAKE[searched_for]
    things, new = list(changes), Pairs()
    for start in range(0, len(things), _BATCH):
        rows = await feed.read_public(database, searched_for, things[start : start + _BATCH])

        async def met(documents: Sequence[Document]) -> Mapping[tuple[UUID, UUID], datetime]:
            arrivals = await asyncio.to_thread(
                lambda: [percolation.arrival(index(searched_for), each) for each in documents]
            )
            return await queries.met(database, searched_for, arrivals, changes, today, GRACE_SECONDS)

        now = await met([make(row) for row in rows])
        for moment, pairs in _by_moment(now, changes).items():
            found = {thing: changes[thing] for _, thing in pairs}
            was = await queries.before(database, searched_for, found, moment)
            earlier = [make({**row, **was[row["id"]]}) for row in rows if row["id"] in was]
            new |= pairs - (await met(earlier)).keys()
    return new


def _by_moment(
    now: Mapping[tuple[UUID, UUID], datetime], changes: Mapping[UUID, Change]
) -> Mapping[datetime | None, Pairs]:
    """What is met, by the moment before which a change is none for the search; None: all changes are later.

    Only where the worker is behind does a search begin between changes that are told together.
    """
    found: dict[datetime | None, Pairs] = defaultdict(set)
    for (search, thing), since in now.items():
        begins = since - timedelta(seconds=GRACE_SECONDS)
        found[begins if begins > changes[thing].first_at else None].add((search, thing))
    return found


async def _store(session: Session, searched_for: SearchedFor, new: Pairs) -> None:
    """Note what was found, and tell each owner in one event a search; what it was told before is left out."""
    if not new:
        return
    owners = await queries.lock_owners(session, {search for search, _ in new})
    now = await read_clock(session)
    rows = [
        {"id": new_id(), "search_id": search, "thing_id": thing, "matched_at": now}
        for search, thing in sorted(new)
        if search in owners
    ]
    if not rows:
        return
    statement = insert(SavedSearchMatch).values(rows).on_conflict_do_nothing()
    stored = await session.execute(statement.returning(SavedSearchMatch.search_id, SavedSearchMatch.thing_id))
    things: dict[UUID, list[UUID]] = defaultdict(list)
    for search, thing in stored.all():
        things[search].append(thing)
    for search, found in things.items():
        events.append(
            session,
            "saved_search.matched",
            ("saved_search", search),
            audience=[owners[search]],
            payload={"searched_for": searched_for, "things": sorted(found)},
        )
