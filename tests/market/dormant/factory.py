"""Dormant results for tests, gathered as the worker does it."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from app.core.clock import read_clock
from app.market.dormant import follows
from app.market.dormant.models import DormantList
from tests.catalogue.results.factory import recorded_result
from tests.market.listings.factory import today
from tests.support.world import Party, World

Json = dict[str, Any]

SECRET = {"type": "technical_secret", "title": "示例技术秘密"}


async def old_result(world: World, keeper: Party, **overrides: Any) -> Json:
    """A publicly funded result that was registered long ago."""
    usual: Json = {"publicly_funded": True, "funding_plan": "示例计划", "ip_assets": [SECRET]}
    days = {"registered_on": "2015-01-05", "completed_on": "2014-12-01"}
    made: Json = await recorded_result(world, keeper, **(usual | days | overrides))
    return made


async def gathered(world: World) -> Json:
    """This year's list, which units check."""
    made = await world.api.ok("POST", "/v1/dormant-lists", world.operator)
    async with world.database.transaction() as session:
        await follows.gather_some(session, UUID(made["id"]), await read_clock(session))
    row: Json = await world.api.ok("GET", f"/v1/dormant-lists/{made['year']}", world.operator)
    return row


async def entries(world: World, unit: Party, row: Json) -> list[Json]:
    """What was gathered of a unit's results."""
    return await world.api.every("/v1/dormant-results", unit, list_id=row["id"])


async def entry_of(world: World, unit: Party, row: Json, result: Json) -> Json:
    """What was gathered of one result."""
    return next(each for each in await entries(world, unit, row) if each["result_id"] == result["id"])


async def answered(world: World, unit: Party, entry: Json, **words: str) -> Json:
    """A result that its unit has answered for."""
    path = f"/v1/dormant-results/{entry['id']}/answer"
    made: Json = await world.api.ok("POST", path, unit, json={"status": "confirmed"} | words)
    return made


async def begun(world: World, unit: Party, result_id: str) -> None:
    """The unit records that the conversion of a result has begun."""
    body = {"begun_on": (await today(world)).isoformat()}
    await world.api.ok("POST", f"/v1/results/{result_id}/conversion-begun", unit, json=body)


async def converted_entry(world: World, unit: Party, row: Json) -> Json:
    """A result in a list whose conversion has begun since."""
    entry = (await entries(world, unit, row))[-1]
    await begun(world, unit, entry["result_id"])
    return entry


async def lists(world: World, unit: Party) -> tuple[Json, Json]:
    """A published list of the year before last, and one of last year that is checked."""
    await old_result(world, unit)
    await old_result(world, unit)
    shown = await gathered(world)
    for entry in await entries(world, unit, shown):
        await answered(world, unit, entry)
    await world.api.ok("POST", f"/v1/dormant-lists/{shown['year']}/publication", world.operator)
    await _move(world, shown, 2)
    checked = await gathered(world)
    await _move(world, checked, 1)
    return shown, checked


async def _move(world: World, row: Json, years: int) -> None:
    """A list of an earlier year: there is one a year."""
    row["year"] -= years
    async with world.database.transaction() as session:
        await session.execute(update(DormantList).where(DormantList.id == UUID(row["id"])).values(year=row["year"]))
