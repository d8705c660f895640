"""An auction followed live: nothing lost, nothing twice, in order, whoever decides the bids and whatever breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from app.core.settings import Settings
from app.pricing.auction.bidding import house
from tests.market.listings.factory import move_clock_to
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.pricing.auction.live.watching import Viewer, another, serving
from tests.support.databases import execute
from tests.support.stages import Stage
from tests.support.world import World

LISTENERS = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"


@pytest.fixture
def scene(fresh_world: World, stage: Stage) -> Scene:
    played: Scene = stage.for_test(fresh_world)
    return played


@pytest.fixture
async def quiet(fresh_world: World) -> Scene:
    """An announced auction that nobody has registered for."""
    return await factory.announced(fresh_world, bidders=0)


@pytest.fixture
async def port(fresh_app: FastAPI) -> AsyncIterator[int]:
    async with serving(fresh_app) as made:
        yield made


async def bids(scene: Scene, first: int, last: int) -> int:
    """Bid in turn, each a step higher; answers the last one's place in the log."""
    seq = 0
    for n in range(first, last):
        seq = (await scene.accepted(scene.bidders[n % 2], f"{100_000 + n * 1000}.00"))["receipt"]["seq"]
    return seq


async def log_of(scene: Scene) -> list[dict[str, Any]]:
    page = await scene.world.api.ok("GET", f"{scene.path}/entries?limit=100")
    return [{name: entry[name] for name in ("seq", "hash", "content")} for entry in page["items"]]


async def test_every_watcher_of_every_process_gets_every_entry(
    scene: Scene, port: int, settings: Settings, fresh_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.pricing.auction.live.stream.LOOK_SECONDS", 60)  # what comes comes by notice
    path = f"{scene.path}/stream"
    elsewhere = settings.model_copy(update={"database_url": SecretStr(fresh_url)})
    async with AsyncExitStack() as stack:
        ports = port, await stack.enter_async_context(another(elsewhere))
        viewers = []
        for n in range(12):  # they join while the bids come in
            viewers.append(await stack.enter_async_context(Viewer(ports[n % 2], path)))
            await bids(scene, n, n + 1)
        await asyncio.gather(*(viewer.until(1) for viewer in viewers))
        seq = await bids(scene, 12, 20)
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(viewer.until(seq) for viewer in viewers))
        assert max(viewer.arrived[-1] for viewer in viewers) - began < 1
        monkeypatch.undo()
        await bids(scene, 20, 21)
        await scene.end()
        await asyncio.gather(*(viewer.until(0) for viewer in viewers))
    log = await log_of(scene)
    for viewer in viewers:
        assert viewer.events[-1] == ("end", {"over": True})
        assert [data for _, data in viewer.events[:-1]] == log
        assert [kind for kind, _ in viewer.events[:-1]] == [entry["content"]["kind"] for entry in log]


async def test_a_watcher_resumes_where_it_was(scene: Scene, port: int, fresh_app: FastAPI) -> None:
    path, seq = f"{scene.path}/stream", await bids(scene, 0, 4)
    async with (
        Viewer(port, path, {"Last-Event-ID": str(seq - 2)}) as back,
        Viewer(port, f"{path}?after={seq - 1}") as at,
        Viewer(port, f"{path}?after={2**53}") as beyond,
        Viewer(port, f"{path}?after=1", {"Last-Event-ID": str(seq)}) as both,
    ):
        await asyncio.gather(back.until(seq), at.until(seq))
        assert house.of(fresh_app).hub.watching == 4
        last = await bids(scene, 4, 5)
        await asyncio.gather(*(viewer.until(last) for viewer in (back, at, beyond, both)))
        assert (back.seqs, at.seqs) == ([seq - 1, seq, last], [seq, last])
        assert beyond.seqs == both.seqs == [last]
        await scene.end()
        await back.until(0)
    closed = back.seqs[-1]
    async with (
        Viewer(port, path, {"Last-Event-ID": str(closed)}) as again,
        Viewer(port, path, {"Last-Event-ID": str(last)}) as missed,
    ):
        assert again.status == 204, "a browser's EventSource comes back no more"
        await missed.until(0)
        assert missed.seqs == list(range(last + 1, closed + 1))


async def test_what_is_refused_is_refused_before_the_stream_begins(
    quiet: Scene, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{quiet.path}/stream"
    listing = await factory.auction_listing(quiet.world, quiet.seller)
    proposed = await factory.proposed_auction(quiet.world, quiet.seller, listing)
    for status, where, headers in (
        (404, f"/v1/auctions/{quiet.listing['id']}/stream", {}),
        (404, f"/v1/auctions/{proposed['id']}/stream", {}),
        (422, path, {"Last-Event-ID": "abc"}),
        (422, path, {"Last-Event-ID": "-1"}),
        (422, f"{path}?after={2**53 + 1}", {}),
        (401, path, {"Authorization": "Bearer nobody"}),
    ):
        async with Viewer(port, where, headers) as viewer:
            assert viewer.status == status, (where, headers)
    async with Viewer(port, path, method="HEAD") as viewer:
        assert viewer.status == 200, "its head, and then the answer ends"
    async with Viewer(port, path, {"Authorization": f"Bearer {quiet.seller.secret}"}) as viewer:
        assert (viewer.status, b"no-store" in viewer.head) == (200, True)
        await viewer.until(1)
        monkeypatch.setattr("app.pricing.auction.live.stream.MAX_WATCHERS", 1)
        async with Viewer(port, path) as refused:
            assert (refused.status, b"retry-after: 5" in refused.head) == (503, True)


async def test_nothing_is_left_of_a_client_that_goes_away(
    quiet: Scene, port: int, fresh_app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.pricing.auction.live.stream.KEEP_SECONDS", 0.02)
    monkeypatch.setattr("app.pricing.auction.live.stream.LOOK_SECONDS", 0.02)
    tasks, measured = len(asyncio.all_tasks()), await measures(quiet)
    async with AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(Viewer(port, f"{quiet.path}/stream")) for _ in range(5)]
        await asyncio.gather(*(viewer.until(1) for viewer in viewers))
        assert house.of(fresh_app).hub.watching == 5
        pool: Any = quiet.world.database.engine.pool
        assert pool.checkedout() <= 1, "no connection is held for a watcher"
    async with asyncio.timeout(2):  # the server's own callbacks
        while len(asyncio.all_tasks()) > tasks or house.of(fresh_app).hub.watching:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    requests, timed, watching = await measures(quiet)
    assert (requests - measured[0], watching) == (5, 0)
    assert timed == measured[1], "an hour of watching is no slow answer"


async def measures(scene: Scene) -> tuple[float, float, float]:
    """How many streams were answered, how many were timed, and how many watch, by the metrics."""
    text = (await scene.world.api.get("/metrics")).text
    route = 'route="/v1/auctions/{auction_id}/stream"'
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    names = (
        f'techex_http_requests_total{{method="GET",{route},status="200"}}',
        f'techex_http_request_seconds_count{{method="GET",{route}}}',
        "techex_auction_watchers",
    )
    one, two, three = (float(found.get(name, 0)) for name in names)
    return one, two, three


async def test_watchers_outlive_lost_connections(scene: Scene, port: int, fresh_url: str) -> None:
    clock = asyncio.get_running_loop().time
    async with Viewer(port, f"{scene.path}/stream") as viewer:
        await viewer.until(await bids(scene, 0, 1))
        await execute(fresh_url, f"SELECT pg_terminate_backend(pid) FROM ({LISTENERS}) l")
        began = clock()
        await viewer.until(await bids(scene, 1, 2))
        assert clock() - began < 1.2, "without notices the hub looks by itself"
        await listened(fresh_url)
        everything = "datname = current_database() AND pid <> pg_backend_pid()"
        await execute(fresh_url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {everything}")
        await listened(fresh_url)
        answer = await scene.bid(scene.bidders[0], "180000.00", "again")
        while answer.status_code == 503:  # the pool finds out by and by which of its connections are gone
            answer = await scene.bid(scene.bidders[0], "180000.00", "again")
        await viewer.until(answer.json()["receipt"]["seq"])
        assert viewer.seqs == list(range(1, viewer.seqs[-1] + 1))


async def listened(url: str) -> None:
    """Wait until a hub listens again."""
    connection = await asyncpg.connect(url)
    async with asyncio.timeout(3):
        while not await connection.fetch(LISTENERS):  # noqa: ASYNC110 — another process's doing, seen from outside
            await asyncio.sleep(0.01)
    await connection.close()


async def test_a_process_stops_although_it_is_watched(quiet: Scene, fresh_app: FastAPI) -> None:
    clock = asyncio.get_running_loop().time
    async with AsyncExitStack() as stack:
        async with serving(fresh_app) as port:
            idle = await stack.enter_async_context(Viewer(port, f"{quiet.path}/stream"))
            await idle.until(1)
            began = clock()
        await idle.until(0)
        assert clock() - began < 2, "the drain of 5 s is not waited for"
    assert "end" not in [kind for kind, _ in idle.events], "the auction goes on, with another process"


async def test_a_poll_is_answered_anew_only_when_something_changed(scene: Scene) -> None:
    world = scene.world
    path = f"{scene.path}/live"
    first = await world.api.get(path)
    assert (first.status_code, first.json()["minimum"], first.json()["price"]) == (200, "100000.00", None)
    tag = first.headers["etag"]
    for sent in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        same = await world.api.get(path, headers={"If-None-Match": sent})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    await scene.accepted(scene.bidders[0], "100000.00")
    changed = await world.api.get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["minimum"], changed.json()["accepted"]) == (200, "101000.00", 1)
    await scene.end()
    over = await world.api.get(path, headers={"If-None-Match": changed.headers["etag"]})
    assert (over.status_code, over.json()["status"], over.json()["minimum"]) == (200, "closed", None)
    await world.api.refused(404, "not_found", "GET", f"/v1/auctions/{scene.listing['id']}/live")


async def test_a_poll_sees_a_price_fall_that_no_entry_tells_of(world: World) -> None:
    scene = await factory.running(world, body=await factory.dutch_body(world))
    first = await world.api.get(f"{scene.path}/live")
    assert first.json()["minimum"] == "200000.00"
    await move_clock_to(world, datetime.fromisoformat(scene.auction["starts_at"]) + timedelta(minutes=10))
    fallen = await world.api.get(f"{scene.path}/live", headers={"If-None-Match": first.headers["etag"]})
    assert (fallen.status_code, fallen.json()["minimum"]) == (200, "190000.00")
