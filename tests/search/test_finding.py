"""Searches through the API: only what is public is found, and the feeder keeps it true whatever comes between."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from app.core.database import Database
from app.core.settings import Settings
from app.finding import documents, engines, sources
from app.finding.keeping import checking, feeding, rebuilding
from search.engine import Engine, EngineDown, Place, Query
from search.indexes import Index, index
from search.meili.engine import MeilisearchEngine
from search.postgres.engine import PostgresEngine
from search.text.queries import parse
from tests.catalogue.demands.factory import checked, demand_body, draft_demand, published_demand, response_to, step
from tests.market.deals.factory import recorded_deal
from tests.market.listings.factory import WUHAN_TIME, draft_listing, move_clock_to, published_listing, today
from tests.search.conftest import document
from tests.support import meilisearch
from tests.support.applications import application
from tests.support.world import World

Json = dict[str, Any]


@pytest.fixture
async def engine(fresh_database: Database) -> AsyncIterator[PostgresEngine]:
    """The engine of the test's own database, filled as a worker fills it when it starts."""
    made = engines.postgres(fresh_database)
    await rebuilding.fill_where_needed(fresh_database, made)
    yield made
    await made.close()


@pytest.fixture(params=["postgresql", "meilisearch"])
async def fed(
    request: pytest.FixtureRequest, fresh_world: World, fresh_database: Database, settings: Settings,
    engine: PostgresEngine,
) -> AsyncIterator[list[Engine]]:  # fmt: skip
    """The engines of an installation with and without Meilisearch; the world asks its API."""
    if request.param == "postgresql":
        yield [engine]
        return
    server: meilisearch.Server = request.getfixturevalue("meili")
    told = settings.model_copy(update={"meili_url": server.url, "meili_key": _secret(meilisearch.KEY)})
    first = MeilisearchEngine(server.url, meilisearch.KEY)
    await rebuilding.fill_where_needed(fresh_database, first)
    async with type(fresh_world.api)(application(told, fresh_database, "searching")) as api:
        fresh_world.api = api
        yield [engine, first]
    await first.close()


async def follow(database: Database, *engines: Engine) -> None:
    """Let engines have every change."""
    for each in engines:
        while await feeding.feed(database, each):
            pass


async def search(world: World, kind: str = "listings", /, **parameters: str) -> Json:
    found: Json = await world.api.ok("GET", f"/v1/search/{kind}", params=parameters)
    return found


def numbers(found: Json) -> list[str]:
    return [item["card"]["number"] for item in found["items"]]


async def test_only_what_is_public_is_found_and_only_as_long(
    fresh_world: World, fresh_database: Database, engine: PostgresEngine
) -> None:
    seller = await fresh_world.enterprise(name="示例（武汉）光电公司")
    await draft_listing(fresh_world, seller, title="石墨烯草稿")
    listing = await published_listing(fresh_world, seller, title="石墨烯<散热>薄膜", asking_price="123456.78")
    other = await published_listing(fresh_world, seller, title="桥梁监测", transfer_mode="ordinary_licence")
    await follow(fresh_database, engine)

    found = await search(fresh_world, q="石墨烯 散热")
    assert (found["total"], found["exact"], found["next_cursor"]) == (1, True, None)
    assert found["items"][0]["id"] == listing["id"]
    assert found["items"][0]["highlights"] == {"title": "<em>石墨烯</em>&lt;<em>散热</em>&gt;薄膜"}
    listed = await fresh_world.api.ok("GET", "/v1/listings", params={"sort": "published_at"})
    assert found["items"][0] == listed["items"][0] | {"highlights": found["items"][0]["highlights"]}
    everything = await search(fresh_world)
    assert everything["facets"]["transfer_mode"] == [
        {"value": "exclusive_licence", "count": 1},
        {"value": "ordinary_licence", "count": 1},
    ]
    number = listing["published"]["number"]
    assert numbers(await search(fresh_world, price_max="123456.77")) == []
    assert numbers(await search(fresh_world, price_min="123456.78", price_max="123456.78")) == [
        listing["published"]["number"]
    ]
    assert numbers(await search(fresh_world, q=listing["published"]["number"])) == [listing["published"]["number"]]
    assert (await search(fresh_world, "results", q="示例(武汉)"))["total"] == 2

    near = await search(fresh_world, q="石墨希")
    assert (near["did_you_mean"], near["items"][0]["highlights"]["title"].count("<em>")) == ("石墨烯", 1)
    wider = await search(fresh_world, q="石墨烯 量子计算", transfer_mode="ordinary_licence")
    assert wider["wider"] == []  # neither helps alone
    wider = await search(fresh_world, q="石墨烯", transfer_mode="ordinary_licence")
    assert wider["wider"] == [{"leave_out": "transfer_mode", "q": None, "total": 1}]
    wider = await search(fresh_world, q="石墨烯 量子计算")
    assert wider["wider"] == [{"leave_out": "q", "q": "石墨烯", "total": 1}]

    page = await search(fresh_world, limit="1", sort="asking_price")
    assert numbers(page) == [number]
    rest = await search(fresh_world, limit="1", sort="asking_price", cursor=page["next_cursor"])
    assert (numbers(rest), rest["next_cursor"]) == ([other["published"]["number"]], None)
    for changed in ({"sort": "-asking_price"}, {"sort": "asking_price", "q": "桥梁"}):
        refused = await fresh_world.api.get("/v1/search/listings", params={"cursor": page["next_cursor"], **changed})
        assert (refused.status_code, refused.json()["code"]) == (422, "cursor_of_another_list")

    typed = await fresh_world.api.ok("GET", "/v1/search/suggestions", params={"q": "石墨"})
    assert {"text": "石墨烯<散热>薄膜", "id": listing["id"]} in typed["suggestions"]

    await fresh_world.api.ok("POST", f"/v1/listings/{listing['id']}/withdrawal", seller)
    assert (await search(fresh_world, q="石墨烯"))["items"] == []  # before the engine knows
    await follow(fresh_database, engine)
    for kind in ("listings", "results"):
        gone = await search(fresh_world, kind, q="石墨烯")
        assert (gone["total"], gone["items"]) == (0, [])
    assert [value["count"] for value in (await search(fresh_world))["facets"]["transfer_mode"]] == [1]


async def test_agencies_brokers_and_past_prices_are_found(
    fresh_world: World, fresh_database: Database, engine: PostgresEngine
) -> None:
    agency = await fresh_world.agency(name="示例技术转移中心")
    broker = await fresh_world.broker(agency)
    other = await fresh_world.agency(name="示例光谷转移公司")
    seller, buyer = await fresh_world.institution(), await fresh_world.enterprise()
    deal = await recorded_deal(fresh_world, seller, buyer, subject="石墨烯薄膜专利转让", price="250000.00")
    await follow(fresh_database, engine)

    found = await search(fresh_world, "agencies", q="技术转移")
    assert [item["id"] for item in found["items"]] == [str(agency.id)]
    assert found["facets"]["kind"] == [{"value": "technology_transfer_agency", "count": 1}]
    assert (await search(fresh_world, "agencies", division="42"))["total"] == 2
    found = await fresh_world.api.ok("GET", "/v1/search/brokers", other, params={"agency_id": str(agency.id)})
    assert [(item["id"], item["agency"]["id"]) for item in found["items"]] == [(str(broker.broker_id), str(agency.id))]
    found = await search(fresh_world, "deals", q="shimoxi", price_max="250000")
    assert [(item["number"], item["price"]) for item in found["items"]] == [(deal["number"], "250000.00")]
    assert set(found["items"][0]).isdisjoint({"parties", "seller_id", "buyer_id"})


async def test_what_a_day_alone_changes_is_brought_when_it_begins(
    fresh_world: World, fresh_database: Database, engine: PostgresEngine
) -> None:
    """An agency whose quality ends, and one whose quality begins: no event tells of it."""
    world, day = fresh_world, await today(fresh_world)
    ending, beginning = await world.enterprise(name="示例末日转移公司"), await world.enterprise(name="示例明日转移公司")
    for party, span in ((ending, {"valid_from": "2020-01-01", "valid_to": str(day)}),
                        (beginning, {"valid_from": str(day + timedelta(1))})):  # fmt: skip
        body = {"quality": "technology_transfer_agency", "source": "示例认定〔2026〕1号"} | span
        await world.api.ok("POST", f"/v1/organisations/{party.id}/qualities", world.operator, json=body)
    await follow(fresh_database, engine)
    agencies = index("agencies")
    assert list((await engine.search(agencies, Query(parse("转移公司")))).ids) == [str(ending.id)]
    await move_clock_to(world, datetime.combine(day + timedelta(1), time(), WUHAN_TIME))
    await follow(fresh_database, engine)
    assert list((await engine.search(agencies, Query(parse("转移公司")))).ids) == [str(beginning.id)]
    await move_clock_to(world, datetime.combine(day + timedelta(100), time(), WUHAN_TIME))
    await follow(fresh_database, engine)
    for each in sources.indexes():
        assert (await checking.check(fresh_database, engine, each, mend=False)).is_true


async def test_of_demands_no_hidden_name_no_response_and_nothing_but_what_is_public_is_found(
    fresh_world: World, fresh_database: Database, fed: list[Engine]
) -> None:
    shy = await fresh_world.enterprise(name="示例缄默重工公司")
    asker = await fresh_world.enterprise(name="示例坦率电气公司")
    await draft_demand(fresh_world, asker, title="镀层草稿")
    waiting = await draft_demand(fresh_world, asker, title="镀层待审")
    await step(fresh_world, waiting, "submission", asker)
    await step(fresh_world, waiting, "first-check", fresh_world.operator)
    need = await published_demand(fresh_world, asker, target="示例：石墨烯镀层，电阻不升高。")
    scenario = await published_demand(
        fresh_world, shy, kind="scenario", scenario_area="industry", industry_code="A01", budget=None,
        solutions=["consulting_or_service"], title="示例镀层试验场", name_hidden=True,
    )  # fmt: skip
    await response_to(fresh_world, need, await fresh_world.university(), proposal="示例量子密钥方案")
    await follow(fresh_database, *fed)

    async def found(**parameters: str) -> list[str]:
        return [item["id"] for item in (await search(fresh_world, "demands", **parameters))["items"]]

    answer = await fresh_world.api.get("/v1/search/demands", params={"q": "石墨烯"})
    assert answer.headers["search-engine"] == fed[-1].name
    first = answer.json()
    listed = await fresh_world.api.ok("GET", "/v1/demands", params={"kind": "need"})
    marked = {"target": "示例：<em>石墨烯</em>镀层，电阻不升高。"}
    assert first["items"] == [listed["items"][0] | {"highlights": marked}]
    both = await search(fresh_world, "demands", q="镀层")
    assert both["total"] == 2
    assert {value["value"]: value["count"] for value in both["facets"]["kind"]} == {"need": 1, "scenario": 1}
    assert {value["value"] for value in both["facets"]["industry"]} == {"C", "C38", "C384", "C3849", "A", "A01"}
    day, last = (await today(fresh_world)).isoformat(), need["form"]["valid_to"]
    only_need: list[dict[str, str]] = [
        {"kind": "need"}, {"industry": "C38"}, {"solution": "joint_development"}, {"demander_id": str(asker.id)},
        {"budget_min": "800000", "budget_max": "800000.00"}, {"q": need["number"]}, {"q": "坦率"},
        {"technical_field": "new_energy", "closes_since": last, "closes_until": last, "q": "石墨烯"},
        {"published_since": day, "published_until": day, "kind": "need"},
    ]  # fmt: skip
    for wanted in only_need:
        assert await found(**wanted) == [need["id"]], wanted
    assert await found(scenario_area="industry") == [scenario["id"]]
    for sort in ("-budget", "budget"):  # without one, last
        assert await found(sort=sort) == [need["id"], scenario["id"]], sort
    eve = (date.fromisoformat(last) - timedelta(1)).isoformat()
    none: list[dict[str, str]] = [
        {"closes_until": eve}, {"published_since": last}, {"status": "met"}, {"q": "量子密钥"},
        {"q": "缄默"}, {"q": "jianmo"}, {"q": "缄默重工"}, {"demander_id": str(shy.id)},
    ]  # fmt: skip
    for wanted in none:
        assert (await search(fresh_world, "demands", **wanted))["total"] == 0, wanted
    assert "缄默" not in str(both)
    assert str(shy.id) not in str(both)
    typed = {"q": "试验", "kind": "demands"}
    suggested = (await fresh_world.api.ok("GET", "/v1/search/suggestions", params=typed))["suggestions"]
    assert suggested == [{"text": "示例镀层试验场", "id": scenario["id"]}]

    form = await demand_body(fresh_world, name_hidden=True)
    draft = f"/v1/demands/{need['id']}/draft"
    await fresh_world.api.ok("PUT", draft, asker, json=form, headers={"If-Match": "*"})
    await follow(fresh_database, *fed)
    assert await found(q="坦率") == [need["id"]]  # what is published stays until the correction is checked
    await checked(fresh_world, need, asker)
    for parameters in ({"q": "坦率"}, {"demander_id": str(asker.id)}, {"q": "tanshuai"}):
        assert (await search(fresh_world, "demands", **parameters))["total"] == 0, parameters  # before the engine knows
    await step(fresh_world, scenario, "closure", shy, reason="no_longer_needed")
    assert await found(q="试验场") == []  # before the engine knows
    await follow(fresh_database, *fed)
    assert (await search(fresh_world, "demands", q="坦率"))["total"] == 0
    left = await search(fresh_world, "demands")
    assert (left["total"], left["items"][0]["card"]["demander"]) == (1, None)
    assert [value["value"] for value in left["facets"]["kind"]] == ["need"]
    await step(fresh_world, need, "removal", fresh_world.operator, reason="示例")
    await follow(fresh_database, *fed)
    assert (await search(fresh_world, "demands"))["total"] == 0
    for engine in fed:
        assert (await checking.check(fresh_database, engine, index("demands"), mend=False)).is_true


def test_what_a_challenge_is_measured_by_is_searched() -> None:
    terms = {"indicators": [{"name": "接触电阻", "threshold": "10 mΩ"}, {"name": "寿命", "threshold": "5000 h"}]}
    assert documents.indicators({"challenge": terms}) == "接触电阻 10 mΩ；寿命 5000 h"
    assert documents.indicators({"challenge": None}) is None
    assert "indicators" in index("demands").searched


class Stumbling(PostgresEngine):
    """An engine whose process or server goes away, before or after it did what it was asked."""

    stumbles = 0
    after = False

    async def apply(self, index: Index, put: Any, remove: Any, place: Place = Place.LIVE) -> None:
        if self.stumbles and not self.after:
            self.stumbles -= 1
            raise EngineDown("before")
        await super().apply(index, put, remove, place)
        if self.stumbles:
            self.stumbles -= 1
            raise EngineDown("after")


@pytest.mark.parametrize("after", [False, True])
async def test_an_engine_that_goes_away_loses_nothing(
    fresh_world: World, fresh_database: Database, engine: PostgresEngine, after: bool
) -> None:
    stumbling = Stumbling(engine._connections)
    stumbling.after = after
    work = feeding.Feeding(fresh_database, stumbling)
    await work.step()
    await published_listing(fresh_world, await fresh_world.enterprise())
    stumbling.stumbles = 2
    assert await work.step() == 0
    for _ in range(4):
        await work.step()
    assert (await engine.search(index("listings"), Query())).total == 1
    assert (await engine.search(index("results"), Query())).total == 1


async def test_two_feeders_share_the_work(fresh_world: World, fresh_database: Database, engine: PostgresEngine) -> None:
    await published_listing(fresh_world, await fresh_world.enterprise())
    async with fresh_database.transaction() as session:
        await feeding.queries.lock_feed(session, engine.name, wait=True)
        assert await feeding.feed(fresh_database, engine) == 0
    assert await feeding.feed(fresh_database, engine) > 0


async def test_a_rebuild_leaves_no_gap_and_follows_what_changes(
    fresh_world: World, fresh_database: Database, engine: PostgresEngine
) -> None:
    seller = await fresh_world.enterprise()
    first = await published_listing(fresh_world, seller, title="第一项石墨烯")
    await follow(fresh_database, engine)
    seen: list[int] = []

    class Watched(PostgresEngine):
        """Lets things happen at the worst moments: after an index was filled, and before it is swapped in."""

        async def apply(self, index: Index, put: Any, remove: Any, place: Place = Place.LIVE) -> None:
            await super().apply(index, put, remove, place)
            if index.name == "listings" and not changed:
                changed.append(await published_listing(fresh_world, seller, title="第二项石墨烯"))
                await fresh_world.api.ok("POST", f"/v1/listings/{first['id']}/withdrawal", seller)

        async def swap(self, index: Index) -> None:
            if index.name == "listings":
                seen.append((await engine.search(index, Query(parse("石墨烯")))).total)
            await super().swap(index)

    changed: list[Json] = []
    watched = Watched(engine._connections)
    await rebuilding.rebuild(fresh_database, watched, sources.indexes())
    assert seen == [1]
    assert numbers(await search(fresh_world, q="石墨烯")) == [changed[0]["published"]["number"]]
    assert (await checking.check(fresh_database, engine, index("listings"), mend=False)).is_true


async def test_a_check_finds_and_mends(fresh_world: World, fresh_database: Database, engine: PostgresEngine) -> None:
    seller = await fresh_world.enterprise()
    kept, lost = [await published_listing(fresh_world, seller, title=title) for title in ("保留", "丢失")]
    await follow(fresh_database, engine)
    listings = index("listings")
    wrong = document(1, "不公开")
    stale = type(wrong)(kept["id"], wrong.fields)
    await engine.apply(listings, [wrong, stale], [lost["id"]])
    found = await checking.check(fresh_database, engine, listings, mend=True)
    assert (found.public, found.missing, found.different, found.extra) == (2, 1, 1, 1)
    assert (await checking.check(fresh_database, engine, listings, mend=False)).is_true


async def test_postgresql_steps_in_and_meilisearch_catches_up(
    fresh_world: World, fresh_database: Database, fresh_url: str, settings: Settings, engine: PostgresEngine,
    meili: meilisearch.Server,
) -> None:  # fmt: skip
    told = settings.model_copy(update={"meili_url": meili.url, "meili_key": _secret(meilisearch.KEY)})
    app = application(told, fresh_database, "searching")
    first = MeilisearchEngine(meili.url, meilisearch.KEY)
    work = feeding.Feeding(fresh_database, first)
    await work.step()
    seller = await fresh_world.enterprise()
    await published_listing(fresh_world, seller, title="石墨烯")
    await work.step()
    async with type(fresh_world.api)(app) as api:
        answer = await api.get("/v1/search/listings", params={"q": "石墨烯"})
        assert (answer.headers["search-engine"], answer.json()["total"]) == ("meilisearch", 1)
        meili.kill()
        await published_listing(fresh_world, seller, title="石墨烯薄膜")
        assert await work.step() == 0
        await follow(fresh_database, engine)
        answer = await api.get("/v1/search/listings", params={"q": "石墨烯"})
        assert answer.headers["search-engine"] == "postgresql; instead-of=meilisearch"
        assert answer.json()["total"] == 2
        meili.start()
        await work.step()
        await work.step()
    assert (await first.search(index("listings"), Query(parse("石墨烯")))).total == 2
    await first.close()


def _secret(value: str) -> Any:
    from pydantic import SecretStr  # noqa: PLC0415

    return SecretStr(value)


@pytest.mark.parametrize(
    ("kind", "parameters", "status"),
    [
        ("listings", {"q": "石" * 201}, 422),
        ("listings", {"q": "x" * 10_000}, 422),
        ("listings", {"colour": "red"}, 422),
        ("listings", {"technical_field": "alchemy"}, 422),
        ("listings", {"status": "draft"}, 422),
        ("listings", {"price_min": "1e3"}, 422),
        ("listings", {"division": "%"}, 422),
        ("listings", {"sort": "title"}, 422),
        ("listings", {"cursor": "bm8="}, 400),
        ("listings", {"published_since": "2099-12-31", "published_until": "2000-01-01"}, 200),
        ("results", {"q": "'; DROP TABLE results --"}, 200),
        ("deals", {"q": '%_&|!<->:*()\\"'}, 200),
        ("agencies", {"q": "\u200b"}, 200),
        ("demands", {"status": "closed"}, 422),
        ("demands", {"industry": "C3"}, 422),
        ("suggestions", {"q": "'"}, 200),
        ("suggestions", {}, 422),
    ],
)
async def test_bad_input_is_refused_or_finds_nothing(
    world: World, kind: str, parameters: dict[str, str], status: int
) -> None:
    answer = await world.api.get(f"/v1/search/{kind}", params=parameters)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert next(iter(answer.json().values())) == []


async def test_brokers_are_shown_to_who_has_a_key(world: World) -> None:
    assert (await world.api.get("/v1/search/brokers")).status_code == 401
    assert (await world.api.get("/v1/search/brokers", world.operator)).status_code == 200
