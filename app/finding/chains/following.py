"""What keeps the maps true: it follows the records of rows, and places again what they touch.

As the feeders of search do: in the order of the log, at least once, from a place of its own that is written with what
was placed. A worker that is killed leaves nothing half placed, and what it had read comes again.
"""

from typing import Final

from app.core.database import Database
from app.finding import queries as feed
from app.finding.chains import placing, queries
from app.finding.chains.kinds import THINGS
from app.finding.keeping.feeding import NOTED_EVERY, note, reached, touched_by

MOST_CHANGES: Final = 500
"""Changes of rows that are placed in one transaction: who publishes a version waits for it."""
AT_ONCE: Final = 500


async def follow(database: Database, until: int | None = None) -> int:
    """Place what the next changes touch, those below transaction `until`; answers how many changes there were.

    Nothing where another process does it, and before the first chain.
    """
    async with database.transaction() as session:
        if not await feed.lock_feed(session, queries.FEED, wait=False):
            return 0
        place = await feed.feed_of(session, queries.FEED)
        if place is None:
            return 0
        until = await feed.settled(database) if until is None else until
        found = await feed.changes(database, (place.xid, place.seq), until, MOST_CHANGES)
        touched = await touched_by(database, found)
        # The maps after the changes: one that is published later is made of what these changes have left.
        live = await queries.lock_live(session) if touched.keys() & {*THINGS, "agencies"} else []
        if live:
            for index in THINGS:
                ids = touched.get(index, [])
                for start in range(0, len(ids), AT_ONCE):
                    await placing.place(session, live, index, ids[start : start + AT_ONCE])
            if organisations := touched.get("agencies"):
                await placing.show_again(session, live, organisations)
        if found or until - place.xid > NOTED_EVERY:
            await note(session, queries.FEED, reached(found, until, MOST_CHANGES))
    return len(found)
