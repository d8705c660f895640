"""How fast the public reads a listing, and a page of them, among 100 000: against a bare FastAPI + asyncpg handler.

Both run in one uvicorn process each, on the same database, and answer the same bytes. Ours also gives a request id,
a log line, metrics, and checks access. Run from the repository: `python bench/bench_listings.py`.
"""

import asyncio
import hashlib
import json
import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from common import body_of, compare, database, report, server

LISTINGS = 100_000
SELLERS = 100
GOAL = 0.5
PARAGRAPH = "本成果面向光电检测与生物制造，已完成中试，工艺稳定，适合在汉企业产业化。" * 8


async def fill(url: str, count: int = LISTINGS) -> list[UUID]:
    """Write published listings with contents of a usual size; answers their ids."""
    import asyncpg  # noqa: PLC0415

    from app.core.ids import new_id  # noqa: PLC0415

    connection = await asyncpg.connect(url)
    sellers = [new_id() for _ in range(SELLERS)]
    await connection.copy_records_to_table(
        "organisations",
        records=[
            (i, f"示例机构 {n}", "new_type_rd_institution", False, True, "verified", 1) for n, i in enumerate(sellers)
        ],
        columns=["id", "name", "kind", "state_founded", "fictional", "verification", "revision"],
    )
    results, listings, versions = [], [], []
    base = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(count):
        published = base + timedelta(seconds=n)
        row = _row(new_id(), new_id(), n, sellers[n % SELLERS], published)
        results.append(row[0])
        listings.append(row[1])
        versions.append(row[2])
    async with connection.transaction():  # the owners' shares are checked at its end
        await _copy(connection, "results", results)
        await _copy(connection, "result_owners", [(row[0], 0, row[2], Decimal(1)) for row in results])
    await _copy(connection, "listings", listings)
    await _copy(connection, "listing_versions", versions)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return [row[0] for row in listings]


COLUMNS = {
    "results": "id number organisation_id title abstract technical_field publicly_funded secrecy export_control "
    "registered_on revision",
    "result_owners": "result_id position organisation_id share",
    "listings": "id number result_id seller_id pricing_mode allocation transfer_mode title summary terms territory "
    "asking_price closes_on status version revision technical_field published_at closes_at",
    "listing_versions": "listing_id version content card sha256 published_at",
}


def _row(listing: UUID, result: UUID, n: int, seller: UUID, at: datetime) -> tuple[tuple[object, ...], ...]:
    number, title, closes_on = f"WH-L-2026-{n:06d}", f"示例成果第 {n} 号的独占许可", date(2027, 1, 1)
    party = {"id": str(seller), "kind": "new_type_rd_institution", "name": f"示例机构 {n % SELLERS}"}
    card = {
        "allocation": "first_come", "asking_price": "1000000.00", "closes_on": "2027-01-01", "id": str(listing),
        "number": number, "pricing_mode": "listed", "seller": party, "technical_field": "new_materials",
        "territory": "中国境内", "title": title, "transfer_mode": "exclusive_licence", "version": 1,
    }  # fmt: skip
    content = card | {
        "agency": None, "documents": [], "summary": PARAGRAPH, "terms": PARAGRAPH,
        "result": {"id": str(result), "number": f"WH-R-2026-{n:06d}", "readiness_level": 7,
                   "technical_field": "new_materials", "title": title},
    }  # fmt: skip
    del content["technical_field"]
    sealed, short = (json.dumps(x, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for x in (content, card))
    return (
        (result, f"WH-R-2026-{n:06d}", seller, title, PARAGRAPH, "new_materials", False, "none", "none", at.date(), 1),
        (listing, number, result, seller, "listed", "first_come", "exclusive_licence", title, PARAGRAPH, PARAGRAPH,
         "中国境内", Decimal(1_000_000), closes_on, "published", 1, 3, "new_materials", at, at + timedelta(days=365)),
        (listing, 1, sealed, short, hashlib.sha256(sealed.encode()).hexdigest(), at),
    )  # fmt: skip


async def _copy(connection: Any, table: str, records: list[tuple[object, ...]]) -> None:
    await connection.copy_records_to_table(table, records=records, columns=COLUMNS[table].split())


def without_time(body: bytes) -> bytes:
    """A body without the one value that differs each time."""
    return re.sub(rb'"server_time":"[^"]+"', b"", body)


def main() -> None:
    """Fill, start both servers, check that they answer the same, measure."""
    with database() as url:
        ids = asyncio.run(fill(url))
        print(f"# {LISTINGS} listings; {len(PARAGRAPH.encode()) * 2} bytes of text in each")
        page = "/v1/listings?limit=20"
        one = [f"/v1/listings/{listing}" for listing in random.sample(ids, 5000)]
        environment = {"DATABASE_URL": url, "TECHEX_ENVIRONMENT": "production"}
        with server("app.main:create_app", environment, factory=True) as ours:
            cursor = str(json.loads(body_of(ours, page))["next_cursor"])
            with server("bench.bare_listings:app", environment | {"BENCH_CURSOR": cursor}) as bare:
                for path in (one[0], page):
                    ours_body, bare_body = without_time(body_of(ours, path)), without_time(body_of(bare, path))
                    if ours_body != bare_body:
                        raise SystemExit(f"{path}: the two do not answer the same bytes")
                    print(f"# {path.split('?')[0][:13]}: {len(ours_body)} bytes")
                for name, paths in (("listing_read", one), ("listing_page", [page])):
                    report(name, *compare(ours, bare, paths), GOAL)


if __name__ == "__main__":
    main()
