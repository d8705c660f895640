"""An auction whose processes die in the middle: every acknowledged bid is in the log once, and there is one outcome.

Bidders bid all at once while an API process is killed (SIGKILL), PostgreSQL is stopped with `immediate` and the workers
are killed in the closing second. They retry at the other process with the same `Idempotency-Key`; some give up where no
answer came, and bid anew. Afterwards what they saw is held against the log (`history`), and the log against itself.
"""

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.core.database import Database
from app.core.history import audit
from app.core.settings import Environment, Settings
from app.pricing.auction.proof.published import conditions_of
from app.pricing.auction.proof.transcript import verify_transcript
from app.run.postgres.embedded import EmbeddedPostgres
from tests.chaos.processes import ApiProcess, WorkerProcess
from tests.market.listings.factory import move_clock_to
from tests.office.ledger.factory import balances
from tests.pricing.auction import factory
from tests.pricing.auction.proof import history
from tests.support.api import Api
from tests.support.applications import application
from tests.support.databases import CITY
from tests.support.machines import LONG
from tests.support.patience import PATIENCE
from tests.support.world import Party, World

BIDDERS, ROUNDS, WORKERS, THINKS = (200, 4, 2, 2.0) if LONG else (30, 1, 1, 2.0)
FORMS = ["english", "sealed"] if LONG else ["english"]
RETRY_SECONDS, GIVES_UP = 0.05, 0.2
OVER = {"bid_too_late", "auction_state"}
STEP = Decimal(1000)


@dataclass
class Seen:
    """What all bidders saw together."""

    operations: list[history.Operation] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@dataclass
class Bidder:
    """One bidder, who goes on until it is told that the bidding is over."""

    party: Party
    paddle: int
    path: str
    urls: list[str]
    seen: Seen
    random: random.Random

    async def bid_to_the_end(self, client: httpx.AsyncClient, form: str) -> None:
        least = Decimal(100000)
        async with asyncio.timeout(PATIENCE):
            while True:
                amount = least + STEP * self.random.randrange(3)
                proxies = form == "english" and self.random.random() < 0.3
                maximum = amount + STEP * self.random.randrange(20) if proxies else None
                answer = await self._bid(client, amount, maximum)
                if answer is not None and answer.get("code") in OVER:
                    return
                if answer is not None and answer.get("minimum"):
                    least = Decimal(answer["minimum"])
                await asyncio.sleep(self.random.random() * THINKS)

    async def _bid(self, client: httpx.AsyncClient, amount: Decimal, maximum: Decimal | None) -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.party.secret}", "Idempotency-Key": str(uuid.uuid4())}
        body = {"amount": f"{amount:.2f}", "maximum": None if maximum is None else f"{maximum:.2f}"}
        asked = time.monotonic()
        while True:
            url = self.random.choice(self.urls)
            try:
                answer = await client.post(f"{url}{self.path}/bids", headers=headers, json=body)
            except httpx.TransportError:
                if self.random.random() < GIVES_UP:
                    self._note(asked, None, amount, maximum, None)
                    return None
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if answer.status_code != 503:
                break
            await asyncio.sleep(RETRY_SECONDS)
        told: dict[str, Any] = answer.json()
        if "receipt" in told:
            self.seen.receipts.append(told["receipt"])
            self._note(asked, time.monotonic(), amount, maximum, told)
        elif told.get("code") not in OVER:
            self.seen.failures.append(answer.text)
        return told

    def _note(
        self, asked: float, answered: float | None, amount: Decimal, maximum: Decimal | None, told: Any | None
    ) -> None:
        answer = None
        if told is not None:
            answer = {
                "seq": told["receipt"]["seq"], "accepted": "code" not in told, "code": told.get("code"),
                "price": told["price"], "ends_at": told["ends_at"], "at": told["server_time"],
            }  # fmt: skip
        name = f"paddle {self.paddle}"
        self.seen.operations.append(
            history.Operation(name, asked, answered, self.paddle, amount, maximum, answer=answer)
        )


@asynccontextmanager
async def seen_by(durable: EmbeddedPostgres, data_dir: Path, before: World) -> AsyncIterator[World]:
    """The world on new connections: the old ones may be those of a server that has died."""
    database = Database(durable.url(), CITY)
    settings = Settings(environment=Environment.SANDBOX, data_dir=data_dir, log_level="ERROR")
    async with Api(application(settings, database, "after")) as api:
        yield World(database, api, before.staff)
    await database.close()


async def _conditions(world: World, form: str) -> dict[str, Any]:
    if form == "sealed":
        return await factory.sealed_body(world)
    body = await factory.auction_body(world, ladder=[{"from_price": "0.00", "step": f"{STEP:.2f}"}], window_seconds=2)
    end = datetime.fromisoformat(body["free_until"]) + timedelta(seconds=3)
    return body | {"hard_end": end.isoformat()}


async def _trouble(
    scene: factory.Scene, apis: list[ApiProcess], workers: list[WorkerProcess], durable: EmbeddedPostgres, data: Path
) -> None:
    """Kill one API after the other and the database, then the workers as the bidding ends."""
    for number in range(ROUNDS):
        api = apis[number % len(apis)]
        await asyncio.sleep(0.5)
        await asyncio.to_thread(api.kill)
        await asyncio.sleep(0.3)
        await asyncio.to_thread(durable.stop, "immediate")
        await asyncio.to_thread(durable.start)
        await asyncio.to_thread(api.start)
    async with seen_by(durable, data, scene.world) as world:
        end = datetime.fromisoformat(scene.auction["conditions"]["hard_end"] or scene.auction["ends_at"])
        await move_clock_to(world, end - timedelta(seconds=0.4))
    for number in range(ROUNDS):
        await asyncio.sleep(0.4)
        for worker in workers[:: 1 if number % 2 == 0 else -1]:
            await asyncio.to_thread(worker.kill)
            worker.launch()


async def _bid(bidders: list[Bidder], form: str) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE, limits=httpx.Limits(max_connections=None)) as client:
        await asyncio.gather(*(bidder.bid_to_the_end(client, form) for bidder in bidders))


@pytest.mark.chaos
@pytest.mark.parametrize("form", FORMS)
async def test_an_auction_survives_the_death_of_its_processes(
    durable: EmbeddedPostgres, world_before: World, tmp_path: Path, form: str
) -> None:
    apis = [ApiProcess(durable.url(), tmp_path) for _ in range(2)]
    workers = [WorkerProcess(durable.url(), tmp_path) for _ in range(WORKERS)]
    starting = [asyncio.create_task(asyncio.to_thread(api.start)) for api in apis]
    try:
        scene = await factory.announced(world_before, BIDDERS, await _conditions(world_before, form))
        paddles = {
            row["organisation_id"]: row["paddle"]
            for row in await _rows(world_before.database, "SELECT organisation_id, paddle FROM auction_bidders")
        }
        seen, urls = Seen(), [api.url for api in apis]
        bidders = [
            Bidder(party, paddles[party.organisation_id], scene.path, urls, seen, random.Random(number))
            for number, party in enumerate(scene.bidders)
        ]
        await asyncio.gather(*starting)
        for worker in workers:
            worker.launch()
        await scene.begin()
        await asyncio.gather(_bid(bidders, form), _trouble(scene, apis, workers, durable, tmp_path))
        async with seen_by(durable, tmp_path, world_before) as world:
            await _await_close(world)
            await _check(world, scene, seen)
    finally:
        await asyncio.gather(*starting, return_exceptions=True)
        for process in (*apis, *workers):
            process.kill()


async def _rows(database: Database, statement: str) -> list[Any]:
    async with database.reading() as session:
        return list((await session.execute(text(statement))).mappings())


async def _await_close(world: World) -> None:
    """Until a worker that was started again has done the rest."""
    async with asyncio.timeout(PATIENCE):
        while not await _rows(world.database, "SELECT 1 FROM auctions WHERE status = 'closed'"):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _check(world: World, scene: factory.Scene, seen: Seen) -> None:
    assert not seen.failures
    file = await world.api.ok("GET", f"{scene.path}/transcript")
    report = verify_transcript(file, seen.receipts)
    assert report.ok, report.problems
    contents = [entry["content"] for entry in file["entries"]]
    assert not history.check(conditions_of(contents[0]["conditions"]), contents, seen.operations)
    assert [content["kind"] for content in contents].count("closed") == 1
    assert sum(content.get("accepted", False) for content in contents) > 1, "the bidding proves nothing"
    (deal,) = await _rows(world.database, "SELECT id FROM deals")
    (confirmation,) = await _rows(world.database, "SELECT deal_id FROM auction_confirmations")
    (auction,) = await _rows(world.database, "SELECT deal_id, winner FROM auctions")
    assert deal["id"] == confirmation["deal_id"] == auction["deal_id"]
    deposits = await _rows(
        world.database,
        "SELECT d.status, b.paddle, count(i.id) AS paid_back FROM deposits d "
        "JOIN auction_bidders b ON b.organisation_id = d.organisation_id "
        "LEFT JOIN settlement_instructions i ON i.deposit_id = d.id GROUP BY d.id, b.paddle",
    )
    assert len(deposits) == BIDDERS
    for row in deposits:
        wanted = ("held", 0) if row["paddle"] == auction["winner"] else ("release_due", 1)
        assert (row["status"], row["paid_back"]) == wanted
    assert (await balances(world))["deposit_held"] == factory.DEPOSIT
    await audit.seal_all(world.database)
    async with world.database.reading() as session:
        assert (await audit.check_chain(session)).ok
