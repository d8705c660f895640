"""Saved searches for tests, and telling them as a worker does."""

from typing import Any, Final

from sqlalchemy import text

from app.finding.saved import telling
from tests.support.world import Party, World

Json = dict[str, Any]
EVERYTHING: Final = 2**62
"""A transaction above all of a test's: what it has done counts as settled, though it is rolled back at the end."""
_HERE: Final = text(
    "UPDATE search_feeds SET (xid, seq) = (SELECT xid, seq FROM events ORDER BY xid DESC, seq DESC LIMIT 1) "
    "WHERE engine = 'alerts'"
)
_TOLD: Final = text(
    "SELECT payload->'things' FROM events WHERE type = 'saved_search.matched' AND subject_id = :id ORDER BY seq"
)


def saved_body(**search: Any) -> Json:
    """A search for listings, or for what `searched_for` says."""
    return {"name": "示例订阅", "search": {"searched_for": "listings"} | search}


async def saved(world: World, owner: Party, **search: Any) -> Json:
    """A saved search, as its owner sees it."""
    made: Json = await world.api.ok("POST", "/v1/saved-searches", owner, json=saved_body(**search))
    return made


async def tell(world: World) -> None:
    """Tell every change. All of a test's are one transaction, so the place within it is what counts."""
    more = 1
    while more:
        more = await telling.tell(world.database, EVERYTHING)
        async with world.database.transaction() as session:
            await session.execute(_HERE)


async def told(world: World, search: Json) -> list[str]:
    """What a saved search was told of, in all events."""
    async with world.database.transaction() as session:
        rows = await session.execute(_TOLD, {"id": search["id"]})
        return [thing for row in rows for thing in row[0]]
