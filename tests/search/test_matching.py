"""Matching through the API: who may ask, what is found and why, what is said of it, and that nothing hidden shows."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.core.database import Database
from app.finding import engines
from app.finding.keeping import feeding, rebuilding
from app.finding.matching import schemas
from search.engine import Engine
from search.postgres.engine import PostgresEngine
from tests.catalogue.demands.factory import draft_demand, published_demand
from tests.catalogue.results.factory import recorded_result
from tests.market.listings.factory import draft_listing, published_listing
from tests.support.world import Party, World

Json = dict[str, Any]


@pytest.fixture
async def engine(fresh_database: Database) -> AsyncIterator[PostgresEngine]:
    """The engine of the test's own database, filled as a worker fills it when it starts."""
    made = engines.postgres(fresh_database)
    await rebuilding.fill_where_needed(fresh_database, made)
    yield made
    await made.close()


async def follow(database: Database, engine: Engine) -> None:
    """Let an engine have every change."""
    while await feeding.feed(database, engine):
        pass


async def matches(world: World, of: str, caller: Party, kind: str, **more: Any) -> Json:
    """What is found for a demand or a listing."""
    found: Json = await world.api.ok("GET", f"/v1/{of}/matches", caller, params={"kind": kind, **more})
    (schemas.DemandMatches if of.startswith("demands") else schemas.ListingMatches).model_validate(found)
    return found


def ids(found: Json) -> list[str]:
    return [match["id"] for match in found["items"]]


async def say(world: World, of: str, caller: Party, kind: str, target: str, said: str, **more: Any) -> Json:
    body = {"kind": kind, "target_id": target, "said": said, **more}
    made: Json = await world.api.ok("POST", f"/v1/{of}/match-feedback", caller, json=body)
    return made


async def test_matches_of_a_demand(fresh_world: World, fresh_database: Database, engine: PostgresEngine) -> None:
    world = fresh_world
    demander = await world.enterprise(name="示例缄默重工")
    seller, other, agency = await world.enterprise(), await world.enterprise(), await world.agency()
    broker = await world.broker(agency)
    result = await recorded_result(
        world, seller, title="燃料电池双极板镀层", technical_field="new_energy", readiness_level=8
    )
    fit = await published_listing(
        world,
        seller,
        result_id=result["id"],
        title="双极板镀层许可",
        asking_price="700000.00",
        agency_id=str(agency.id),
    )
    result = await recorded_result(world, other, title="镀层测厚仪", technical_field="environment", readiness_level=3)
    near = await published_listing(
        world, other, result_id=result["id"], title="镀层测厚仪转让", asking_price="2000000.00"
    )
    far = await published_listing(world, other, title="桥梁健康监测")
    own = await published_listing(world, demander, title="双极板镀层")
    await draft_listing(world, seller, title="双极板镀层草稿")
    demand = await published_demand(world, demander)
    await follow(fresh_database, engine)

    of = f"demands/{demand['id']}"
    found = await matches(world, of, demander, "listings")
    assert ids(found) == [fit["id"], near["id"]]
    # More at once than there are connections for readers: none waits for one that another holds and does not use.
    at_once = await asyncio.gather(*(matches(world, of, demander, "listings") for _ in range(8)))
    assert at_once == [found] * 8
    assert far["id"] not in ids(found)
    assert own["id"] not in ids(found)
    best, second = found["items"]
    assert best["score"] > second["score"]
    values = {part["part"]: part["value"] for part in best["parts"]}
    assert values["budget"] == values["field"] == values["way"] == values["readiness"] == "1.0000"
    told = {part["part"]: part["reason"]["zh"] for part in second["parts"]}
    assert told["budget"] == "标价高出预算150%。"
    assert told["readiness"] == "技术成熟度为3级，需达到4级。"
    assert found["words"][:2] == [
        {"word": "双极板", "total": 2, "related": False}, {"word": "镀层", "total": 3, "related": False},
    ]  # fmt: skip
    assert best["found"]["highlights"]["title"] == "<em>双极板镀层</em>许可"

    assert [each["found"]["id"] for each in (await matches(world, of, demander, "teams"))["items"]] == [
        str(seller.id), str(other.id),
    ]  # fmt: skip
    agencies = (await matches(world, of, demander, "agencies"))["items"]
    assert agencies[0]["id"] == str(agency.id)
    assert [each["id"] for each in agencies[0]["by"]] == [fit["id"]]
    brokers = (await matches(world, of, demander, "brokers"))["items"]
    assert [each["found"]["agency"]["id"] for each in brokers] == [str(agency.id)]
    assert (await matches(world, of, world.operator, "results"))["items"]

    for caller, status in ((seller, 404), (agency, 404), (world.registrar, 404), (broker, 404), (None, 401)):
        answer = await world.api.get(f"/v1/{of}/matches", caller, params={"kind": "results"})
        assert answer.status_code == status, caller
    draft = await draft_demand(world, demander)
    answer = await world.api.get(f"/v1/demands/{draft['id']}/matches", demander, params={"kind": "results"})
    assert (answer.status_code, answer.json()["code"]) == (409, "demand_not_open")

    # What is said holds, is said once, and is used.
    page = await matches(world, of, demander, "listings", limit=1)
    assert ids(await matches(world, of, demander, "listings", limit=1, cursor=page["next_cursor"])) == [near["id"]]
    await say(world, of, demander, "listings", near["id"], "seen")
    said = await asyncio.gather(
        *(say(world, of, demander, "listings", near["id"], "declined", reason="price") for _ in range(3))
    )
    assert len({each["id"] for each in said}) == 1
    assert (await say(world, of, demander, "listings", near["id"], "seen"))["said"] == "declined"
    found = await matches(world, of, demander, "listings")
    assert (ids(found), found["declined"]) == ([fit["id"]], 1)
    weights = [
        next(float(part["weight"]) for part in each["items"][0]["parts"] if part["part"] == "budget")
        for each in (page, found)
    ]
    assert weights[1] > weights[0]
    again = await matches(world, of, demander, "listings", declined="true")
    assert [(each["id"], each["feedback"]) for each in again["items"]] == [(fit["id"], None), (near["id"], "declined")]
    body = {"kind": "listings", "target_id": near["id"], "said": "asked"}
    answer = await world.api.post(f"/v1/{of}/match-feedback", demander, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "match_declined")
    for wrong in ({"target_id": draft["id"]}, {"target_id": near["id"], "kind": "results"}):
        answer = await world.api.post(f"/v1/{of}/match-feedback", demander, json=body | wrong)
        assert answer.status_code == 404
    for kind, reason in (("declined", None), ("seen", "price")):
        answer = await world.api.post(
            f"/v1/{of}/match-feedback", demander, json=body | {"said": kind, "reason": reason}
        )
        assert answer.status_code == 422
    events = await world.api.ok("GET", "/v1/events", other, params={"type": "match.declined"})
    (heard,) = events["items"]
    assert heard["payload"] == {
        "about": "demand", "about_id": demand["id"], "kind": "listings", "target_id": near["id"], "reason": "price",
    }  # fmt: skip
    assert heard["actor_organisation_id"] is None
    assert not (await world.api.ok("GET", "/v1/events", seller, params={"type": "match.declined"}))["items"]

    await say(world, of, demander, "listings", fit["id"], "declined", reason="terms")
    empty = await matches(world, of, demander, "listings")
    assert (empty["items"], empty["declined"]) == ([], 2)
    assert "谢绝" in empty["wider"][0]["zh"]


async def test_matches_of_a_listing_tell_no_hidden_name(
    fresh_world: World, fresh_database: Database, engine: PostgresEngine
) -> None:
    world = fresh_world
    seller, shown = await world.enterprise(), await world.enterprise(name="示例坦率股份")
    shy, agency = await world.enterprise(name="示例缄默重工"), await world.agency()
    listing = await published_listing(world, seller, title="双极板镀层许可", agency_id=str(agency.id))
    open_ = await published_demand(world, shown)
    hidden = await published_demand(world, shy, name_hidden=True, budget="2000000.00")
    other = await published_demand(world, shown, title="桥梁裂缝监测", keywords=[], target="桥梁", problem="裂缝")
    await follow(fresh_database, engine)

    of = f"listings/{listing['id']}"
    found = await matches(world, of, seller, "demands")
    assert set(ids(found)) == {open_["id"], hidden["id"]}
    assert other["id"] not in ids(found)
    assert "缄默" not in str(found)
    assert str(shy.id) not in str(found)
    assert next(each for each in found["items"] if each["id"] == hidden["id"])["parts"][-1]["known"] is False
    assert ids(await matches(world, of, agency, "enterprises")) == [str(shown.id)]
    for caller, status in ((shown, 404), (world.registrar, 200), (world.auditor, 200)):
        assert (await world.api.get(f"/v1/{of}/matches", caller, params={"kind": "demands"})).status_code == status
    await say(world, of, agency, "demands", hidden["id"], "asked")
    heard = (await world.api.ok("GET", "/v1/events", shy, params={"type": "match.asked"}))["items"]
    assert [event["payload"]["about_id"] for event in heard] == [listing["id"]]
    assert "缄默" not in str(await world.api.ok("GET", "/v1/events", seller, params={"type": "match.asked"}))
    body = {"kind": "enterprises", "target_id": str(shy.id), "said": "asked"}
    assert (await world.api.post(f"/v1/{of}/match-feedback", seller, json=body)).status_code == 404
    assert (await say(world, of, seller, "enterprises", str(shown.id), "agreed"))["said"] == "agreed"
    nothing = await matches(world, f"listings/{(await published_listing(world, seller))['id']}", seller, "demands")
    assert (nothing["items"], len(nothing["wider"])) == ([], 2)
