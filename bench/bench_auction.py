"""How many bids a second, complete and durable, through HTTP: against `pgbench` with one transaction a bid.

The limit is a PL/pgSQL function with the same checks, inserts and event on the same tables, called by 16 clients of
`pgbench` (bundled with the embedded PostgreSQL), which has no HTTP, no JSON, no signature and no Python to pay. Ours
runs in two API processes on the same machine, with the load generator next to them. Run: `make bench-auction`.
"""

import asyncio
import hashlib
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from common import ROOT, database, server

AUCTIONS = 101
BIDDERS = 256
LIMIT_CLIENTS = 16
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
WARM_UP = 1.5
P99_GOAL_MS = 85
EVENT = "auction.bids_decided"

LIMIT = """
CREATE FUNCTION bench_bid(a uuid, secret bytea) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  auction auctions; moment timestamptz; key api_keys; number int; bid numeric; said text; link bytea;
BEGIN
  SELECT * INTO auction FROM auctions WHERE id = a FOR NO KEY UPDATE;
  moment := techex_now();
  SELECT k.* INTO key FROM api_keys k JOIN organisations o ON o.id = k.organisation_id AND o.verification <> 'suspended'
    WHERE k.digest = secret AND k.revoked_at IS NULL AND k.expires_at > moment;
  IF NOT EXISTS (SELECT FROM memberships m WHERE m.person_id = key.person_id
       AND m.organisation_id = key.organisation_id AND m.ended_at IS NULL)
     OR EXISTS (SELECT FROM appointments p WHERE p.person_id = key.person_id AND p.ended_at IS NULL) THEN
    RAISE 'not allowed';
  END IF;
  SELECT b.paddle INTO number FROM auction_bidders b WHERE b.auction_id = a
    AND b.organisation_id = key.organisation_id AND b.withdrawn_at IS NULL;
  IF number IS NULL OR NOT EXISTS (SELECT FROM deposits d WHERE d.subject_id = auction.listing_id
       AND d.organisation_id = key.organisation_id AND d.status = 'held') THEN
    RAISE 'no bidder';
  END IF;
  IF auction.status <> 'announced' OR moment < auction.starts_at OR moment >= auction.ends_at THEN
    RAISE 'not open';
  END IF;
  bid := coalesce(auction.price, 0) + 1000;
  IF bid < coalesce(auction.price + 1000, 1000) THEN RAISE 'too low'; END IF;
  said := json_build_object('auction_id', a, 'seq', auction.last_seq + 1, 'kind', 'bid', 'at', moment, 'paddle', number,
    'amount', bid, 'accepted', true, 'price', bid, 'leader', number, 'minimum', bid + 1000, 'ends_at', auction.ends_at);
  link := sha256(auction.head || convert_to(said, 'UTF8'));
  INSERT INTO auction_entries (auction_id, seq, kind, at, content, hash, organisation_id, person_id, key_id,
      idempotency_key, request_hash)
    VALUES (a, auction.last_seq + 1, 'bid', moment, said, link, key.organisation_id, key.person_id, key.id,
      gen_random_uuid()::text, link);
  UPDATE auctions SET price = bid, leader = number, accepted = auction.accepted + 1,
      last_seq = auction.last_seq + 1, head = link
    WHERE auctions.id = a;
  INSERT INTO events (id, type, subject_type, subject_id, audiences, payload)
    VALUES (gen_random_uuid(), 'auction.bids_decided', 'auction', a,
      ARRAY['00000000-0000-7000-8000-000000000001'::uuid], jsonb_build_object('seq', auction.last_seq + 1,
      'head', encode(link, 'hex'), 'price', bid::text, 'ends_at', auction.ends_at));
  RETURN auction.last_seq + 1;
END $$;
CREATE TABLE bench_keys (n int PRIMARY KEY, digest bytea);
CREATE TABLE bench_auctions (n int PRIMARY KEY, id uuid);
CREATE FUNCTION bench_bid_as(auction int, bidder int) RETURNS bigint LANGUAGE sql AS $$
  SELECT bench_bid((SELECT id FROM bench_auctions WHERE n = auction), (SELECT digest FROM bench_keys WHERE n = bidder))
$$;
"""


def secret_of(n: int) -> str:
    """The key of the n-th bidder."""
    return f"tx_bench{n:036d}"


async def fill(url: str) -> list[UUID]:
    """Write bidders with keys and held deposits, and announced auctions that run for a day; answers their ids."""
    import asyncpg  # noqa: PLC0415

    from app.core.ids import new_id  # noqa: PLC0415
    from app.pricing.auction.proof import log  # noqa: PLC0415

    now = datetime.now(UTC)
    seller, bidders = new_id(), [(new_id(), new_id(), new_id()) for _ in range(BIDDERS)]
    auctions = [(new_id(), new_id(), new_id()) for _ in range(AUCTIONS)]
    conditions = {
        "form": "english", "starting_price": "1000.00", "ladder": [{"from_price": "0.00", "step": "1000.00"}],
        "starts_at": log.moment(now - timedelta(days=1)), "free_until": log.moment(now + timedelta(days=1)),
        "window_seconds": 300, "hard_end": None, "step_every_seconds": None, "price_floor": None,
    }  # fmt: skip
    ends_at = now + timedelta(days=1, minutes=5)
    tables: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
        "organisations": (
            "id name kind state_founded fictional verification revision",
            [(i, f"示例 {n}", "enterprise", False, True, "verified", 1) for n, i in
             enumerate([seller, *(b[0] for b in bidders)])],
        ),
        "people": ("id name", [(b[1], "示例") for b in bidders]),
        "memberships": ("id person_id organisation_id role", [(new_id(), b[1], b[0], "admin") for b in bidders]),
        "api_keys": (
            "id person_id organisation_id name prefix digest scopes expires_at last_used_at",
            [(b[2], b[1], b[0], "bench", "tx_bench", hashlib.sha256(secret_of(n).encode()).digest(), ["*:*"],
              now + timedelta(days=1), now) for n, b in enumerate(bidders)],
        ),
        "results": (
            "id number organisation_id title abstract technical_field publicly_funded secrecy export_control "
            "registered_on revision",
            [(a[2], f"R-{n}", seller, "示例成果", "示例", "new_materials", False, "none", "free", now.date(), 1)
             for n, a in enumerate(auctions)],
        ),
        "result_owners": (
            "result_id position organisation_id share",
            [(a[2], 0, seller, Decimal(1)) for a in auctions],
        ),
        "listings": (
            "id number result_id seller_id pricing_mode transfer_mode title summary terms territory asking_price "
            "closes_on status version revision published_at closes_at",
            [(a[1], f"L-{n}", a[2], seller, "auction", "assignment", "示例", "示例", "示例", "中国", Decimal(1000),
              date(2099, 1, 1), "published", 1, 1, now, now + timedelta(days=99)) for n, a in enumerate(auctions)],
        ),
        "auctions": (
            "id number listing_id listing_version seller_id title form is_contest status conditions deposit_amount "
            "announced_at starts_at ends_at shift accepted last_seq head revision",
            [(a[0], f"A-{n}", a[1], 1, seller, "示例", "english", False, "announced", json.dumps(conditions),
              Decimal(50000), now - timedelta(days=8), now - timedelta(days=1), ends_at, timedelta(0), 0, 0,
              log.genesis(a[0]), 1)
             for n, a in enumerate(auctions)],
        ),
        "auction_bidders": (
            "auction_id organisation_id paddle salt registered_at",
            [(a[0], b[0], 100 + n, "0" * 32, now) for a in auctions for n, b in enumerate(bidders)],
        ),
        "deposits": (
            "id number subject_type subject_id organisation_id required_amount status requested_at release_provisional "
            "revision",
            [(new_id(), f"B-{n}-{m}", "listing", a[1], b[0], Decimal(50000), "held", now, False, 1)
             for n, a in enumerate(auctions) for m, b in enumerate(bidders)],
        ),
    }  # fmt: skip
    connection = await asyncpg.connect(url)
    async with connection.transaction():  # the owners' shares are checked at its end
        for table, (columns, records) in tables.items():
            await connection.copy_records_to_table(table, records=records, columns=columns.split())
    await connection.execute(LIMIT)
    keys = [(n, hashlib.sha256(secret_of(n).encode()).digest()) for n in range(BIDDERS)]
    await connection.copy_records_to_table("bench_keys", records=keys)
    await connection.copy_records_to_table("bench_auctions", records=[(n, a[0]) for n, a in enumerate(auctions)])
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return [a[0] for a in auctions]


def pgbench(url: str, last_auction: int) -> float:
    """Bids a second of 16 clients, one transaction each, over auctions 0 to `last_auction`."""
    from app.run.postgres.embedded import find_binaries  # noqa: PLC0415

    script = f"\\set a random({min(1, last_auction)}, {last_auction})\n\\set b random(0, {BIDDERS - 1})\n"
    script += "SELECT bench_bid_as(:a, :b);\n"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [find_binaries() / "pgbench", "-n", "-M", "prepared", "-f", file.name, "-c", str(LIMIT_CLIENTS),
                   "-j", "2", "-T", str(int(SECONDS)), url]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    assert found, done.stdout + done.stderr
    return float(found.group(1))


class Bidders:
    """What the load generator measures: answers, how long each took, and how many bids were accepted."""

    def __init__(self, ports: Sequence[int], auctions: Sequence[UUID], connections: int, price: int) -> None:
        self.ports, self.auctions, self.connections = ports, auctions, connections
        self.price = price
        self.latencies: list[float] = []
        self.accepted = 0
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> dict[str, float]:
        loop = asyncio.get_running_loop()
        for n in range(self.connections):
            port = self.ports[n % len(self.ports)]
            await loop.create_connection(lambda n=n: _Bidder(self, n), "127.0.0.1", port)  # type: ignore[misc]
        await asyncio.wait([self.failed], timeout=WARM_UP)
        self.latencies.clear()
        self.accepted, began = 0, time.perf_counter()
        await asyncio.wait([self.failed], timeout=SECONDS)
        if self.failed.done():
            self.failed.result()
        took, seen = time.perf_counter() - began, sorted(self.latencies)
        return {
            "rate": len(seen) / took,
            "accepted": self.accepted / max(1, len(seen)),
            "p50": seen[len(seen) // 2] * 1000,
            "p99": seen[int(len(seen) * 0.99)] * 1000,
            "price": self.price,
        }


class _Bidder(asyncio.Protocol):
    """One keep-alive connection of one bidder, that bids again as soon as it was answered."""

    def __init__(self, bidders: Bidders, n: int) -> None:
        self.bidders, self.n = bidders, n
        self.buffer = b""
        self.sent = 0.0
        self.transport: asyncio.Transport | None = None
        self.serial = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._bid()

    def _bid(self) -> None:
        assert self.transport is not None
        all_ = self.bidders
        all_.price += 1000
        self.serial += 1
        auction = all_.auctions[0] if len(all_.auctions) == 1 else random.choice(all_.auctions)
        body = f'{{"amount":"{all_.price}.00"}}'
        self.sent = time.perf_counter()
        self.transport.write(
            f"POST /v1/auctions/{auction}/bids HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {secret_of(self.n)}\r\nIdempotency-Key: {all_.price}-{self.n}-{self.serial}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self.buffer.lower().index(b"content-length: ") + 16
        if len(self.buffer) < head + 4 + int(self.buffer[at : self.buffer.index(b"\r", at)]):
            return
        self.bidders.latencies.append(time.perf_counter() - self.sent)
        if self.buffer.startswith(b"HTTP/1.1 201"):
            self.bidders.accepted += 1
        elif b'"receipt"' not in self.buffer:
            self.fail(self.buffer)
            return
        self.buffer = b""
        self._bid()

    def fail(self, reason: bytes) -> None:
        if not self.bidders.failed.done():
            self.bidders.failed.set_exception(RuntimeError(repr(reason[:600])))

    def connection_lost(self, exc: Exception | None) -> None:
        self.fail(b"connection lost")


def bid(ports: Sequence[int], auctions: Sequence[UUID], connections: int, price: int) -> dict[str, float]:
    """What the load generator, a process of its own, measures."""
    job = {"ports": ports, "auctions": [str(a) for a in auctions], "connections": connections, "price": price}
    done = subprocess.run(
        [sys.executable, __file__, "load"], input=json.dumps(job).encode(), stdout=subprocess.PIPE, check=True
    )
    return cast("dict[str, float]", json.loads(done.stdout))


@contextmanager
def two_processes(url: str) -> Iterator[list[int]]:
    """Two API processes on one database."""
    with tempfile.TemporaryDirectory() as data_dir:
        environment = {
            "DATABASE_URL": url, "TECHEX_ENVIRONMENT": "sandbox", "TECHEX_DATA_DIR": data_dir,
            "TECHEX_LOG_LEVEL": os.environ.get("BENCH_LOG_LEVEL", "INFO"),
        }  # fmt: skip
        factory = "app.main:create_app"
        with server(factory, environment, factory=True) as one, server(factory, environment, factory=True) as two:
            yield [one, two]


def line(name: str, ours: float, limit: float, goal: str) -> None:
    print(f"{name} ours={ours:.0f} limit={limit:.0f} ratio={ours / limit:.2f} goal={goal}", flush=True)


def main() -> None:
    sys.path.insert(0, str(ROOT))
    with database() as url:
        auctions = asyncio.run(fill(url))
        price = 10**9
        measured: dict[str, list[float]] = {"64": [], "256": [], "100": [], "one": [], "hundred": [], "p99": []}
        with two_processes(url) as ports:
            for _ in range(ROUNDS):
                measured["one"].append(pgbench(url, 0))
                measured["hundred"].append(pgbench(url, AUCTIONS - 1))
                for name, connections, chosen in (
                    ("64", 64, auctions[:1]), ("256", 256, auctions[:1]), ("100", 256, auctions[1:]),
                ):  # fmt: skip
                    got = bid(ports, chosen, connections, price)
                    price = int(got["price"]) + 10**6
                    measured[name].append(got["rate"])
                    if name == "64":
                        measured["p99"].append(got["p99"])
                    print(f"# {name}: {got}", flush=True)
                print(f"# limits: one auction {measured['one'][-1]:.0f}/s, hundred {measured['hundred'][-1]:.0f}/s")
        median = {name: statistics.median(values) for name, values in measured.items()}
        line("auction_bids_64", median["64"], median["one"], ">=1.5")
        line("auction_bids_256", median["256"], median["one"], ">=2")
        line("auction_bids_64_p99_ms", median["p99"], P99_GOAL_MS, "<=1")
        line("auction_bids_100_auctions", median["100"], median["hundred"], ">=0.5")


async def _load(job: dict[str, Any]) -> dict[str, float]:
    bidders = Bidders(job["ports"], [UUID(a) for a in job["auctions"]], job["connections"], job["price"])
    return await bidders.run()


if __name__ == "__main__":
    if sys.argv[1:] == ["load"]:
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            print(json.dumps(runner.run(_load(json.loads(sys.stdin.read())))))
    else:
        main()
