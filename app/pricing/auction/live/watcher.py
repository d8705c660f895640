"""One client of an auction's stream: how far it has come, and the task that sends while there is something to send.

A watcher has no queue. It knows its place in the log; whenever that is behind its room's, the rest is sent, from what
the room has at hand or else from the log. So a client that reads slowly costs no memory but its socket's buffer, and
nothing that happens between two looks can be lost, come twice or out of order.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from starlette.types import Send

from app.core.logs import get_logger

log = get_logger(__name__)
BEAT_SECONDS = 15.0
STALL_SECONDS = 30.0
"""A client whose connection has taken no byte for so long is cut off; it comes back with its last id."""
KEPT_BATCHES = 8
BEAT = b": beat\n\n"
END = b'event: end\ndata: {"over":true}\n\n'

Read = Callable[["Room", int], Awaitable[tuple[int, bytes] | None]]
"""Messages of the log after a place, up to a room's own place at most: the last one's place, and the bytes."""


def message_of(row: Mapping[str, object]) -> bytes:
    """An entry as a server-sent event: its place in the log is the id, by which a client resumes."""
    data = f'{{"seq":{row["seq"]},"hash":"{row["hash"]}","content":{row["content"]}}}'
    return f"id: {row['seq']}\nevent: {row['kind']}\ndata: {data}\n\n".encode()


class Room:
    """Those who watch an auction in this process, and up to where its log is to be sent to them."""

    __slots__ = ("_recent", "auction_id", "over", "seq", "watchers")

    def __init__(self, auction_id: UUID, seq: int) -> None:
        self.auction_id = auction_id
        self.seq = seq
        self.over = False
        self.watchers: set[Watcher] = set()
        self._recent: deque[tuple[int, int, bytes]] = deque(maxlen=KEPT_BATCHES)

    def grow(self, last: int, message: bytes) -> None:
        """The log now goes up to `last`; `message` is all from the room's place up to there."""
        self._recent.append((self.seq, last, message))
        self.seq = last

    def after(self, seq: int) -> tuple[int, bytes] | None:
        """What follows a place, if it is still at hand: the same bytes for all who are in step."""
        return next(((last, message) for first, last, message in reversed(self._recent) if first == seq), None)


class Watcher:
    """Sends to one client. `cut` is called to end a stream whose client takes nothing."""

    __slots__ = ("_beat", "_closing", "_cut", "_ended", "_idle_since", "_read", "_send", "_sending", "_stuck_since",
                 "room", "seq")  # fmt: skip

    def __init__(self, room: Room, seq: int, read: Read, send: Send, cut: Callable[[], None]) -> None:
        self.room = room
        self.seq = seq
        self._read = read
        self._send = send
        self._cut = cut
        self._sending: asyncio.Task[None] | None = None
        self._idle_since = asyncio.get_running_loop().time()
        self._stuck_since: float | None = None
        self._beat = self._closing = self._ended = False

    @property
    def busy(self) -> bool:
        """Whether something is being sent, or read to be sent."""
        return self._sending is not None

    def stir(self) -> None:
        """Send what there is to send, unless that is being done already."""
        if not self.busy and not self._ended:
            self._sending = asyncio.get_running_loop().create_task(self._send_all())

    def keep(self, now: float) -> None:
        """Once a second: cut off who takes nothing, send a beat where nothing was sent, go on where it broke off."""
        if self._stuck_since is not None and now - self._stuck_since > STALL_SECONDS:
            self._give_up()
        elif now - self._idle_since > BEAT_SECONDS:
            self._beat = True
            self.stir()
        elif self.seq < self.room.seq:
            self.stir()

    def close(self) -> None:
        """End the stream at once; the client comes back, perhaps to another process."""
        self._closing = True
        if self._stuck_since is not None:
            self._give_up()
        else:
            self.stir()

    def drop(self) -> None:
        """The client is gone: nothing is sent any more."""
        self._ended = True
        if self._sending is not None:
            self._sending.cancel()

    def _give_up(self) -> None:
        cut, self._cut = self._cut, _nothing
        cut()

    async def _send_all(self) -> None:
        clock = asyncio.get_running_loop().time
        try:
            while (found := await self._next()) is not None:
                self._stuck_since = clock()
                await self._send({"type": "http.response.body", "body": found[1], "more_body": not self._ended})
                self.seq, self._stuck_since = found[0], None
        except Exception as error:  # noqa: BLE001 — a database that is unavailable is waited for: `keep` comes again
            log.warning("watcher_interrupted", error=type(error).__name__)
        finally:
            self._sending = self._stuck_since = None
            self._idle_since = clock()

    async def _next(self) -> tuple[int, bytes] | None:
        """The place after what is to be sent next and its bytes; None while there is nothing."""
        if self._ended:
            return None
        if self._closing:
            self._ended = True
            return self.seq, b""
        if self.seq < self.room.seq:
            return self.room.after(self.seq) or await self._read(self.room, self.seq)
        if self.room.over:
            self._ended = True
            return self.seq, END
        if self._beat:
            self._beat = False
            return self.seq, BEAT
        return None


def _nothing() -> None:
    """A stream is cut off once."""
