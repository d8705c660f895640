"""Several at once on one auction, with real commits: two clerks, the closing worker, retries, what fails in between."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from app.core.clock import read_clock
from app.core.database import Session
from app.core.deadlines import run_due
from app.core.settings import Settings
from app.office.ledger.deposits import service as deposits
from app.pricing.auction.bidding import clerk, turn
from app.pricing.auction.proof.transcript import verify_transcript
from tests.market.listings.factory import move_clock_to
from tests.office.ledger.factory import balances
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.support.api import Api
from tests.support.applications import application
from tests.support.world import Party, World


@pytest.fixture
async def other(settings: Settings, fresh_world: World) -> AsyncIterator[Api]:
    """Another API process, as far as the clerk goes: an application with an auction house of its own."""
    async with Api(application(settings, fresh_world.database, "other")) as api:
        yield api


async def bid(
    api: Api, scene: Scene, bidder: Party, amount: str, key: str | None = None, **body: Any
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.post(f"{scene.path}/bids", bidder, json={"amount": amount, **body}, headers=headers)


@asynccontextmanager
async def held(world: World, scene: Scene) -> AsyncIterator[Session]:
    """A rival holds the auction's row until the block ends."""
    async with world.database.transaction() as session:
        locking = text("SELECT 1 FROM auctions WHERE id = CAST(:id AS uuid) FOR UPDATE")
        await session.execute(locking, {"id": scene.id})
        yield session


async def await_waiting(world: World, count: int = 1) -> None:
    """Until so many transactions wait for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10):
        while True:
            async with world.database.reading() as session:
                if (await session.execute(waiting)).scalar_one() >= count:
                    return
            await asyncio.sleep(0.005)


async def log_of(scene: Scene, *answers: httpx.Response) -> list[dict[str, Any]]:
    """The contents of the log, which verifies with the receipts of these answers."""
    file = await scene.world.api.ok("GET", f"{scene.path}/transcript")
    receipts = [answer.json()["receipt"] for answer in answers if "receipt" in answer.json()]
    report = verify_transcript(file, receipts)
    assert report.ok, report.problems
    return [entry["content"] for entry in file["entries"]]


def bids_of(contents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [content for content in contents if content["kind"] == "bid"]


async def count(world: World, table: str) -> int:
    async with world.database.reading() as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_two_clerks_decide_one_after_another(fresh_world: World, other: Api) -> None:
    scene = await factory.running(fresh_world, bidders=3)
    answers = await asyncio.gather(
        *(
            bid(api, scene, bidder, f"{100000 + 1000 * number + 500 * place:.2f}")
            for number in range(6)
            for place, bidder in enumerate(scene.bidders)
            for api in (fresh_world.api, other)
        )
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    contents = await log_of(scene, *answers)
    assert [content["seq"] for content in contents] == list(range(1, len(contents) + 1))
    assert sorted(answer.json()["receipt"]["seq"] for answer in answers) == [b["seq"] for b in bids_of(contents)]
    prices = [float(content["price"]) for content in bids_of(contents) if content["accepted"]]
    assert all(later - earlier >= 1000 for earlier, later in itertools.pairwise(prices))


@pytest.mark.parametrize("together", [True, False])
async def test_an_auction_whose_row_is_held_makes_no_bid_on_another_late(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch, together: bool
) -> None:
    """Its close may take seconds, with hundreds of deposits to give back; all share one queue here."""
    monkeypatch.setattr(clerk, "LANES", 1)
    scenes = [await factory.announced(fresh_world) for _ in range(3)]
    await scenes[0].begin()  # they begin together
    for scene in scenes:
        for bidder in scene.bidders:  # from now on the door knows their keys, and asks the database nothing
            assert (await scene.bid(bidder, "1.00")).json()["code"] == "bid_too_low"
    busy, *free = scenes
    async with held(fresh_world, busy):
        waiting = [asyncio.create_task(busy.bid(bidder, "100000.00")) for bidder in busy.bidders]
        if not together:
            await await_waiting(fresh_world)
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*(s.bid(b, "100000.00") for s in free for b in s.bidders))
        assert [answer.status_code for answer in answers] == [201, 409] * 2
        assert not any(task.done() for task in waiting)
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [201, 409]


async def test_bids_that_waited_together_are_decided_in_the_order_of_arrival(fresh_world: World) -> None:
    scene = await factory.running(fresh_world, bidders=3)
    for bidder in scene.bidders:  # from now on the door knows their keys, and asks the database nothing
        assert (await scene.bid(bidder, "1.00")).json()["code"] == "bid_too_low"
    async with held(fresh_world, scene):
        waiting = [asyncio.create_task(scene.bid(scene.bidders[0], "100000.00"))]
        await await_waiting(fresh_world)
        rising = [(scene.bidders[1 + n % 2], f"{101000 + n * 1000}.00") for n in range(6)]
        waiting += [asyncio.create_task(scene.bid(bidder, amount)) for bidder, amount in rising]
        await asyncio.sleep(0.05)
    answers = await asyncio.gather(*waiting)
    assert [answer.status_code for answer in answers] == [201] * 7
    assert len({answer.json()["server_time"] for answer in answers}) == 1, "they went in one turn"
    seqs = [answer.json()["seq"] for answer in answers]
    assert seqs == sorted(seqs)
    await log_of(scene, *answers)


@pytest.mark.parametrize("ahead", ["1 hour", "-1 second"])
async def test_a_bid_is_decided_by_the_time_after_the_lock(fresh_world: World, ahead: str) -> None:
    """It was sent in time; when the row came free, the end was past."""
    scene = await factory.running(fresh_world, bidders=1)
    async with held(fresh_world, scene):
        waiting = asyncio.create_task(scene.bid(scene.bidders[0], "100000.00"))
        await await_waiting(fresh_world)
        end = datetime.fromisoformat(scene.auction["ends_at"])
        await move_clock_to(fresh_world, end - timedelta(hours=1) if ahead == "1 hour" else end)
    answer = await waiting
    assert answer.json().get("code") == (None if ahead == "1 hour" else "bid_too_late"), answer.text
    await log_of(scene, answer)


async def test_a_bid_and_the_closing_worker_meet_at_the_end(fresh_world: World, scene: Scene) -> None:
    """The worker waits for the row since the end; the late bid before it in the queue is logged before the close."""
    first = await scene.bid(scene.bidders[0], "100000.00")
    async with held(fresh_world, scene):
        await move_clock_to(fresh_world, datetime.fromisoformat(scene.auction["ends_at"]))
        late = asyncio.create_task(scene.bid(scene.bidders[1], "120000.00"))
        await await_waiting(fresh_world, 1)
        closing = asyncio.create_task(run_due(fresh_world.database))
        await await_waiting(fresh_world, 2)
    answer, _ = await asyncio.gather(late, closing)
    contents = await log_of(scene, first, answer)
    assert answer.json()["code"] == "bid_too_late"
    assert [content["kind"] for content in contents[-2:]] == ["bid", "closed"]
    assert contents[-1]["price"] == "100000.00"


async def test_two_workers_close_once(fresh_world: World, scene: Scene) -> None:
    await scene.accepted(scene.bidders[0], "100000.00")
    async with held(fresh_world, scene):
        await move_clock_to(fresh_world, datetime.fromisoformat(scene.auction["ends_at"]))
        workers = [asyncio.create_task(run_due(fresh_world.database)) for _ in range(2)]
        await await_waiting(fresh_world)
    await asyncio.gather(*workers)
    await run_due(fresh_world.database)
    kinds = [content["kind"] for content in await log_of(scene)]
    assert kinds.count("closed") == 1
    assert (await count(fresh_world, "deals"), await count(fresh_world, "auction_confirmations")) == (1, 1)
    assert await count(fresh_world, "settlement_instructions") == 1, "the loser's deposit is owed back once"
    assert (await balances(fresh_world))["deposit_held"] == factory.DEPOSIT


@pytest.mark.parametrize("processes", [1, 2])
async def test_one_key_sent_twice_at_once_is_one_bid(fresh_world: World, other: Api, processes: int) -> None:
    scene = await factory.running(fresh_world, bidders=1)
    apis = [fresh_world.api, other if processes == 2 else fresh_world.api]
    body = {"maximum": "150000.00"}
    async with held(fresh_world, scene):
        waiting = [asyncio.create_task(bid(api, scene, scene.bidders[0], "100000.00", "same", **body)) for api in apis]
        await await_waiting(fresh_world, processes)
    first, second = await asyncio.gather(*waiting)
    again = await bid(other, scene, scene.bidders[0], "100000.00", "same", **body)
    assert (first.status_code, first.content) == (201, second.content)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(bids_of(await log_of(scene, first))) == 1
    reused = await bid(other, scene, scene.bidders[0], "100001.00", "same", **body)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    low = [await bid(api, scene, scene.bidders[0], "1.00", "low") for api in (fresh_world.api, other)]
    assert low[0].content == low[1].content
    assert low[0].json()["code"] == "bid_already_leading"


async def test_a_client_that_goes_away_leaves_its_bid(fresh_world: World, scene: Scene) -> None:
    async with held(fresh_world, scene):
        gone = asyncio.create_task(scene.bid(scene.bidders[0], "100000.00", "gone"))
        await await_waiting(fresh_world)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
    answer = await scene.bid(scene.bidders[1], "101000.00")
    again = await scene.bid(scene.bidders[0], "100000.00", "gone")
    assert (answer.status_code, again.status_code) == (201, 201)
    assert again.json()["seq"] == answer.json()["seq"] - 1
    assert again.headers["idempotency-replayed"] == "true"
    assert len(bids_of(await log_of(scene, answer, again))) == 2


async def test_what_cannot_be_decided_harms_no_other(fresh_world: World) -> None:
    """Two auctions in one lane; the leader's limit of one cannot be opened."""
    scenes = [await factory.announced(fresh_world, bidders=2) for _ in range(3)]
    await scenes[0].begin()
    lanes: dict[int, list[Scene]] = {}
    for scene in scenes:
        lanes.setdefault(int(scene.auction["id"].replace("-", ""), 16) % 2, []).append(scene)
    sick, sound = next(found for found in lanes.values() if len(found) > 1)[:2]
    await sick.accepted(sick.bidders[0], "100000.00", maximum="200000.00")
    async with fresh_world.database.transaction() as session:
        spoil = text("UPDATE auctions SET leader_secret = 'x' WHERE id = CAST(:id AS uuid)")
        await session.execute(spoil, {"id": sick.id})
    async with held(fresh_world, sound):
        waiting = [asyncio.create_task(sound.bid(bidder, f"{100000 + n * 5000}.00", f"key-{n}"))
                   for n, bidder in enumerate(sound.bidders)]  # fmt: skip
        failing = asyncio.create_task(sick.bid(sick.bidders[1], "110000.00"))
        await await_waiting(fresh_world)
    answers = await asyncio.gather(*waiting)
    assert (await failing).status_code == 500
    assert all("receipt" in answer.json() for answer in answers), [answer.text for answer in answers]
    assert len(bids_of(await log_of(sound, *answers))) == 2


async def test_what_was_not_committed_is_not_acknowledged(fresh_world: World, scene: Scene) -> None:
    """The commit itself fails, for one of two bids that were decided together."""
    statements = (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.idempotency_key = 'doomed' THEN RAISE unique_violation; END IF; RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON auction_entries DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    async with fresh_world.database.transaction() as session:
        for statement in statements:
            await session.execute(text(statement))
    async with held(fresh_world, scene):
        doomed = asyncio.create_task(scene.bid(scene.bidders[0], "100000.00", "doomed"))
        sound = asyncio.create_task(scene.bid(scene.bidders[1], "101000.00"))
        await await_waiting(fresh_world)
    refused, answer = await asyncio.gather(doomed, sound)
    assert refused.status_code >= 409
    assert "receipt" not in refused.json()
    assert answer.status_code == 201, answer.text
    (entry,) = bids_of(await log_of(scene, answer))
    assert entry["seq"] == answer.json()["seq"]


async def test_a_connection_lost_before_the_commit_acknowledges_nothing(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await factory.running(fresh_world)
    decide = turn.decide

    async def decide_and_die(driver: Any, *rest: Any) -> Any:
        answers = await decide(driver, *rest)
        async with fresh_world.database.transaction() as session:
            await session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": driver.get_server_pid()})
        return answers

    with monkeypatch.context() as patched:
        patched.setattr(turn, "decide", decide_and_die)
        lost = await scene.bid(scene.bidders[0], "100000.00", "lost")
    assert (lost.status_code, lost.json()["code"]) == (503, "temporarily_unavailable")
    assert not bids_of(await log_of(scene))
    again = await scene.bid(scene.bidders[0], "100000.00", "lost")
    assert again.status_code == 201
    assert len(bids_of(await log_of(scene, again))) == 1


async def _suspended(session: Session, scene: Scene) -> None:
    await session.execute(text("UPDATE auctions SET status = 'suspended', suspended_at = techex_now()"))


async def _cancelled(session: Session, scene: Scene) -> None:
    await session.execute(text("UPDATE auctions SET status = 'cancelled', closed_at = techex_now()"))


async def _revoked(session: Session, scene: Scene) -> None:
    revoking = text("UPDATE api_keys SET revoked_at = techex_now() WHERE person_id = :person")
    await session.execute(revoking, {"person": scene.bidders[0].person_id})


async def _deposit_gone(session: Session, scene: Scene) -> None:
    subject, now = ("listing", UUID(scene.listing["id"])), await read_clock(session)
    await deposits.release(session, subject, scene.bidders[0].organisation_id, now)


async def _dismissed(session: Session, scene: Scene) -> None:
    ending = text("UPDATE memberships SET ended_at = techex_now() WHERE person_id = :person")
    await session.execute(ending, {"person": scene.bidders[0].person_id})


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (_suspended, 409, "auction_state"),
        (_cancelled, 409, "auction_state"),
        (_revoked, 401, "unauthenticated"),
        (_dismissed, 401, "unauthenticated"),
        (_deposit_gone, 409, "deposit_missing"),
    ],
)
async def test_what_changed_while_a_bid_waited_counts(
    fresh_world: World, scene: Scene, change: Any, status: int, code: str
) -> None:
    first = await scene.bid(scene.bidders[0], "100000.00", "first")
    await scene.accepted(scene.bidders[1], "101000.00")
    async with held(fresh_world, scene) as session:
        waiting = asyncio.create_task(scene.bid(scene.bidders[0], "110000.00"))
        await await_waiting(fresh_world)
        await change(session, scene)
    answer = await waiting
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    again = await scene.bid(scene.bidders[0], "100000.00", "first")
    assert again.status_code == (401 if status == 401 else 201), "what was acknowledged stays so"
    assert again.status_code == 401 or again.content == first.content
    async with fresh_world.database.reading() as session:
        kept = (await session.execute(text("SELECT content FROM auction_entries WHERE kind = 'bid'"))).all()
    assert len(kept) == 2


async def test_cancelling_while_bids_come_ends_it_for_all(fresh_world: World, other: Api) -> None:
    scene = await factory.running(fresh_world, bidders=3)
    amounts = [f"{100000 + 1000 * n}.00" for n in range(8)]
    *answers, cancelled = await asyncio.gather(
        *(bid(api, scene, bidder, amount) for amount in amounts for bidder in scene.bidders
          for api in (fresh_world.api, other)),
        fresh_world.api.post(f"{scene.path}/cancellation", fresh_world.operator, json={"reason": "示例"}),
    )  # fmt: skip
    assert cancelled.status_code == 200, cancelled.text
    contents = await log_of(scene, *answers)
    assert [content["kind"] for content in contents].index("cancelled") == len(contents) - 1
    assert {answer.json().get("code") for answer in answers} <= {
        None, "bid_too_low", "bid_already_leading", "auction_state"
    }  # fmt: skip
    assert await count(fresh_world, "settlement_instructions") == 3
    assert (await balances(fresh_world)).get("deposit_held") is None
