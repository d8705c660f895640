"""A yearly list: gathered by rule, checked by its units, published as one, found by searches."""

from datetime import datetime, timedelta

from app.core import deadlines
from app.core.database import Database
from app.finding import engines
from app.finding.keeping import feeding, rebuilding
from tests.market.dormant.factory import answered, begun, entry_of, gathered, old_result
from tests.market.listings.factory import move_clock_to, published_listing, today
from tests.support.world import World


async def test_units_answer_until_the_list_is_published_as_one(world: World) -> None:
    unit, other = await world.institution(), await world.institution()
    confirmed, explained, converted, silent = [await old_result(world, unit) for _ in range(4)]
    young = await old_result(world, unit, registered_on=(await today(world)).isoformat())
    own = await old_result(world, unit, publicly_funded=False, funding_plan=None)
    listed = await gathered(world)
    assert (listed["status"], listed["years"]) == ("checking", 3)
    await world.api.refused(409, "dormant_list_exists", "POST", "/v1/dormant-lists", world.operator)
    found = {each["result_id"] for each in await world.api.every("/v1/dormant-results", unit)}
    assert {each["id"] for each in (confirmed, explained, converted, silent)} <= found
    assert found.isdisjoint({young["id"], own["id"]})
    assert await world.api.every("/v1/dormant-results", other) == []

    path = f"/v1/dormant-results/{(await entry_of(world, unit, listed, confirmed))['id']}"
    await world.api.ok("POST", f"{path}/answer", unit, json={"status": "confirmed"})
    path = f"/v1/dormant-results/{(await entry_of(world, unit, listed, explained))['id']}"
    words = {"status": "explained", "reason": "no_demand", "note": "示例说明"}
    await world.api.ok("POST", f"{path}/answer", unit, json=words)
    path = f"/v1/dormant-results/{(await entry_of(world, unit, listed, converted))['id']}"
    await world.api.refused(409, "still_dormant", "POST", f"{path}/correction", unit)
    await begun(world, unit, converted["id"])
    corrected = await world.api.ok("POST", f"{path}/correction", unit)
    assert (corrected["status"], corrected["not_dormant"]) == ("corrected", "conversion_begun")
    plain = {"status": "confirmed"}
    await world.api.refused(409, "dormant_list_not_checked", "POST", f"{path}/answer", unit, json=plain)

    publication = f"/v1/dormant-lists/{listed['year']}/publication"
    await world.api.refused(409, "dormant_list_not_publishable", "POST", publication, world.operator)
    await world.api.refused(404, "not_found", "GET", f"/v1/dormant-lists/{listed['year']}/results")
    clock = datetime.fromisoformat((await world.api.ok("GET", "/v1/clock"))["server_time"])
    await move_clock_to(world, clock + timedelta(days=31))
    await world.api.ok("POST", publication, world.operator)
    await world.api.refused(409, "dormant_list_published", "POST", publication, world.operator)
    public = {each["result_id"]: each for each in await world.api.every(f"/v1/dormant-lists/{listed['year']}/results")}
    assert {confirmed["id"], explained["id"], silent["id"]} <= set(public)
    assert converted["id"] not in public
    said = [public[each["id"]]["status"] for each in (confirmed, explained, silent)]
    assert said == ["confirmed", "explained", "waiting"]
    assert (public[explained["id"]]["reason"], public[explained["id"]]["note"]) == ("no_demand", "示例说明")
    path = f"/v1/dormant-results/{(await entry_of(world, unit, listed, silent))['id']}/answer"
    await world.api.refused(409, "dormant_list_not_checked", "POST", path, unit, json={"status": "confirmed"})
    secret = {"secrecy": "state_secret"}
    await world.api.ok("PATCH", f"/v1/results/{silent['id']}", unit, json=secret, headers={"If-Match": "*"})
    left = await world.api.every(f"/v1/dormant-lists/{listed['year']}/results")
    assert silent["id"] not in {each["result_id"] for each in left}


async def test_searches_know_what_is_dormant_until_it_is_converted(
    fresh_world: World, fresh_database: Database
) -> None:
    engine = engines.postgres(fresh_database)
    await rebuilding.fill_where_needed(fresh_database, engine)
    unit = await fresh_world.enterprise()
    result = await old_result(fresh_world, unit)
    listing = await published_listing(fresh_world, unit, result_id=result["id"])
    await published_listing(fresh_world, unit)

    async def dormant(value: str) -> tuple[list[str], int]:
        while await feeding.feed(fresh_database, engine):
            pass
        found = await fresh_world.api.ok("GET", "/v1/search/listings", params={"dormant": value})
        results = await fresh_world.api.ok("GET", "/v1/search/results", params={"dormant": value})
        return [each["id"] for each in found["items"]], results["total"]

    made = await fresh_world.api.ok("POST", "/v1/dormant-lists", fresh_world.operator)
    await deadlines.run_due(fresh_database)  # the worker gathers it
    row = await fresh_world.api.ok("GET", f"/v1/dormant-lists/{made['year']}", fresh_world.operator)
    assert await dormant("true") == ([], 0), "nothing is told before the list is published"
    entry = await entry_of(fresh_world, unit, row, result)
    await answered(fresh_world, unit, entry)
    await fresh_world.api.ok("POST", f"/v1/dormant-lists/{row['year']}/publication", fresh_world.operator)
    assert await dormant("true") == ([listing["id"]], 1)
    assert (await dormant("false"))[1] == 1
    await begun(fresh_world, unit, result["id"])
    assert await dormant("true") == ([], 0)
    await engine.close()
