"""How long two workers take for 10 000 deadlines that fall due at one moment; each must happen exactly once.

The limit is the 60 s that the project allows itself. Six in ten are listings at their end; the others are deals whose
day to sign by has passed, which frees their listings. Run from the repository: `python bench/bench_deadlines.py`.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from bench_listings import fill
from common import ROOT, database

DEADLINES = 10_000
DEALS = 4_000
WORKERS = 2
LIMIT_SECONDS = 60.0
GIVE_UP_SECONDS = 300.0
BUYER = UUID("01890000-0000-7000-8000-0000000000b1")


async def prepare(connection: Any, listings: list[UUID]) -> None:
    """Deals that hold some of the listings; the workers start idle."""
    from app.core.ids import new_id  # noqa: PLC0415

    await connection.execute(
        "INSERT INTO organisations (id, name, kind, state_founded, fictional, verification, revision) "
        "VALUES ($1, '示例买方', 'enterprise', false, true, 'verified', 1)",
        BUYER,
    )
    rows = await connection.fetch("SELECT id, seller_id, result_id FROM listings WHERE id = ANY($1)", listings)
    agreed = datetime.now(UTC) - timedelta(days=30)
    deals, parties = [], []
    for n, row in enumerate(rows):
        deal = new_id()
        deals.append((
            deal, f"WH-D-2026-{n:06d}", "exchange", row["id"], 1, row["result_id"], "listed", "exclusive_licence",
            "示例成果", Decimal(1_000_000), "fixed", "agreed", agreed, agreed, 1,
        ))  # fmt: skip
        parties += [(deal, "seller", row["seller_id"], 0, Decimal(1)), (deal, "buyer", BUYER, 1, Decimal(1))]
    columns = "id number origin listing_id listing_version result_id pricing_mode transfer_mode subject price "
    columns += "price_basis status agreed_at contract_due_at revision"
    await connection.copy_records_to_table("deals", records=deals, columns=columns.split())
    await connection.copy_records_to_table(
        "deal_parties", records=parties, columns=["deal_id", "role", "organisation_id", "position", "share"]
    )
    await connection.execute("UPDATE listings SET status = 'reserved' WHERE id = ANY($1)", listings)
    await connection.execute("VACUUM ANALYZE")


async def fall_due(connection: Any, lapsing: list[UUID]) -> float:
    """Set all deadlines, due now; answers the time of the stop watch."""
    from app.core.ids import new_id  # noqa: PLC0415

    due = datetime.now(UTC)
    deals = [row["id"] for row in await connection.fetch("SELECT id FROM deals")]
    subjects = [("listing.closes", listing) for listing in lapsing] + [("deal.contract_due", deal) for deal in deals]
    rows = [(new_id(), kind, subject, due, due, 0) for kind, subject in subjects]
    await connection.copy_records_to_table(
        "deadlines", records=rows, columns=["id", "kind", "subject_id", "due_at", "next_attempt_at", "attempts"]
    )
    return time.perf_counter()


@contextmanager
def workers(url: str) -> Iterator[None]:
    """Two worker processes on the database."""
    environment = {**os.environ, "DATABASE_URL": url, "TECHEX_ENVIRONMENT": "production", "TECHEX_LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "app.cli", "worker"]
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(WORKERS)]
    try:
        yield
        if any(process.poll() is not None for process in processes):
            raise SystemExit("a worker ended")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


async def until(connection: Any, condition: str) -> None:
    """Wait until it holds: for deadlines, neither these nor those that they set are pending."""
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < give_up:
        if await connection.fetchval(f"SELECT {condition}"):
            return
        await asyncio.sleep(0.05)
    raise SystemExit(f"it did not come: {condition}")


async def check(connection: Any) -> None:
    """Each happened once: one settled row, one attempt, each of its events and the record of each row once."""
    counts = await connection.fetchrow(
        "SELECT count(*) AS rows, count(DISTINCT subject_id) AS subjects, max(attempts) AS attempts, "
        "count(last_error) AS errors FROM deadlines WHERE kind = ANY($1)",
        ["listing.closes", "deal.contract_due"],
    )
    told = await connection.fetch("SELECT type, count(*) AS n, count(DISTINCT subject_id) AS s FROM events GROUP BY 1")
    events = {row["type"]: (row["n"], row["s"]) for row in told}
    lapsed = DEADLINES - DEALS
    wanted = {"listing.lapsed": (lapsed,) * 2, "deal.expired": (DEALS,) * 2, "listing.released": (DEALS,) * 2}
    wanted["record.written"] = (DEADLINES + DEALS,) * 2  # each listing, and each deal
    if tuple(counts) != (DEADLINES, DEADLINES, 1, 0) or events != wanted:
        raise SystemExit(f"not exactly once: {tuple(counts)}, {events}")


async def measure(url: str) -> float:
    """Seconds from the moment they fall due until all are settled."""
    listings = await fill(url, DEADLINES)
    connection = await asyncpg.connect(url)
    try:
        await prepare(connection, listings[:DEALS])
        with workers(url):
            await until(connection, f"count(*) >= {WORKERS} FROM pg_stat_activity WHERE application_name = 'techex'")
            began = await fall_due(connection, listings[DEALS:])
            await until(connection, "count(*) = 0 FROM deadlines WHERE settled_at IS NULL")
            took = time.perf_counter() - began
            behind = await connection.fetchval(
                "SELECT (SELECT count(*) FROM events) - (SELECT count(*) FROM audit_seals)"
            )
        await check(connection)
        print(f"# {DEADLINES} deadlines, {WORKERS} workers: {DEADLINES / took:.0f}/s; {behind} events not yet sealed")
        return took
    finally:
        await connection.close()


def main() -> None:
    """Fill a durable database, start both workers, let everything fall due at once."""
    with database() as url:
        took = asyncio.run(measure(url))
    ratio = took / LIMIT_SECONDS
    print(f"deadlines_{DEADLINES} ours={took:.1f} limit={LIMIT_SECONDS:.0f} ratio={ratio:.2f} goal=<=1")


if __name__ == "__main__":
    main()
