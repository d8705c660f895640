"""Live: every entry of a log to every watcher, as server-sent events (text/event-stream).

A process listens once for all its watchers (LISTEN), reads what is new once an auction, and hands the same bytes to all
of them. A notice may be lost with a connection, so the hub also looks once a second at the heads of the auctions that
are watched. Notices travel outside the transactions that decide bids: a NOTIFY inside would make their commits queue.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from uuid import UUID

import asyncpg
import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.core.database import Database
from app.pricing.auction import queries
from app.pricing.auction.admission_problems import WATCHERS_TOO_MANY

log = structlog.get_logger(__name__)
MEDIA = "text/event-stream; charset=utf-8"
CHANNEL = "techex_auctions"
LOOK_SECONDS = 1.0
BEAT_SECONDS = 15.0
BATCH = 500
MAX_BEHIND = 2000
"""How many messages may wait for a watcher that does not read; then it is cut off, and comes back with its last id."""
MAX_WATCHERS = 10_000


class Hub:
    """The watchers of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rooms: dict[UUID, _Room] = {}
        self._wake = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self.watching = 0

    def check_room(self) -> None:
        """Raises `watchers_too_many` where this process takes no more."""
        if self.watching >= MAX_WATCHERS:
            raise WATCHERS_TOO_MANY(limit=MAX_WATCHERS, headers={"Retry-After": "5"})

    async def join(self, auction_id: UUID, watcher: "Watcher") -> None:
        """Let a watcher have everything after the place it knows, then whatever comes."""
        room = self._rooms.get(auction_id)
        if room is None:
            heads = await queries.heads(self._database, [auction_id])
            room = self._rooms.setdefault(auction_id, _Room(heads.get(auction_id, 0)))
        self.watching += 1
        room.watchers.add(watcher)
        if self._work is None:
            self._work = asyncio.get_running_loop().create_task(self._run())

    def leave(self, auction_id: UUID, watcher: "Watcher") -> None:
        room = self._rooms.get(auction_id)
        if room is not None and watcher in room.watchers:
            self.watching -= 1
            room.watchers.discard(watcher)
            if not room.watchers:
                del self._rooms[auction_id]

    async def close(self) -> None:
        """End the work; every watcher is told that the stream is over."""
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work
        for room in self._rooms.values():
            for watcher in room.watchers:
                watcher.end()

    async def _run(self) -> None:
        """Listen and look until nobody watches; a lost database is waited for."""
        while self._rooms:
            try:
                async with _listening(self._database, self._wake.set):
                    while self._rooms:
                        await self._look()
                        with suppress(TimeoutError):
                            await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
                        self._wake.clear()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 — watchers outlive a database that is away
                log.warning("stream_interrupted", error=type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)
        self._work = None

    async def _look(self) -> None:
        """Hand out what is new in the rooms."""
        heads = await queries.heads(self._database, list(self._rooms))
        for auction_id, head in heads.items():
            room = self._rooms.get(auction_id)
            while room is not None and room.seq < head:
                rows = await queries.watched_entries(self._database, auction_id, room.seq, BATCH)
                if not rows:
                    break
                first, room.seq = room.seq, rows[-1]["seq"]
                message = b"".join(message_of(row) for row in rows)
                for watcher in room.watchers:
                    watcher.push(first, room.seq, message)


class _Room:
    """Who watches an auction, and up to where the log was handed out."""

    __slots__ = ("seq", "watchers")

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self.watchers: set[Watcher] = set()


class Watcher:
    """One client of the stream: what waits to be sent to it."""

    __slots__ = ("_ended", "_waiting", "_wake", "seq")

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self._waiting: deque[tuple[int, int, bytes]] = deque()
        self._wake: asyncio.Future[None] | None = None
        self._ended = False

    def push(self, first: int, last: int, message: bytes) -> None:
        self._waiting.append((first, last, message))
        if len(self._waiting) > MAX_BEHIND:
            self._ended = True
        self._stir()

    def end(self) -> None:
        self._ended = True
        self._stir()

    def _stir(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def next(self) -> tuple[int, int, bytes] | None:
        """What comes next, or None: nothing for a while, or the end."""
        if not self._waiting and not self._ended:
            self._wake = asyncio.get_running_loop().create_future()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake, BEAT_SECONDS)
            self._wake = None
        if self._waiting and not self._ended:
            return self._waiting.popleft()
        return None

    @property
    def ended(self) -> bool:
        return self._ended


class Stream(Response):
    """The response: what the client has missed, then what comes, a beat while nothing does."""

    def __init__(self, hub: Hub, database: Database, auction_id: UUID, after: int) -> None:
        super().__init__()
        self._hub = hub
        self._database = database
        self._auction_id = auction_id
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [
            (b"content-type", MEDIA.encode()),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        watcher = Watcher(self._after)
        await self._hub.join(self._auction_id, watcher)
        gone = asyncio.ensure_future(_gone(receive))
        sending = asyncio.ensure_future(self._send(watcher, send))
        try:
            await asyncio.wait({gone, sending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(self._auction_id, watcher)
            for task in (gone, sending):
                task.cancel()
                with suppress(asyncio.CancelledError, OSError):
                    await task
        if not gone.done() or gone.cancelled():
            with suppress(OSError):
                await send({"type": "http.response.body", "body": b""})

    async def _send(self, watcher: Watcher, send: Send) -> None:
        async def give(body: bytes) -> None:
            await send({"type": "http.response.body", "body": body, "more_body": True})

        await give(b"retry: 1000\n\n")
        seq = await self._catch_up(self._after, give)
        while not watcher.ended:
            found = await watcher.next()
            if found is None:
                await give(b": beat\n\n")
                continue
            first, last, message = found
            if last <= seq:
                continue  # it was among what the client had missed
            if first != seq:
                seq = await self._catch_up(seq, give)
                continue
            await give(message)
            seq = last

    async def _catch_up(self, seq: int, give: Callable[[bytes], Awaitable[None]]) -> int:
        while True:
            rows = await queries.watched_entries(self._database, self._auction_id, seq, BATCH)
            if not rows:
                return seq
            await give(b"".join(message_of(row) for row in rows))
            seq = rows[-1]["seq"]


async def past(database: Database, auction_id: UUID, seq: int) -> AsyncIterator[bytes]:
    """What the log holds after a place in it, and no more."""
    while rows := await queries.watched_entries(database, auction_id, seq, BATCH):
        yield b"".join(message_of(row) for row in rows)
        seq = rows[-1]["seq"]


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def message_of(row: Mapping[str, object]) -> bytes:
    """An entry as a server-sent event: its place in the log is the id, by which a client resumes."""
    data = f'{{"seq":{row["seq"]},"hash":"{row["hash"]}","content":{row["content"]}}}'
    return f"id: {row['seq']}\nevent: {row['kind']}\ndata: {data}\n\n".encode()


class Notifier:
    """Tells all processes that logs have grown: after the commits, together, never in their way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._grown = False
        self._work: asyncio.Task[None] | None = None

    def grown(self) -> None:
        self._grown = True
        if self._work is None and self._database.bound is None:  # one bound connection cannot do two things at once
            self._work = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._grown:
                self._grown = False
                await self._database.fetch("SELECT pg_notify($1, '')", CHANNEL)
                await asyncio.sleep(0.02)  # one notice for whatever is decided meanwhile
        except Exception as error:  # noqa: BLE001 — the hubs look by themselves, a second later
            log.warning("notice_lost", error=type(error).__name__)
        finally:
            self._work = None


class _listening:  # noqa: N801 — a context manager
    """A connection of its own that listens."""

    def __init__(self, database: Database, heard: Callable[[], None]) -> None:
        self._database = database
        self._heard = heard
        self._connection: asyncpg.Connection | None = None

    async def __aenter__(self) -> None:
        self._connection = await self._database.driver_connection()
        await self._connection.add_listener(CHANNEL, lambda *_: self._heard())

    async def __aexit__(self, *error: object) -> None:
        if self._connection is not None:
            await self._connection.close(timeout=1)
