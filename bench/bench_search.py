"""How fast search answers among 100 000 listings, against a direct call to Meilisearch; filling, following.

Titles are made by rule and dense: few words, so that most queries have thousands of hits. The direct call sends the same
words and facets, with highlights, to the same index, and asks for no compression, as we do: a compressed answer waits
40 ms for an acknowledgement. Ours and the direct one take turns, so that both meet the same machine.

Run from the repository: `python bench/bench_search.py`, and for a short look `BENCH_LISTINGS=10000 python …`: the limits
of what grows with the number of listings shrink with it.
"""

# ruff: noqa: E501 — Han characters count double

import asyncio
import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

from common import ROOT, database, server

WHOLE = 100_000
LISTINGS = int(os.environ.get("BENCH_LISTINGS", WHOLE))
CLIENTS = 8
SECONDS = 3.0
ROUNDS = 3
CHANGES = 1500
CHANGES_A_SECOND = 50
WATCHED = 10
"""One change in ten is looked for: who looks for each asks so often that nothing else is done."""
LOOK_SECONDS = 0.1
LIMIT_S = {"postgresql": 60, "meilisearch": 120}
"""Seconds in which 100 000 documents are filled again and swapped in."""
GIVE_UP_SECONDS = 60.0
_KINDS = "新型 高效 低成本 智能 绿色 柔性 纳米 高强 耐高温 生物可降解 自适应 多功能 微型 大功率 高精度 光控 磁性 复合"
_THINGS = """
    石墨烯 氢燃料电池 锂离子电池 钙钛矿 碳纤维 稀土永磁 光刻胶 油菜 水稻 疫苗 单克隆抗体 干细胞 激光器 光纤传感器 毫米波雷达
    北斗定位 工业机器人 数控机床 高分子膜 钛合金 镁合金 催化剂 废水 烟气 土壤重金属 桥梁 隧道 盾构机 船舶推进 无人机 卫星 存储芯片
    功率器件 图像传感器 语音识别 大模型 知识图谱 医学影像 手术机器人 人工关节
"""
_PARTS = """
    双极板 电解质 涂层 薄膜 制备方法 检测装置 控制系统 监测平台 处理工艺 成型技术 诊断试剂 品种选育 回收利用 优化算法 封装结构
    散热器件 润滑材料 焊接工艺 预警方法 仿真软件
"""
_FIELDS = """
    electronics_information aerospace advanced_manufacturing biomedicine new_materials new_energy environment nuclear
    agriculture transport urban_social
"""
KINDS, THINGS, PARTS, FIELDS = (text.split() for text in (_KINDS, _THINGS, _PARTS, _FIELDS))
Ask = Callable[[str], Awaitable[object]]
FACETS = ["technical_field", "pricing_mode"]
COLUMNS = {
    "results": "id number organisation_id title abstract technical_field publicly_funded secrecy export_control "
    "registered_on revision",
    "result_owners": "result_id position organisation_id share",
    "listings": "id number result_id seller_id pricing_mode allocation transfer_mode title summary terms territory "
    "asking_price closes_on status version revision technical_field published_at closes_at",
    "listing_versions": "listing_id version content card sha256 published_at",
}


def words(draw: random.Random) -> tuple[str, str]:
    """A title and a summary made by rule."""
    one = draw.choice
    title = f"{one(KINDS)}{one(THINGS)}{one(PARTS)}及其在{one(THINGS)}中的应用"
    sentences = (
        f"本成果针对{one(THINGS)}的{one(PARTS)}提出一种{one(KINDS)}的{one(PARTS)}，提高了{one(THINGS)}的性能"
        for _ in range(6)
    )
    return title, "。".join(sentences)


async def fill(url: str) -> list[UUID]:
    """Write published listings straight into the tables; answers their ids."""
    import asyncpg  # noqa: PLC0415

    from app.core.ids import new_id  # noqa: PLC0415

    draw, connection = random.Random(7), await asyncpg.connect(url)
    seller, base = new_id(), datetime(2026, 1, 1, tzinfo=UTC)
    await connection.execute(
        "INSERT INTO organisations (id, name, kind, state_founded, fictional, verification, revision) "
        "VALUES ($1, '示例光电研究院', 'new_type_rd_institution', false, true, 'verified', 1)",
        seller,
    )
    rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in COLUMNS}
    for n in range(LISTINGS):
        for table, row in zip(
            COLUMNS, _rows(new_id(), new_id(), n, seller, base + timedelta(seconds=n), draw), strict=True
        ):
            rows[table].append(row)
    async with connection.transaction():
        for table, records in rows.items():
            await connection.copy_records_to_table(table, records=records, columns=COLUMNS[table].split())
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return [row[0] for row in rows["listings"]]  # type: ignore[misc]


def _rows(
    listing: UUID, result: UUID, n: int, seller: UUID, at: datetime, draw: random.Random
) -> tuple[tuple[object, ...], ...]:
    title, summary = words(draw)
    field, mode = draw.choice(FIELDS), draw.choice(["negotiated", "listed", "auction", "appraised"])
    price, number = Decimal(draw.randint(1, 5000) * 1000), f"WH-L-2026-{n:06d}"
    allocation = "first_come" if mode == "listed" else None
    party = {"id": str(seller), "kind": "new_type_rd_institution", "name": "示例光电研究院"}
    content = {
        "agency": None, "allocation": allocation, "asking_price": f"{price}.00", "closes_on": "2027-01-01",
        "documents": [], "id": str(listing), "number": number, "pricing_mode": mode, "seller": party,
        "summary": summary, "terms": "按合同约定", "territory": "中国境内", "title": title, "version": 1,
        "transfer_mode": "exclusive_licence", "result": {"id": str(result), "number": f"WH-R-2026-{n:06d}", "readiness_level": draw.randint(1, 9),
                   "technical_field": field, "title": title},
    }  # fmt: skip
    sealed = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return (
        (result, f"WH-R-2026-{n:06d}", seller, title, summary, field, False, "none", "none", at.date(), 1),
        (result, 0, seller, Decimal(1)),
        (listing, number, result, seller, mode, allocation, "exclusive_licence", title, summary, "按合同约定",
         "中国境内", price, date(2027, 1, 1), "published", 1, 3, field, at, at + timedelta(days=365)),
        (listing, 1, sealed, "{}", hashlib.sha256(sealed.encode()).hexdigest(), at),
    )  # fmt: skip


def query(draw: random.Random) -> str:
    """What somebody types: a thing, mostly with a part."""
    return f"{draw.choice(THINGS)} {draw.choice(PARTS)}" if draw.random() < 0.75 else draw.choice(THINGS)


async def p95(ask: Ask, draw_query: Callable[[random.Random], str] = query) -> float:
    """The 95th percentile of an answer's time in ms, at 8 clients that ask again at once, after a second of warm-up."""
    times: list[float] = []
    begin = time.perf_counter() + 1.0

    async def client(seed: int) -> None:
        draw = random.Random(seed)
        while (now := time.perf_counter()) < begin + SECONDS:
            await ask(draw_query(draw))
            if now >= begin:
                times.append(time.perf_counter() - now)

    await asyncio.gather(*map(client, range(CLIENTS)))
    return statistics.quantiles(times, n=20)[-1] * 1000


def report(name: str, ours: float, limit: float, goal: float) -> None:
    """The line of a figure that should be at most `goal` times its limit."""
    print(f"{name} ours={ours:.1f} limit={limit:.1f} ratio={ours / limit:.2f} goal=<={goal}", flush=True)


class Typing:
    """Clients that ask for suggestions, with the least of HTTP: httpx would take more of the machine than we do."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def __call__(self, typed: str) -> None:
        """Ask for what begins like the first two characters."""
        opened = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        path = f"/v1/search/suggestions?q={quote(typed[:2])}"
        opened[1].write(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        head = await opened[0].readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{path} answered {head!r}")
        await opened[0].readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        self._idle.append(opened)


async def compared(ours: Ask, direct: Ask) -> tuple[float, float]:
    """The medians of p95 of ours and of the direct call, which take turns."""
    rounds = [(await p95(ours), await p95(direct)) for _ in range(ROUNDS)]
    for mine, limit in rounds:
        print(f"# round: ours {mine:.1f} ms, direct {limit:.1f} ms", flush=True)
    return statistics.median(pair[0] for pair in rounds), statistics.median(pair[1] for pair in rounds)


async def found_after(url: str, api: Any, ids: list[UUID], worker: int) -> tuple[float, float, float]:
    """The 99th percentile in ms until a changed listing is found, at 50 changes a second, with a worker that follows.

    A change puts a listing on offer that was withdrawn, with the record that its transaction would leave. Also answers
    the MB that the worker holds after a third of the changes, and after all.
    """
    import asyncpg  # noqa: PLC0415

    connection = await asyncpg.connect(url)
    chosen = random.Random(3).sample(ids, CHANGES)
    number = "UPDATE listings SET status = $2 WHERE id = $1 RETURNING number"
    record = (
        "INSERT INTO events (id, type, subject_type, subject_id, audiences, payload) VALUES (gen_random_uuid(), "
        "'record.written', 'listings', $1, '{}', jsonb_build_object('key', $2::text))"
    )

    async def change(listing: UUID, status: str) -> str:
        async with connection.transaction():
            await connection.execute(record, listing, str(listing))
            return str(await connection.fetchval(number, listing, status))

    async def is_found(name: str) -> bool:
        answer = await api.get("/v1/search/listings", params={"q": name, "limit": 1})
        return bool(answer.json()["total"])  # as the engine has it: what is shown is read from the tables

    for listing in chosen:
        name = await change(listing, "withdrawn")
    while await is_found(name):  # noqa: ASYNC110 — what another process does
        await asyncio.sleep(LOOK_SECONDS)
    times: list[float] = []

    async def wait_for(name: str, begin: float) -> None:
        while not await is_found(name) and time.perf_counter() < begin + GIVE_UP_SECONDS:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)
        times.append(time.perf_counter() - begin)

    begin, before = time.perf_counter(), 0.0
    async with asyncio.TaskGroup() as waiting:
        for n, listing in enumerate(chosen):
            await asyncio.sleep(max(0.0, begin + n / CHANGES_A_SECOND - time.perf_counter()))
            name = await change(listing, "published")
            if n % WATCHED == 0:
                waiting.create_task(wait_for(name, time.perf_counter()))
            if n == CHANGES // 3:
                before = resident(worker)
    await connection.close()
    print(f"# found after {statistics.median(times) * 1000:.0f} ms in the median", flush=True)
    return statistics.quantiles(times, n=100)[-1] * 1000, before, resident(worker)


def resident(process: int) -> float:
    """MB that a process holds."""
    with open(f"/proc/{process}/statm", encoding="ascii") as told:
        return int(told.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


async def rebuilt(url: str, engine: Any, names: Sequence[str]) -> float:
    """Seconds until indexes of an engine are filled again and swapped in."""
    from app.core.database import Database  # noqa: PLC0415
    from app.core.settings import Settings  # noqa: PLC0415
    from app.finding.keeping import rebuilding  # noqa: PLC0415
    from search.indexes import index  # noqa: PLC0415

    opened = Database(url, Settings().city)
    begin = time.perf_counter()
    await rebuilding.rebuild(opened, engine, [index(name) for name in names])
    await opened.close()
    return time.perf_counter() - begin


async def fill_engines(url: str, meili_url: str, key: str) -> None:
    """Fill the indexes of both engines: that of listings takes its time alone."""
    from app.finding import sources  # noqa: PLC0415
    from search.meili.engine import MeilisearchEngine  # noqa: PLC0415
    from search.postgres.engine import PostgresEngine  # noqa: PLC0415
    from search.postgres.pool import Pool  # noqa: PLC0415

    engines = (PostgresEngine(Pool(url)), MeilisearchEngine(meili_url, key))
    for engine in engines:
        took = await rebuilt(url, engine, ["listings"])
        report(f"search_rebuild_{engine.name}_s", took, LIMIT_S[engine.name] * LISTINGS / WHOLE, 1)
    await asyncio.gather(*(rebuilt(url, engine, sources.NAMES[1:]) for engine in engines))
    for engine in engines:
        await engine.close()


async def measure(url: str, ids: list[UUID], meili_url: str, key: str) -> None:
    """Every figure, on both engines."""
    import httpx  # noqa: PLC0415

    await fill_engines(url, meili_url, key)
    body = {"facets": FACETS, "limit": 20, "filter": 'status = "published"', "matchingStrategy": "all",
            "attributesToHighlight": ["title", "summary"], "attributesToCrop": ["summary"]}  # fmt: skip
    limits = httpx.Limits(max_connections=CLIENTS)
    headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}
    environment = {"DATABASE_URL": url, "TECHEX_ENVIRONMENT": "sandbox", "TECHEX_LOG_LEVEL": "ERROR"}
    named = environment | {"MEILI_URL": meili_url, "MEILI_KEY": key}
    async with httpx.AsyncClient(base_url=meili_url, headers=headers, limits=limits, timeout=60) as direct:

        async def straight(typed: str) -> None:
            answer = await direct.post("/indexes/techex_listings/search", json=body | {"q": typed})
            answer.raise_for_status()

        for name, told, goal in (("api", named, 1.5), ("postgresql", environment, 2.0)):
            with server("app.main:create_app", told, factory=True) as port:
                async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60) as api:

                    async def through(typed: str, api: httpx.AsyncClient = api) -> None:
                        answer = await api.get("/v1/search/listings", params={"q": typed})
                        answer.raise_for_status()

                    await through("石墨烯")
                    report(f"search_{name}_p95_ms", *await compared(through, straight), goal)
                    report(f"suggestions_{name}_p95_ms", await p95(Typing(port)), 30, 1)
                    await follow(name, told, url, api, ids)


async def follow(name: str, told: dict[str, str], url: str, api: Any, ids: list[UUID]) -> None:
    """The figures of a worker that feeds the engines."""
    with subprocess.Popen(  # noqa: ASYNC220 — started once, between two figures
        [sys.executable, "-m", "app.cli", "worker"], cwd=ROOT, env={**os.environ, **told}
    ) as worker:
        try:
            await asyncio.sleep(3)
            if worker.poll() is not None:
                raise SystemExit("the worker did not start")
            found, before, after = await found_after(url, api, ids, worker.pid)
        finally:
            worker.terminate()
    report(f"search_found_{name}_p99_ms", found, 1000, 1)
    report(f"search_worker_{name}_mb", after, before, 1.05)


def main() -> None:
    """Fill a database and both engines, and measure."""
    sys.path.insert(0, str(ROOT))
    from tests.support import meilisearch  # noqa: PLC0415

    with database() as url, meilisearch.server(memory="512MiB") as started:
        ids = asyncio.run(fill(url))
        print(f"# {LISTINGS} listings and as many results", flush=True)
        asyncio.run(measure(url, ids, started.url, meilisearch.KEY))


if __name__ == "__main__":
    main()
