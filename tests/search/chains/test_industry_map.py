"""The industry map from the outside: what is placed, what never is, versions, gaps, CSV, and a worker that dies."""

import asyncio
import csv
import io

import pytest
from sqlalchemy import text

from app.core import deadlines
from app.core.clock import read_clock
from app.core.database import Database
from app.finding.chains import following, follows, service
from tests.catalogue.demands.factory import checked, demand_body, published_demand, step
from tests.market.listings.factory import published_listing, submitted_listing
from tests.search.chains.factory import (
    LINKS,
    Json,
    chain,
    clear,
    counts,
    followed,
    imported,
    link,
    on,
    place_some,
    placed,
    the_map,
)
from tests.support.world import Party, World

PLACING = text("SELECT version_id FROM industry_maps WHERE state = 'placing'")
NONE = {"listing": (0, 0), "demand": (0, 0), "enterprise": (0, 0), "agency": (0, 0)}


async def move(world: World, listing: Json, step: str, caller: Party, **body: str) -> None:
    path = f"/v1/listings/{listing['id']}/{step}"
    await world.api.ok("POST", path, caller, json=body or None, headers={"If-Match": "*"})


def ids(found: list[Json]) -> list[str]:
    return [each["id"] for each in found]


async def test_what_is_public_is_placed_with_its_reasons_and_gaps_are_shown(world: World) -> None:
    seller, unit, demander = await world.enterprise(), await world.university(), await world.enterprise()
    agency = await world.agency()
    listing = await published_listing(world, seller, title="ＰＥＭ电解水制氢装置", agency_id=str(agency.id))
    demand = await published_demand(world, demander)
    await submitted_listing(world, seller, title="电解水草稿")
    made = await imported(world)
    assert (made["version"], made["link_count"], made["status"]) == (1, 4, "published")
    before = await the_map(world)
    assert (before["gaps"], before["placing"][0]["state"]) == (None, "placing")
    assert before["hint"] is not None
    while await place_some(world):
        pass
    shown = await the_map(world)
    assert shown["placing"] == [{"version": 1, "state": "placed", "looked_at": 2, "public": 2}]
    assert shown["gaps"] == {"no_result": ["plates"], "no_demand": ["hydrogen", "optics"]}
    assert await counts(world, "hydrogen") == NONE | {"listing": (1, 1), "enterprise": (1, 1), "agency": (1, 1)}
    assert await counts(world, "plates") == NONE | {"demand": (1, 1), "enterprise": (1, 1)}
    (found,) = await on(world, "hydrogen", "listing")
    assert (found["id"], found["title"], found["open"]) == (listing["id"], "ＰＥＭ电解水制氢装置", True)
    assert found["parts"] == {"industry": None, "field": None, "terms": ["电解水"], "listings": None, "demands": None}
    (found,) = await on(world, "plates", "demand")
    assert found["id"] == demand["id"]
    wanted = {"industry": "C38", "field": "new_energy", "terms": ["双极板"], "listings": None, "demands": None}
    assert found["parts"] == wanted
    (found,) = await on(world, "plates", "enterprise")
    assert (found["id"], found["parts"]["demands"], found["number"]) == (str(demander.id), 1, None)
    assert ids(await on(world, "hydrogen", "agency")) == [str(agency.id)]
    assert await on(world, "vehicles", "listing") == []
    await published_listing(world, unit, title="电解水", transfer_mode="ordinary_licence", pricing_mode="negotiated",
                            allocation=None)  # fmt: skip
    await followed(world)
    assert (await counts(world, "hydrogen"))["enterprise"] == (1, 1), "a university is none"


async def test_the_map_follows_what_changes_and_what_is_not_public_is_in_no_count(world: World) -> None:
    seller, demander = await world.enterprise(), await world.enterprise()
    await placed(world)
    assert (await the_map(world))["hint"] is not None, "an empty map says what to do"
    listing = await published_listing(world, seller, title="电解水装置")
    demand = await published_demand(world, demander)
    await published_demand(world, await world.enterprise(), name_hidden=True)
    await followed(world)
    assert await counts(world, "hydrogen") == NONE | {"listing": (1, 1), "enterprise": (1, 1)}
    assert await counts(world, "plates") == NONE | {"demand": (2, 2), "enterprise": (1, 1)}
    assert ids(await on(world, "plates", "enterprise")) == [str(demander.id)]
    await move(world, listing, "suspension", seller, reason="示例")
    await followed(world)
    assert await counts(world, "hydrogen") == NONE | {"listing": (1, 0), "enterprise": (1, 0)}
    body = await demand_body(world, name_hidden=True)
    await world.api.ok("PUT", f"/v1/demands/{demand['id']}/draft", demander, json=body, headers={"If-Match": "*"})
    await checked(world, demand, demander)
    await followed(world)
    assert await counts(world, "plates") == NONE | {"demand": (2, 2)}
    assert await on(world, "plates", "enterprise") == []
    await move(world, listing, "withdrawal", seller, reason="示例")
    assert await on(world, "hydrogen", "listing") == [], "what is not public is not shown, though the worker is late"
    await followed(world)
    assert await counts(world, "hydrogen") == NONE
    found = {"verification": "refused", "reason": "示例"}
    again = await published_listing(world, seller, title="电解水二号装置")
    await followed(world)
    assert (await counts(world, "hydrogen"))["enterprise"] == (1, 1)
    await world.api.ok("POST", f"/v1/organisations/{seller.id}/verification", world.operator, json=found)
    assert await on(world, "hydrogen", "enterprise") == []
    await followed(world)
    assert await counts(world, "hydrogen") == NONE | {"listing": (1, 1)}
    assert ids(await on(world, "hydrogen", "listing")) == [again["id"]]


async def test_a_version_takes_the_place_of_the_one_before_when_it_is_whole(world: World) -> None:
    seller = await world.enterprise()
    listing = await published_listing(world, seller, title="电解水装置")
    await placed(world)
    await world.api.refused(
        409, "industry_chain_unchanged", "POST", "/v1/industry-chains", world.operator, json=chain()
    )  # fmt: skip
    links = [link("all", industries=["C"], terms=["装置"])]
    made = await imported(world, links=links)
    assert made["version"] == 2
    shown = await the_map(world)
    assert (shown["shown"], [each["state"] for each in shown["placing"]]) == (1, ["placing", "placed"])
    assert (await counts(world, "hydrogen"))["listing"] == (1, 1)
    later = await published_listing(world, seller, title="电解水二号装置")
    await followed(world)
    assert (await counts(world, "hydrogen"))["listing"] == (2, 2), "both are kept meanwhile"
    while await place_some(world):
        pass
    assert (await the_map(world))["shown"] == 2
    assert ids(await on(world, "all", "listing")) == [later["id"], listing["id"]]
    await clear(world)
    assert (await counts(world, "all"))["listing"] == (2, 2)
    path = "/v1/industry-chains/example-hydrogen"
    await world.api.refused(404, "not_found", "GET", f"{path}/links/hydrogen/subjects", params={"kind": "demand"})
    first = await world.api.get(f"{path}/versions/1")
    assert [each["code"] for each in first.json()["links"]] == [each["code"] for each in LINKS]
    assert first.headers["ETag"] != (await world.api.get(f"{path}/versions/2")).headers["ETag"]
    await world.api.refused(404, "not_found", "GET", f"{path}/versions/3")

    told = {"reason": "示例：来源已更新。"}
    gone = await world.api.ok("POST", f"{path}/withdrawal", world.operator, json=told)
    assert (gone["status"], gone["status_reason"]) == ("withdrawn", told["reason"])
    await world.api.refused(409, "industry_chain_withdrawn", "POST", f"{path}/withdrawal", world.operator, json=told)
    await world.api.refused(
        409, "industry_chain_withdrawn", "GET", f"{path}/links/all/subjects", params={"kind": "listing"}
    )
    await clear(world)
    shown = await the_map(world)
    assert (shown["shown"], shown["gaps"], shown["links"][0]["counts"]) == (2, None, None)
    await placed(world, links=links)
    assert (await the_map(world))["version"] == 3
    assert (await counts(world, "all"))["listing"] == (2, 2)


async def test_steps_and_one_computation_over_the_end_make_the_same_map(world: World) -> None:
    sellers = [await world.enterprise(), await world.enterprise()]
    agency, demander = await world.agency(), await world.enterprise()
    await placed(world)
    listings = [
        await published_listing(
            world, sellers[at % 2], title=f"{word}装置{at}", transfer_mode="ordinary_licence",
            agency_id=str(agency.id) if at % 2 else None,
        )
        for at, word in enumerate(("电解水", "双极板", "光学检测", "电解水", "electrolyser"))
    ]  # fmt: skip
    await followed(world)
    demands = [await published_demand(world, demander, name_hidden=at == 1) for at in range(3)]
    await move(world, listings[0], "suspension", sellers[0], reason="示例")
    await followed(world)
    await move(world, listings[1], "withdrawal", sellers[1], reason="示例")
    await move(world, listings[0], "resumption", sellers[0])
    await step(world, demands[2], "closure", demander, reason="no_funds")
    await followed(world)
    kept = await _everything(world)
    assert kept["counts"], "something is on the map"
    await placed(world, source=chain()["source"] | {"day": "2026-01-06"})
    assert await _everything(world) == kept


async def _everything(world: World) -> Json:
    shown = await the_map(world)
    codes = [each["code"] for each in shown["links"]]
    kinds = ("listing", "demand", "enterprise", "agency")
    return {
        "counts": [each["counts"] for each in shown["links"]],
        "gaps": shown["gaps"],
        "on": [await on(world, code, kind) for code in codes for kind in kinds],
    }


async def test_the_csv_has_a_line_for_each_and_for_a_link_with_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.finding.chains.views.BATCH", 1)
    seller = await world.enterprise()
    for title in ("=HYPERLINK(电解水)", "@电解水", '电解水,"三号"'):
        await published_listing(world, seller, title=title)
    await placed(world)
    answer = await world.api.get("/v1/industry-chains/example-hydrogen/map.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    titles = [row["title"] for row in rows if (row["link"], row["kind"]) == ("hydrogen", "listing")]
    assert titles == ['电解水,"三号"', "'@电解水", "'=HYPERLINK(电解水)"]
    assert [(row["kind"], row["gap"]) for row in rows if row["link"] == "vehicles"] == [("", "")]
    assert {row["gap"] for row in rows if row["link"] == "hydrogen"} == {"no_demand"}


async def test_a_trial_says_what_would_be_placed_and_stores_nothing(world: World) -> None:
    await published_listing(world, await world.enterprise(), title="电解水装置")
    await published_demand(world, await world.enterprise(), title="示例别的技术", keywords=[], industry_code="A01")
    path = "/v1/industry-chains/trial"
    tried = await world.api.ok("POST", path, world.operator, json=chain())
    assert (tried["version"], tried["looked_at"], tried["nowhere"], tried["complete"]) == (1, 2, 1, True)
    assert tried["links"][0] == {"code": "hydrogen", "listings": 1, "demands": 0}
    assert (await world.api.ok("GET", "/v1/industry-chains"))["items"] == []
    links = [link("a", follows=["z"], terms=["甲"])]
    for where in (path, "/v1/industry-chains"):
        refused = await world.api.refused(
            422, "industry_chain_invalid", "POST", where, world.operator, json=chain(links=links)
        )
        assert {each["field"] for each in refused["errors"]} == {"links.0.follows.0", "links.0.rule.terms.0"}


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"format": "techex-industry-chain/2"}, "format"),
        ({"code": "No Code"}, "code"),
        ({"links": []}, "links"),
        ({"links": [link(f"l{n}", terms=["甲乙"]) for n in range(201)]}, "links"),
        ({"links": [link("a", terms=["甲乙"] * 51)]}, "links.0.rule.terms"),
        ({"links": [link("a", terms=["甲" * 41])]}, "links.0.rule.terms.0"),
        ({"links": [link("a", industries=["C99"])]}, "links.0.rule.industries.0"),
        ({"links": [link("a", industries=["C3"])]}, "links.0.rule.industries.0"),
        ({"links": [link("a", fields=["wine"])]}, "links.0.rule.fields.0"),
        ({"links": [link("a", "sideways", terms=["甲乙"])]}, "links.0.stage"),
        ({"links": [link("a", terms=["甲乙"]) | {"colour": "red"}]}, "links.0.colour"),
        ({"source": {"title": "示例", "address": "ftp://example.org", "day": "2026-01-05"}}, "source.address"),
        ({"source": {"title": "示例", "address": "https://example.org", "day": "2999-01-05"}}, "source.day"),
    ],
)
async def test_a_document_that_is_not_of_the_format_is_refused_by_path(
    world: World, document: Json, field: str
) -> None:
    answer = await world.api.post("/v1/industry-chains", world.operator, json=chain(**document))
    assert answer.status_code == 422, answer.text
    assert field in {each["field"] for each in answer.json()["errors"]}


async def test_a_worker_that_dies_while_placing_leaves_nothing_half_done(
    fresh_world: World, fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    world, seller = fresh_world, await fresh_world.enterprise()
    for at in range(5):
        await published_listing(world, seller, title=f"电解水装置{at}")
    other = {"zh": "示例氢能产业链（修订）", "en": "Example, revised"}
    made = await asyncio.gather(imported(world), imported(world, name=other))
    assert sorted(each["version"] for each in made) == [1, 2], "two at once are one after the other"
    await deadlines.run_due(fresh_database)
    before = await the_map(world)
    assert before["placing"][0]["looked_at"] == 2
    async with fresh_database.reading() as session:
        version = (await session.execute(PLACING)).scalar_one()

    async def killed() -> None:
        async with fresh_database.transaction() as session:
            await follows.place_next_things(session, version, await read_clock(session))
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await killed()
    assert await the_map(world) == before
    more = await published_listing(world, seller, title="电解水装置与双极板")
    while await following.follow(fresh_database):
        pass
    while await deadlines.run_due(fresh_database):
        pass
    shown = await the_map(world)
    assert (shown["placing"][0]["state"], shown["placing"][0]["looked_at"]) == ("placed", 6)
    assert await counts(world, "hydrogen") == NONE | {"listing": (6, 6), "enterprise": (1, 1)}
    assert ids(await on(world, "plates", "listing")) == []
    await move(world, more, "withdrawal", seller, reason="示例")
    while await following.follow(fresh_database):
        pass
    assert (await counts(world, "hydrogen"))["listing"] == (5, 5)
