"""Live: every entry of a log to every watcher of a process, as server-sent events (text/event-stream).

A process listens once for all its watchers, reads what is new once an auction, and hands the same bytes to all of them.
A notice may be lost with a connection, so the hub also looks twice a second at the heads of the watched logs: every
entry is out within that time, however it was written.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from uuid import UUID

from prometheus_client import Gauge
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.core.database import Database
from app.core.logs import get_logger
from app.core.web.middleware import STREAM
from app.pricing.auction import queries
from app.pricing.auction.bidding.problems import WATCHERS_TOO_MANY
from app.pricing.auction.live.notifier import Listening
from app.pricing.auction.live.watcher import Room, Watcher, message_of

log = get_logger(__name__)
WATCHERS = Gauge("techex_auction_watchers", "Clients that watch an auction's stream in this process")
LOOK_SECONDS = 0.5
KEEP_SECONDS = 1.0
BATCH = 200
READS_AT_ONCE = 4
"""Watchers that catch up share this many connections: two thousand that come back at once must not starve the bids."""
SLICE = 100
"""This many watchers are served before other work has its turn."""
MAX_WATCHERS = 10_000
Step = Callable[[], Awaitable[None]]
RETRY = b"retry: 1000\n\n"
MEDIA = "text/event-stream; charset=utf-8"
HEADERS = [
    (b"content-type", MEDIA.encode()),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Hub:
    """The watchers of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rooms: dict[UUID, Room] = {}
        self._wake = asyncio.Event()
        self._tasks: dict[Step, asyncio.Task[None]] = {}
        self._reads = asyncio.Semaphore(READS_AT_ONCE)
        self._closing = False

    @property
    def watching(self) -> int:
        """How many watch."""
        return sum(len(room.watchers) for room in self._rooms.values())

    def check_room(self) -> None:
        """Raises `watchers_too_many` where this process takes no more."""
        if self.watching >= MAX_WATCHERS:
            raise WATCHERS_TOO_MANY(limit=MAX_WATCHERS, headers={"Retry-After": "5"})

    def join(self, auction_id: UUID, head: int, after: int, send: Send, cut: Callable[[], None]) -> Watcher:
        """Let a client have all that follows the place it knows. `head`: how long the log is at least, as just read.

        Anyone who joins leaves. `cut` ends the stream of a client that takes nothing.
        """
        room = self._rooms.setdefault(auction_id, Room(auction_id, head))
        watcher = Watcher(room, after, self._read, send, cut)
        room.watchers.add(watcher)
        WATCHERS.inc()
        if self._closing:
            watcher.close()
            return watcher
        watcher.stir()
        self._wake.set()
        for step in (self._listen, self._keep):
            if step not in self._tasks:
                self._tasks[step] = asyncio.get_running_loop().create_task(self._work(step))
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """Nothing more for this watcher."""
        watcher.drop()
        room = watcher.room
        if watcher in room.watchers:
            room.watchers.discard(watcher)
            WATCHERS.dec()
        if not room.watchers and self._rooms.get(room.auction_id) is room:
            del self._rooms[room.auction_id]

    async def close(self) -> None:
        """End all streams, and every one that begins from now on: the process stops."""
        self._closing = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        for watcher in self._all():
            watcher.close()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _all(self) -> list[Watcher]:
        return [watcher for room in self._rooms.values() for watcher in room.watchers]

    async def _work(self, step: Step) -> None:
        """Do something again and again until nobody watches."""
        try:
            while self._rooms:
                await step()
        finally:
            del self._tasks[step]

    async def _keep(self) -> None:
        await asyncio.sleep(KEEP_SECONDS)
        now = asyncio.get_running_loop().time()
        await _each(self._all(), lambda watcher: watcher.keep(now))

    async def _listen(self) -> None:
        """Listen and look for as long as the connection lasts; a database that is unavailable is waited for."""
        try:
            async with Listening(self._database, self._wake.set) as listening:
                while self._rooms and not listening.lost:
                    self._wake.clear()
                    began = time.perf_counter()
                    await self._look()
                    # Under a flood of bids half of the time is the watchers', half is everybody else's.
                    await asyncio.sleep(time.perf_counter() - began)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
        except Exception as error:  # noqa: BLE001 — watchers outlive a database that is unavailable
            log.warning("stream_interrupted", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        """Send what is new to those whom it concerns; tell them where there is nothing to come."""
        for row in await queries.heads(self._database, list(self._rooms)):
            room = self._rooms.get(row["id"])
            if room is None:
                continue
            while room.watchers and room.seq < row["last_seq"]:
                await self._grow(room)
            if queries.is_over(row["status"]) and not room.over:
                room.over = True
                await _each(list(room.watchers), Watcher.stir)

    async def _grow(self, room: Room) -> None:
        rows = await queries.watched_entries(self._database, room.auction_id, room.seq, BATCH)
        room.grow(rows[-1]["seq"], b"".join(map(message_of, rows)))
        await _each(list(room.watchers), Watcher.stir)

    async def _read(self, room: Room, seq: int) -> tuple[int, bytes]:
        """What follows a place in the log, up to the room's own: for a watcher that is not in step."""
        async with self._reads:
            rows = await queries.watched_entries(self._database, room.auction_id, seq, min(BATCH, room.seq - seq))
        return rows[-1]["seq"], b"".join(map(message_of, rows))


async def _each(watchers: Sequence[Watcher], do: Callable[[Watcher], None]) -> None:
    """Do something for each, and let others have their turn now and then."""
    for number, watcher in enumerate(watchers, 1):
        do(watcher)
        if number % SLICE == 0:
            await asyncio.sleep(0)


class Stream(Response):
    """The response: what the client has missed, then what comes, a beat while nothing does."""

    def __init__(self, hub: Hub, auction_id: UUID, head: int, after: int) -> None:
        super().__init__()
        self._hub = hub
        self._auction_id = auction_id
        self._head = head
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[STREAM] = True
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": RETRY, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as patience:
                now = asyncio.get_running_loop().time
                watcher = self._hub.join(
                    self._auction_id, self._head, self._after, send, lambda: patience.reschedule(now())
                )
                try:
                    while (await receive())["type"] != "http.disconnect":  # comes as well when the last was sent
                        pass
                finally:
                    self._hub.leave(watcher)


async def past(database: Database, auction_id: UUID, seq: int) -> AsyncIterator[bytes]:
    """What the log holds after a place in it, and no more."""
    while rows := await queries.watched_entries(database, auction_id, seq, BATCH):
        yield b"".join(map(message_of, rows))
        seq = rows[-1]["seq"]
