"""How fast lists answer where each table has 100 000 rows: every order and filter, first and deep page, three callers.

The rows are those of `tests.support.many`: values in turn, one of each column rare; an organisation with 20 rows. Each
page is asked for through the API in process, as auditor, as that organisation and without a key, and its statements are
explained: one that reads or sorts more than 10 000 rows is printed. `BENCH_ROWS` says how many rows there are. Run from
the repository: `python bench/bench_lists.py`, with a part of a path for only some lists.
"""

import asyncio
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import asyncpg
from common import ROOT, database

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
OWN = 20
MOST_ROWS = 10_000
LIMIT_MS = 50
WARM, MEASURED = 6, 5
"""PostgreSQL may take another plan from the sixth time on that a connection runs a statement: it is measured then."""
NOT_FILTERS = {"limit", "cursor", "sort", "If-None-Match", "Accept-Language"}
DAYS = {"since": ("2028-09-20", "2105-01-01"), "until": ("2026-01-05",)}
"""Rare days: dates of the rows end in 2028, moments in 2105; both begin in 2026."""
Statement = tuple[str, tuple[Any, ...]]
KNOWN = {
    "/v1/award-runs": "a programme has a run or two a year",
    "/v1/corrections": "corrections are rare; the ids of who may read one stand in an array",
    "/v1/gates": "half of the gates of this set are open, where in use hardly any are",
    "/v1/settlement/unmatched": "half of the confirmations of this set match nothing, where in use hardly any do",
    "/v1/demands?solution=": "a rare way of solution is looked for among the open demands: 20 000 rows",
    "/v1/documents?uploaded_since=": "a plan for any day takes a rare one for a third of all",
    "/v1/auctions?status=proposed": "who may not see a status walks past it, 5 ms in 30 000 rows",
    "/v1/organisations?verification=pending": "as with auctions",
}
"""Lists that read more, each with the reason why it is left so."""


class Lists:
    """The lists of the document on a filled database."""

    def __init__(self, url: str, api: Any, callers: dict[str, Any]) -> None:
        self.url = url
        self.api = api
        self.callers = callers
        self.statements: list[Statement] = []
        self.slowest: list[tuple[float, str, str]] = []
        self.findings: dict[str, str] = {}

    async def measure(self, path: str, operation: dict[str, Any], given: dict[str, str]) -> None:
        """Every order and filter of a list, for each caller who may read it."""
        for who, caller in self.callers.items():
            first = await self.api.get(f"{path}?{urlencode(given)}", caller)
            if first.status_code != 200:
                continue
            for query in _queries(operation, first.json()["items"]):
                await self._page(path, given | query, who)
                if "sort" in query:
                    await self._page(path, given | query, who, deep=True)

    async def _page(self, path: str, query: dict[str, str], who: str, *, deep: bool = False) -> None:
        if deep:
            answer = (await self.api.get(f"{path}?{urlencode(query)}", self.callers[who])).json()
            if answer["next_cursor"] is None:
                return
            query = query | {"cursor": _deep(answer["next_cursor"])}
        url = f"{path}?{urlencode(query)}"
        for _ in range(WARM):
            self.statements.clear()
            answer = await self.api.get(url, self.callers[who])
            if answer.status_code != 200:
                print(f"# {url} answered {answer.status_code}: {answer.text[:300]}", flush=True)
                return
        if not self.statements:
            raise SystemExit(f"no statement was seen for {url}")
        asked = list(self.statements)
        taken = []
        for _ in range(MEASURED):
            began = time.perf_counter()
            await self.api.get(url, self.callers[who])
            taken.append((time.perf_counter() - began) * 1000)
        shown = f"{path}?{urlencode({name: value for name, value in query.items() if name != 'cursor'})}"
        self.slowest.append((statistics.median(taken), who, shown + (" (deep)" if deep else "")))
        await self._explain(asked, f"{who} {shown}")

    async def _explain(self, statements: list[Statement], where: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            for statement, arguments in statements:
                if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                    plan = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *arguments)
                    for found in _nodes(json.loads(plan)[0]["Plan"]):
                        if any(known in where for known in KNOWN):
                            continue
                        if self.findings.setdefault(f"{where}: {found}", statement) is statement:
                            print(f"# FINDING {where}: {found}", flush=True)
        finally:
            await connection.close()


def _queries(operation: dict[str, Any], items: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Each order, and each value of each filter."""
    for parameter in operation["parameters"]:
        name, schema = parameter["name"], parameter["schema"]
        if name == "sort":
            yield from ({"sort": order} for order in schema["enum"])
        elif parameter["in"] == "query" and name not in NOT_FILTERS:
            yield from ({name: value} for value in _values(name, schema, items))


def _values(name: str, schema: dict[str, Any], items: list[dict[str, Any]]) -> tuple[str, ...]:
    from tests.support.many import written_id  # noqa: PLC0415
    from tests.test_openapi import DOCUMENT  # noqa: PLC0415

    named = DOCUMENT["components"]["schemas"]
    for part in schema.get("anyOf", [schema]):
        told = named[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        if "enum" in told:
            return str(told["enum"][0]), str(told["enum"][-1])
        if told.get("format") == "uuid":
            there = [str(item[name]) for item in items[:1] if item.get(name)]
            return (*there, written_id("organisations", 77))
        if told.get("type") == "boolean":
            return "true", "false"
    bound = name.rpartition("_")[2]
    if bound in DAYS:
        return DAYS[bound]
    known = {
        "name": ("示例 999",), "division": ("4201",), "on": ("2026-01-01",), "industry": ("C38",), "year": ("2024",),
    }  # fmt: skip
    return known.get(name, ("7",))


def _deep(cursor: str) -> str:
    """The cursor of the same list in the middle of the rows."""
    import base64  # noqa: PLC0415

    bound, *values = json.loads(base64.urlsafe_b64decode(cursor))
    written = json.dumps([bound, *map(_middle, values)], ensure_ascii=False)
    return base64.urlsafe_b64encode(written.encode()).decode()


def _middle(value: str) -> str:
    half = ROWS // 2
    if re.fullmatch(r"[0-9a-f]{8}-0000-7000-8000-[0-9a-f]{12}", value):
        return f"{value[:24]}{half:012x}"
    if "T" in value:
        return "2066-01-01T00:00:00+00:00"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return "2027-06-01"
    return str(1000 + half) if re.fullmatch(r"[\d.]+", value) else value


def _nodes(plan: dict[str, Any]) -> Iterator[str]:
    """What reads or sorts too many rows."""
    loops = plan["Actual Loops"]
    inner = plan.get("Plans", [])
    read = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * loops
    if "Scan" in plan["Node Type"] and "Bitmap Index" not in plan["Node Type"] and read > MOST_ROWS:
        yield f"{plan['Node Type']} {plan.get('Relation Name', '')} {plan.get('Index Name', '')} reads {read:.0f}"
    if plan["Node Type"] in {"Sort", "Incremental Sort"} and inner and inner[0]["Actual Rows"] > MOST_ROWS:
        yield f"{plan['Node Type']} of {inner[0]['Actual Rows']:.0f}"
    for part in inner:
        yield from _nodes(part)


async def run(url: str) -> None:
    """Fill the database, ask every list, print the table."""
    from sqlalchemy import event, text  # noqa: PLC0415

    from app import wiring  # noqa: PLC0415
    from app.core.database import Database  # noqa: PLC0415
    from app.core.settings import Environment, Settings  # noqa: PLC0415
    from app.main import create_app, open_context  # noqa: PLC0415
    from tests.support import many  # noqa: PLC0415
    from tests.support.api import Api  # noqa: PLC0415
    from tests.support.world import World  # noqa: PLC0415
    from tests.test_openapi import operations  # noqa: PLC0415

    wiring.connect()
    settings = Settings(environment=Environment.SANDBOX)
    base = Database(url, settings.city, pool_size=4)
    app = create_app(settings)
    app.state.context = open_context(settings, base)
    async with Api(app) as api:
        world = await World.create(base, api)
        owner = await world.enterprise()
        began = time.monotonic()
        async with base.transaction() as session:

            async def insert(statement: str) -> None:
                await session.execute(text(statement.replace(":", "\\:")))

            await many.fill(insert, ROWS, owner.organisation_id, rare=ROWS // OWN)
        connection = await asyncpg.connect(url)
        await connection.execute("VACUUM ANALYZE")
        await connection.close()
        print(f"# filled in {time.monotonic() - began:.0f} s", flush=True)
        lists = Lists(url, api, {"auditor": world.auditor, "owner": owner, "anybody": None})

        @event.listens_for(base.readers.sync_engine, "before_cursor_execute")
        def _note(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
            lists.statements.append((statement, tuple(given)))

        @event.listens_for(base.readers.sync_engine, "connect")
        def _listen(connection: Any, _record: Any) -> None:
            # What `Database.fetch` asks goes past SQLAlchemy; the driver tells of nothing that SQLAlchemy prepares.
            connection.driver_connection.add_query_logger(
                lambda query: lists.statements.append((query.query, tuple(query.args)))
            )

        await base.readers.dispose()
        for where, operation in operations():
            method, path = where.split()
            asked = {parameter["name"] for parameter in operation.get("parameters", ())}
            chosen = not sys.argv[1:] or any(part in path for part in sys.argv[1:])
            if (
                method == "get"
                and {"sort", "cursor"} <= asked
                and "{" not in path
                and "/search/" not in path
                and chosen
            ):
                given = {"subject_id": many.written_id("listings", 7)} if path == "/v1/periods" else {}
                await lists.measure(path, operation, given)
        _report(lists)
    await base.close()


def _report(lists: Lists) -> None:
    by_path: dict[tuple[str, str], list[float]] = {}
    for taken, who, shown in lists.slowest:
        by_path.setdefault((shown.partition("?")[0], who), []).append(taken)
    for (path, who), times in sorted(by_path.items()):
        print(f"{path} {who}: pages={len(times)} p50={statistics.median(times):.1f} ms worst={max(times):.1f} ms")
    print("# the slowest")
    for taken, who, shown in sorted(lists.slowest, reverse=True)[:40]:
        print(f"# {taken:.1f} ms {who} {shown}")
    if os.environ.get("BENCH_STATEMENTS"):
        print("\n".join(dict.fromkeys(lists.findings.values())))
    worst = max(taken for taken, _, _ in lists.slowest)
    print(f"lists_page_worst_ms ours={worst:.0f} limit={LIMIT_MS} ratio={worst / LIMIT_MS:.2f} goal=<=1")
    print(
        f"lists_that_read_much ours={len(lists.findings)} limit=1 ratio={len(lists.findings):.2f} goal=<=0", flush=True
    )


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    with database() as found:
        asyncio.run(run(found))
