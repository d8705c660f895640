"""Industry chains for tests, placed and followed as a worker does it."""

from copy import deepcopy
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from app.core.clock import read_clock
from app.finding.chains import following, follows
from app.finding.chains.kinds import Placed
from app.finding.chains.queries import FEED
from tests.search.saved.factory import EVERYTHING
from tests.support.world import World

Json = dict[str, Any]
_HERE: Final = text(
    "UPDATE search_feeds SET (xid, seq) = (SELECT xid, seq FROM events ORDER BY xid DESC, seq DESC LIMIT 1) "
    "WHERE engine = :feed"
)
_PLACING: Final = text("SELECT version_id FROM industry_maps WHERE state = 'placing'")
_REPLACED: Final = text("SELECT version_id FROM industry_maps WHERE state = 'replaced'")


def link(code: str, stage: str = "upstream", **rule: Any) -> Json:
    """A link with a rule; `follows` among its members is the link's."""
    made: Json = {"code": code, "name": {"zh": f"示例环节 {code}", "en": f"Example link {code}"}, "stage": stage}
    return made | {"follows": rule.pop("follows", []), "rule": rule}


LINKS: Final = [
    link("hydrogen", terms=["电解水", "electrolyser"]),
    link("plates", "midstream", follows=["hydrogen"], industries=["C38"], terms=["双极板"], fields=["new_energy"]),
    link("optics", "downstream", follows=["plates"], terms=["光学检测"]),
    link("vehicles", "downstream", follows=["plates"], terms=["燃料电池汽车"]),
]


def chain(code: str = "example-hydrogen", links: list[Json] | None = None, **overrides: Any) -> Json:
    """The document of a chain."""
    return {
        "format": "techex-industry-chain/1",
        "code": code,
        "name": {"zh": "示例氢能产业链", "en": "Example chain of hydrogen"},
        "source": {"title": "示例", "address": "https://example.org/chains/hydrogen", "day": "2026-01-05"},
        "links": deepcopy(LINKS if links is None else links),
    } | overrides


async def imported(world: World, **document: Any) -> Json:
    """A chain whose first or next version was imported, and not placed yet."""
    made: Json = await world.api.ok("POST", "/v1/industry-chains", world.operator, json=chain(**document))
    return made


async def placed(world: World, **document: Any) -> Json:
    """A chain that was imported and placed."""
    made = await imported(world, **document)
    while await place_some(world):
        pass
    return made


async def place_some(world: World) -> bool:
    """Place the next things by every version that is being placed; answers whether there was one."""
    async with world.database.transaction() as session:
        versions: list[UUID] = [row[0] for row in await session.execute(_PLACING)]
        for version in versions:
            await follows.place_next_things(session, version, await read_clock(session))
    return bool(versions)


async def clear(world: World) -> None:
    """Remove what was replaced."""
    more = True
    while more:
        async with world.database.transaction() as session:
            versions: list[UUID] = [row[0] for row in await session.execute(_REPLACED)]
            for version in versions:
                await follows.clear_what_was_replaced(session, version, await read_clock(session))
        more = bool(versions)


async def followed(world: World) -> None:
    """Follow every change. All of a test's are one transaction, so the place within it is what counts."""
    more = 1
    while more:
        more = await following.follow(world.database, EVERYTHING)
        async with world.database.transaction() as session:
            await session.execute(_HERE, {"feed": FEED})


async def the_map(world: World, code: str = "example-hydrogen") -> Json:
    """The map as everybody reads it."""
    made: Json = await world.api.ok("GET", f"/v1/industry-chains/{code}")
    return made


async def counts(world: World, link: str, code: str = "example-hydrogen") -> dict[str, tuple[int, int]]:
    """The counts of a link by kind: all, and the open ones."""
    found = next(each for each in (await the_map(world, code))["links"] if each["code"] == link)
    return {kind: (each["total"], each["open"]) for kind, each in found["counts"].items()}


async def on(world: World, link: str, kind: Placed | str, code: str = "example-hydrogen") -> list[Json]:
    """What is on a link."""
    return await world.api.every(f"/v1/industry-chains/{code}/links/{link}/subjects", kind=str(kind))
