"""How well matching puts in order what may meet a demand, against plain word search of both engines; and how fast.

The set is made by rule: see `matching_set.py`, which says how, and what is circular about it. Plain word search is the
better of three ways to type a demand into the search: its title, its keywords, its first keyword; of Meilisearch also
its title and keywords with words left out until something is found (`matchingStrategy: last`). nDCG@10 has the gain
2^grade - 1. `topic` takes every pair that is read at all alike, so that no fact decides: words and fields are left.

The time of a request is measured through the API on PostgreSQL among 100 000 listings of `bench_search.py`.
`BENCH_PART=building` measures the part that the weights were chosen on; without it the unseen part is measured, and the
time. Run from the repository: `python bench/bench_matching.py`.
"""

import asyncio
import json
import math
import os
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

import bench_search
from common import ROOT, database, server

sys.path.insert(0, str(ROOT))
from bench import matching_set

PART: Final = os.environ.get("BENCH_PART", "unseen")
TOP: Final = 10
GOAL: Final = 1.15
TIMED_DEMANDS: Final = 60
SECONDS: Final = 8.0
BASE: Final = datetime(2026, 1, 1, tzinfo=UTC)
LAST: Final = date(2027, 1, 1)
COLUMNS: Final = (
    {
        "organisations": "id name kind state_founded fictional verification revision",
        "organisation_divisions": "id organisation_id division_code valid_from",
        "people": "id name",
    }
    | bench_search.COLUMNS
    | {
        "demands": "id number kind demander_id form status check_status version technical_field industry_code "
        "solutions budget name_hidden valid_to published_at closes_at revision",
        "demand_versions": "demand_id version content card sha256 published_at first_checked_by second_checked_by",
    }
)
"""The tables that are filled, in their order."""
Rows = dict[str, list[tuple[object, ...]]]
Ranked = Callable[[int], Awaitable[Sequence[str]]]


def ndcg(found: Sequence[int], grades: Mapping[int, int], *, topic: bool = False) -> float:
    """The normalised discounted cumulative gain of the first ten."""

    def gain(grade: int) -> float:
        return 1.0 * bool(grade) if topic else 2.0**grade - 1

    best = sorted(grades.values(), reverse=True)[:TOP]
    ideal = sum(gain(grade) / math.log2(at + 2) for at, grade in enumerate(best))
    ours = sum(gain(grades.get(each, 0)) / math.log2(at + 2) for at, each in enumerate(found[:TOP]))
    return ours / ideal if ideal else 1.0


def _demand(demand: Any, number: str, demander: UUID, person: UUID) -> tuple[UUID, Rows]:
    """The rows of a published demand; its demander hides its name."""
    from app.core.ids import new_id  # noqa: PLC0415

    made = new_id()
    content = {
        "id": str(made), "number": number, "version": 1, "kind": "need", "title": demand.title,
        "problem": demand.problem, "target": demand.target, "conditions": None, "keywords": list(demand.keywords),
        "budget": None if demand.budget is None else f"{demand.budget}.00", "solutions": list(demand.ways),
        "industry_code": demand.industry, "technical_field": demand.field, "valid_to": LAST.isoformat(),
        "demander": None, "demander_kind": "enterprise", "demander_city": demand.city,
        "scenario_area": None, "challenge": None,
    }  # fmt: skip
    sealed = json.dumps(content, ensure_ascii=False)
    return made, {
        "demands": [(made, number, "need", demander, "{}", "published", "passed", 1, demand.field, demand.industry,
                     list(demand.ways), demand.budget, True, LAST, BASE, BASE + timedelta(days=365), 1)],
        "demand_versions": [(made, 1, sealed, sealed, "", BASE, person, person)],
    }  # fmt: skip


def _result(result: Any, number: str, seller: UUID) -> tuple[UUID, Rows]:
    """The rows of a result on offer."""
    from app.core.ids import new_id  # noqa: PLC0415

    made, listing = new_id(), new_id()
    party = {"id": str(seller), "kind": "university", "name": "示例大学"}
    content = {
        "id": str(listing), "number": f"L{number}", "version": 1, "title": result.title, "summary": result.summary,
        "terms": "按合同约定", "territory": "中国境内", "pricing_mode": "negotiated", "allocation": None,
        "transfer_mode": result.mode, "asking_price": f"{result.price}.00", "closes_on": LAST.isoformat(),
        "result": {"id": str(made), "number": number, "title": result.title, "technical_field": result.field,
                   "readiness_level": result.readiness},
        "seller": party, "agency": None, "documents": [],
    }  # fmt: skip
    sealed = json.dumps(content, ensure_ascii=False)
    return made, {
        "results": [(made, number, seller, result.title, result.summary, result.field, False, "none", "none",
                     BASE.date(), 1)],
        "result_owners": [(made, 0, seller, Decimal(1))],
        "listings": [(listing, f"L{number}", made, seller, "negotiated", None, result.mode, result.title,
                      result.summary, "按合同约定", "中国境内", result.price, LAST, "published", 1, 3, result.field,
                      BASE, BASE + timedelta(days=365))],
        "listing_versions": [(listing, 1, sealed, "{}", "", BASE)],
    }  # fmt: skip


async def copy(url: str, parts: Sequence[Rows]) -> None:
    """Write rows straight into the tables."""
    import asyncpg  # noqa: PLC0415

    connection = await asyncpg.connect(url)
    async with connection.transaction():
        for table, columns in COLUMNS.items():
            rows = [row for part in parts for row in part.get(table, [])]
            if rows:
                await connection.copy_records_to_table(table, records=rows, columns=columns.split())
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def _organisation(name: str, kind: str, city: str) -> tuple[UUID, Rows]:
    from app.core.ids import new_id  # noqa: PLC0415

    made = new_id()
    return made, {
        "organisations": [(made, name, kind, False, True, "verified", 1)],
        "organisation_divisions": [(new_id(), made, city, date(2020, 1, 1))],
    }


async def fill(url: str, labelled: matching_set.Labelled) -> tuple[list[UUID], list[UUID]]:
    """Write the set into the tables; answers the ids of its demands and of its results."""
    from app.core.ids import new_id  # noqa: PLC0415

    person = new_id()
    demander, parts = _organisation("示例制造公司", "enterprise", "420100")
    sellers = {city: _organisation("示例大学", "university", city) for city in matching_set.CITIES}
    rows = [parts, {"people": [(person, "示例")]}, *(made for _, made in sellers.values())]
    demands = [_demand(each, f"D{n}", demander, person) for n, each in enumerate(labelled.demands)]
    results = [_result(each, f"R{n}", sellers[each.city][0]) for n, each in enumerate(labelled.results)]
    await copy(url, [*rows, *(part for _, part in demands), *(part for _, part in results)])
    return [made for made, _ in demands], [made for made, _ in results]


class Measured:
    """An engine that holds the set, and the ways in which it is asked for what may meet a demand."""

    def __init__(self, finder: Any, engine: Any, labelled: matching_set.Labelled, demands: Sequence[UUID]) -> None:
        self.finder, self.engine, self.labelled, self.demands = finder, engine, labelled, demands

    async def matched(self, at: int) -> Sequence[str]:
        """What matching puts first."""
        from app.core.web.pages import PageRequest  # noqa: PLC0415
        from app.finding.matching import facts  # noqa: PLC0415
        from app.finding.matching.kinds import DemandMatchKind  # noqa: PLC0415
        from app.finding.matching.service import Matching, weights  # noqa: PLC0415
        from app.finding.service import read_in_order  # noqa: PLC0415

        known = self.finder.context.database
        (row,) = await read_in_order(known, "demands", [str(self.demands[at])])
        found = await weights(known, row["id"], BASE.date())
        asked = Matching(self.finder, facts.demand(row), DemandMatchKind.RESULTS, found)
        body, _ = await asked.answer(PageRequest(TOP, None))
        return [item["id"] for item in json.loads(body)["items"]]

    async def typed(self, text: str) -> Sequence[str]:
        """What a search for a text finds first."""
        from search.engine import OneOf, Query  # noqa: PLC0415
        from search.indexes import index  # noqa: PLC0415
        from search.text.queries import parse  # noqa: PLC0415

        query = Query(parse(text), (OneOf("status", ("published",)),), limit=TOP)
        return (await self.engine.search(index("results"), query)).ids

    async def any_words(self, text: str) -> Sequence[str]:
        """What Meilisearch finds first where it may leave out words, the last ones first."""
        body = {"q": text, "matchingStrategy": "last", "limit": TOP, "attributesToRetrieve": ["id"]}
        found = await self.engine._post("/indexes/techex_results/search", body)
        return [hit["id"] for hit in found["hits"]]

    def plain(self) -> dict[str, Ranked]:
        """The ways of plain word search."""
        every = self.labelled.demands

        def by(words: Callable[[Any], str], ask: Callable[[str], Awaitable[Sequence[str]]]) -> Ranked:
            return lambda at: ask(words(every[at]))

        ways = {
            "title": by(lambda demand: demand.title, self.typed),
            "keywords": by(lambda demand: " ".join(demand.keywords or (demand.title,)), self.typed),
            "first_keyword": by(lambda demand: (demand.keywords or (demand.title,))[0], self.typed),
        }
        if self.engine.name == "meilisearch":
            ways["last"] = by(lambda demand: " ".join((*demand.keywords, demand.title)), self.any_words)
        return ways

    async def mean(self, ask: Ranked, places: Mapping[str, int], *, topic: bool = False) -> float:
        """The mean nDCG@10 of a way to ask."""
        found = [[places[each] for each in await ask(at)] for at in range(len(self.demands))]
        return statistics.mean(
            ndcg(each, grades, topic=topic) for each, grades in zip(found, self.labelled.grades, strict=True)
        )


async def rank(url: str, meili_url: str, key: str) -> None:
    """Print the figures of both engines."""
    from pydantic import SecretStr  # noqa: PLC0415

    from app.core.database import Database  # noqa: PLC0415
    from app.core.settings import Settings  # noqa: PLC0415
    from app.finding.keeping import rebuilding  # noqa: PLC0415
    from app.finding.service import Finder  # noqa: PLC0415
    from app.finding.sources import indexes  # noqa: PLC0415

    labelled = matching_set.make(getattr(matching_set, PART.upper()))
    demands, results = await fill(url, labelled)
    places = {str(each): at for at, each in enumerate(results)}
    opened = Database(url, Settings().city)
    for told in ({}, {"meili_url": meili_url, "meili_key": SecretStr(key)}):
        finder: Any = Finder(SimpleNamespace(settings=Settings(**told), database=opened))  # type: ignore[arg-type]
        engine = finder.standby.first or finder.standby.second
        await rebuilding.rebuild(opened, engine, indexes())
        measured = Measured(finder, engine, labelled, demands)
        for topic in (False, True):
            found = {name: await measured.mean(ask, places, topic=topic) for name, ask in measured.plain().items()}
            print(f"# {engine.name}{' topic' if topic else ''}:", {name: f"{n:.3f}" for name, n in found.items()})
            ours = await measured.mean(measured.matched, places, topic=topic)
            what = f"matching_{'topic_' if topic else ''}ndcg_{PART}_{engine.name}"
            limit = max(found.values())
            print(f"{what} ours={ours:.3f} limit={limit:.3f} ratio={ours / limit:.2f} goal=>={1.0 if topic else GOAL}")
        await finder.standby.close()
    await opened.close()


async def time_requests(url: str) -> None:
    """Print the 95th percentile of a request among 100 000 listings, one after the other and at 4 clients."""
    import httpx  # noqa: PLC0415

    from app.core.database import Database  # noqa: PLC0415
    from app.core.ids import new_id  # noqa: PLC0415
    from app.core.settings import Settings  # noqa: PLC0415
    from app.finding import engines  # noqa: PLC0415
    from app.finding.keeping import rebuilding  # noqa: PLC0415
    from app.finding.sources import indexes  # noqa: PLC0415
    from app.identity.rules import digest_of, new_secret  # noqa: PLC0415

    await bench_search.fill(url)
    draw, person, secret = random.Random(5), new_id(), new_secret()
    demander, rows = _organisation("示例制造公司", "enterprise", "420100")
    made = matching_set.make(matching_set.BUILDING).demands
    words = [bench_search.query(draw) for _ in range(TIMED_DEMANDS)]
    asked = [
        SimpleNamespace(**{**_members(made[n]), "title": f"{text}技术需求", "keywords": tuple(text.split())})
        for n, text in enumerate(words)
    ]
    demands = [_demand(each, f"D{n}", demander, person) for n, each in enumerate(asked)]
    await copy(url, [rows, {"people": [(person, "示例")]}, *(part for _, part in demands)])
    await _issue(url, person, demander, digest_of(secret))
    opened = Database(url, Settings().city)
    engine = engines.postgres(opened)
    await rebuilding.rebuild(opened, engine, indexes())
    await engine.close()
    await opened.close()
    told = {"DATABASE_URL": url, "TECHEX_ENVIRONMENT": "sandbox", "TECHEX_LOG_LEVEL": "ERROR"}
    headers = {"Authorization": f"Bearer {secret}"}
    with server("app.main:create_app", told, factory=True) as port:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as api:
            for clients in (1, 4):
                times = await _timed(api, [each for each, _ in demands], clients)
                p95 = statistics.quantiles(times, n=20)[-1] * 1000
                print(f"matching_p95_ms_{clients}_clients ours={p95:.0f} limit=300 ratio={p95 / 300:.2f} goal=<=1")


def _members(demand: Any) -> dict[str, Any]:
    return {name: getattr(demand, name) for name in demand.__dataclass_fields__}


async def _issue(url: str, person: UUID, demander: UUID, digest: bytes) -> None:
    import asyncpg  # noqa: PLC0415

    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO memberships (id, person_id, organisation_id, role) VALUES (gen_random_uuid(), $1, $2, 'member')",
        person, demander,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO api_keys (id, person_id, organisation_id, name, prefix, digest, scopes, expires_at) "
        "VALUES (gen_random_uuid(), $1, $2, 'bench', 'tx', $3, '{*:*}', '2099-01-01')",
        person, demander, digest,
    )  # fmt: skip
    await connection.close()


async def _timed(api: Any, demands: Sequence[UUID], clients: int) -> list[float]:
    """How long each request took, in seconds, after a second of warm-up."""
    times: list[float] = []
    begin = time.perf_counter() + 1.0

    async def client(seed: int) -> None:
        draw = random.Random(seed)
        while (now := time.perf_counter()) < begin + SECONDS:
            kind = draw.choice(["results", "listings"])
            answer = await api.get(f"/v1/demands/{draw.choice(demands)}/matches", params={"kind": kind})
            answer.raise_for_status()
            if now >= begin:
                times.append(time.perf_counter() - now)

    await asyncio.gather(*map(client, range(clients)))
    return times


def main() -> None:
    """Measure the order on both engines, then the time on PostgreSQL."""
    from tests.support import meilisearch  # noqa: PLC0415

    with database() as url, meilisearch.server(memory="512MiB") as started:
        asyncio.run(rank(url, started.url, meilisearch.KEY))
    if PART == "unseen":
        with database() as url:
            asyncio.run(time_requests(url))


if __name__ == "__main__":
    main()
