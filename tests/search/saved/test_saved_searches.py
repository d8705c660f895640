"""Saved searches: what is told, to whom, once; and what cannot be saved."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app.core import deadlines
from app.core.database import Database
from app.finding.saved import telling
from tests.catalogue.demands.factory import checked, demand_body, published_demand, step
from tests.market.listings.factory import move_clock_to, published_listing, submitted_listing, today
from tests.search.saved.factory import Json, saved, saved_body, tell, told
from tests.support.world import Party, World

FEED = "UPDATE search_feeds SET xid = 0, seq = 0 WHERE engine = 'alerts'"
COPIES = text(
    "INSERT INTO saved_searches SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid()))).* "
    "FROM saved_searches s, generate_series(1, 99) WHERE s.id = :id"
)
LATER = timedelta(minutes=5)
"""More than the minute before the saving of which something is told too."""


async def later(world: World) -> None:
    now = (await world.api.ok("GET", "/v1/clock"))["server_time"]
    await move_clock_to(world, datetime.fromisoformat(now) + LATER)


async def move(world: World, listing: Json, step: str, caller: Party, **body: str) -> None:
    path = f"/v1/listings/{listing['id']}/{step}"
    await world.api.ok("POST", path, caller, json=body or None, headers={"If-Match": "*"})


async def test_what_a_change_makes_meet_is_told_once_and_what_met_before_is_not(world: World) -> None:
    seller, owner = await world.enterprise(), await world.enterprise()
    old = await published_listing(world, seller, title="石墨烯散热薄膜一号")
    await later(world)
    words = await saved(world, owner, q="石墨烯", price_max="2000000.00")
    cheap = await saved(world, owner, transfer_mode=["exclusive_licence"], price_max="500.00")
    new = await published_listing(world, seller, title="石墨烯散热薄膜二号")
    await published_listing(world, seller, title="石墨烯散热薄膜三号", asking_price="2000000.01")
    await submitted_listing(world, seller, title="石墨烯草稿")
    await move(world, old, "suspension", seller, reason="示例")
    await tell(world)
    assert await told(world, words) == [new["id"]], "the old one met it before, and drafts are nobody's business"
    await move(world, old, "resumption", seller)
    await tell(world)
    assert await told(world, words) == [new["id"], old["id"]], "it is to be had again"
    async with world.database.transaction() as session:
        await session.execute(text(FEED))
    await tell(world)
    assert await told(world, words) == [new["id"], old["id"]], "what comes twice is told once"
    assert await told(world, cheap) == []
    path = f"/v1/saved-searches/{words['id']}/matches"
    first = await world.api.ok("GET", path, owner, params={"limit": 1})
    rest = await world.api.ok("GET", path, owner, params={"cursor": first["next_cursor"], "limit": 1})
    shown = [*first["items"], *rest["items"]]
    assert [each["thing_id"] for each in shown] == [old["id"], new["id"]]
    assert (shown[1]["listing"]["card"]["title"], shown[1]["demand"]) == ("石墨烯散热薄膜二号", None)
    await move(world, new, "withdrawal", seller, reason="示例")
    assert (await world.api.ok("GET", path, owner))["items"][1]["listing"] is None, "only what is public now"


async def test_a_corrected_demand_is_told_when_it_meets_and_a_hidden_name_never_meets(world: World) -> None:
    demander, owner = await world.enterprise(name="示例匿名需求公司"), await world.enterprise()
    hidden = await published_demand(world, demander, name_hidden=True)
    await later(world)
    named = await saved(world, owner, searched_for="demands", q="示例匿名需求公司")
    by_id = await saved(world, owner, searched_for="demands", demander_id=str(demander.id))
    rich = await saved(world, owner, searched_for="demands", budget_min="900000.00", kind=["need"])
    any_need = await saved(world, owner, searched_for="demands", kind=["need"])
    body = await demand_body(world, name_hidden=True, budget="900000.00", problem="示例匿名需求公司以外的问题")
    await world.api.ok("PUT", f"/v1/demands/{hidden['id']}/draft", demander, json=body, headers={"If-Match": "*"})
    await tell(world)
    assert await told(world, rich) == [], "a draft meets nothing"
    await checked(world, hidden, demander)
    await tell(world)
    assert await told(world, rich) == [hidden["id"]]
    assert await told(world, any_need) == [], "it met this before the correction too"
    assert await told(world, by_id) == []
    assert await told(world, named) == [hidden["id"]], "by what it says itself, not by who asks"
    shown = await world.api.ok("GET", f"/v1/saved-searches/{rich['id']}/matches", owner)
    assert shown["items"][0]["demand"]["card"]["demander"] is None
    await step(world, hidden, "closure", demander, reason="no_funds")
    assert (await world.api.ok("GET", f"/v1/saved-searches/{rich['id']}/matches", owner))["items"][0]["demand"] is None


async def test_a_paused_an_ended_and_a_deleted_search_is_told_nothing(world: World) -> None:
    seller, owner = await world.enterprise(), await world.enterprise()
    search = await saved(world, owner, q="石墨烯")
    path = f"/v1/saved-searches/{search['id']}"
    last_day = (await today(world)).isoformat()
    gone = await saved(world, owner, q="石墨烯")
    ends = await world.api.ok("POST", "/v1/saved-searches", owner, json=saved_body(q="石墨烯") | {"ends_on": last_day})
    assert (await world.api.ok("POST", f"{path}/pause", owner))["status"] == "paused"
    await world.api.refused(409, "saved_search_transition_refused", "POST", f"{path}/pause", owner)
    await published_listing(world, seller, title="石墨烯甲")
    await world.api.ok("DELETE", f"/v1/saved-searches/{gone['id']}", owner)
    await tell(world)
    assert len(await told(world, ends)) == 1
    assert await told(world, search) == [] == await told(world, gone)
    await later(world)
    assert (await world.api.ok("POST", f"{path}/resumption", owner))["status"] == "active"
    now = (await world.api.ok("GET", "/v1/clock"))["server_time"]
    await move_clock_to(world, datetime.fromisoformat(now) + timedelta(days=1))
    await deadlines.run_due(world.database)
    await published_listing(world, seller, title="石墨烯乙")
    await tell(world)
    assert len(await told(world, ends)) == 1 == len(await told(world, search))
    ended = await world.api.ok("GET", f"/v1/saved-searches/{ends['id']}", owner)
    assert ended["status"] == "ended"
    tag = {"If-Match": f'"{ended["revision"]}"'}
    again = await world.api.ok("PUT", f"/v1/saved-searches/{ends['id']}", owner, json=saved_body(q="墨"), headers=tag)
    assert (again["status"], again["since"] > ended["since"]) == ("active", True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (saved_body(q="% _ *"), "search_finds_nothing"),
        (saved_body(price_min="2.00", price_max="1.99"), "search_finds_nothing"),
        (saved_body() | {"ends_on": "2000-01-01"}, "search_end_out_of_range"),
        (saved_body(kind=["need"]), "invalid_input"),
        (saved_body(searched_for="deals"), "invalid_input"),
        (saved_body(q="x" * 201), "invalid_input"),
    ],
)
async def test_what_can_find_nothing_is_refused(world: World, body: Json, code: str) -> None:
    await world.api.refused(422, code, "POST", "/v1/saved-searches", await world.enterprise(), json=body)


async def test_no_organisation_saves_without_end(world: World) -> None:
    owner = await world.enterprise()
    search = await saved(world, owner, q="石墨烯")
    async with world.database.transaction() as session:
        await session.execute(COPIES, {"id": search["id"]})
    await world.api.refused(409, "quota_reached", "POST", "/v1/saved-searches", owner, json=saved_body())
    assert await saved(world, await world.enterprise(), q="石墨烯")


async def test_saved_while_others_publish_and_two_workers_tell(fresh_world: World, fresh_database: Database) -> None:
    """A search is told of whatever is published after it was saved, once, whatever runs at the same time."""
    seller, owner = await fresh_world.enterprise(), await fresh_world.enterprise()
    drafts = [await submitted_listing(fresh_world, seller, title="石墨烯散热") for _ in range(6)]
    searches: list[Json] = []
    published: dict[str, int] = {}
    done = asyncio.Event()

    async def publish() -> None:
        for draft in drafts:
            known = len(searches)
            await fresh_world.api.ok("POST", f"/v1/listings/{draft['id']}/publication", fresh_world.operator)
            published[draft["id"]] = known

    async def save() -> None:
        while len(searches) < 8:
            searches.append(await saved(fresh_world, owner, q="石墨烯"))

    async def work() -> None:
        while not done.is_set():
            await telling.tell(fresh_database)
            await asyncio.sleep(0)

    workers = [asyncio.create_task(work()) for _ in range(2)]
    await asyncio.gather(publish(), save())
    done.set()
    await asyncio.gather(*workers)
    while await telling.tell(fresh_database):
        pass
    for place, search in enumerate(searches):
        found = await told(fresh_world, search)
        assert len(found) == len(set(found))
        assert {id_ for id_, known in published.items() if known > place} <= set(found)
