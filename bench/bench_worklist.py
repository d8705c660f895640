"""How fast an organisation with some 2 000 open matters reads its worklist, among more than 100 000 open matters.

The rows are those of `tests.support.many`: 100 000 in each table, in every state, so that many more matters are over
than are open. Four clients ask one API process for a page of 20 each as soon as they were answered: the first page, the
page after it, what is due this year, one kind. The limit is 50 ms for the 95th percentile. `BENCH_ROWS` says how many
rows there are. Run from the repository: `python bench/bench_worklist.py`.
"""

import asyncio
import os
import statistics
import sys
import time
from typing import Any, Final

import asyncpg
import httpx
from common import ROOT, database, server

ROWS: Final = int(os.environ.get("BENCH_ROWS", "100000"))
OWN: Final = int(os.environ.get("BENCH_OWN", "125"))
"""Rows of the organisation in each table: those of all tables together make some 2 000 open matters."""
CLIENTS: Final = 4
SECONDS: Final = 8.0
LIMIT: Final = 50
PATH: Final = "/v1/worklist"


async def p95(port: int, secret: str, paths: list[str]) -> float:
    """The 95th percentile of an answer's time in ms, after a second of warm-up."""
    taken: list[float] = []
    ends = time.perf_counter() + 1 + SECONDS

    async def client() -> None:
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as asking:
            asked = 0
            while (began := time.perf_counter()) < ends:
                answer = await asking.get(paths[asked % len(paths)])
                if answer.status_code != 200:
                    raise SystemExit(answer.text[:300])
                asked += 1
                if began > ends - SECONDS:
                    taken.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    print(f"# {len(taken)} answers, median {statistics.median(taken):.1f} ms", flush=True)
    return statistics.quantiles(taken, n=20)[-1]


async def filled(url: str) -> Any:
    """Fill the database; answers the organisation's person with a key."""
    from sqlalchemy import text  # noqa: PLC0415

    from app import wiring  # noqa: PLC0415
    from app.core.database import Database  # noqa: PLC0415
    from app.core.settings import Environment, Settings  # noqa: PLC0415
    from app.main import create_app, open_context  # noqa: PLC0415
    from app.system.worklist.sections import SECTIONS  # noqa: PLC0415
    from tests.support import many  # noqa: PLC0415
    from tests.support.api import Api  # noqa: PLC0415
    from tests.support.world import World  # noqa: PLC0415

    wiring.connect()
    settings = Settings(environment=Environment.SANDBOX)
    base = Database(url, settings.city, pool_size=4)
    app = create_app(settings)
    app.state.context = open_context(settings, base)
    async with Api(app) as api:
        world = await World.create(base, api)
        owner = await world.enterprise()
        async with base.transaction() as session:

            async def insert(statement: str) -> None:
                await session.execute(text(statement.replace(":", "\\:")))

            await many.fill(insert, ROWS, owner.organisation_id, rare=ROWS // OWN)
    await base.close()
    connection = await asyncpg.connect(url)
    await connection.execute("VACUUM ANALYZE")
    count = 0
    for section in SECTIONS:
        where = section.where.replace(":now", "techex_now()")
        count += await connection.fetchval(f"SELECT count(*) FROM {section.source} WHERE {where}")
    await connection.close()
    print(f"# {count} open matters", flush=True)
    return owner


async def measured(port: int, secret: str) -> None:
    """Print how many there are, and the figure."""
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as asking:
        counts = (await asking.get(f"{PATH}/counts")).json()["counts"]
        print(f"# {sum(row['count'] for row in counts)} of the organisation, of {len(counts)} kinds", flush=True)
        cursor = (await asking.get(PATH)).json()["next_cursor"]
    paths = [PATH, f"{PATH}?cursor={cursor}", f"{PATH}?due_until=2026-12-31", f"{PATH}?kind=answer_response"]
    found = await p95(port, secret, paths)
    print(f"worklist_p95_ms_{CLIENTS}_clients ours={found:.0f} limit={LIMIT} ratio={found / LIMIT:.2f} goal=<=1")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    with database() as found:
        party = asyncio.run(filled(found))
        environment = {"DATABASE_URL": found, "TECHEX_ENVIRONMENT": "sandbox"}
        with server("app.main:create_app", environment, factory=True) as port:
            asyncio.run(measured(port, party.secret))
