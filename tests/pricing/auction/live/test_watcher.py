"""What one watcher is sent, whatever the order in which the log grows, the client reads and the database answers."""

import asyncio
import random
from typing import Any

import pytest

from app.core.ids import new_id
from app.pricing.auction.live.watcher import BEAT, BEAT_SECONDS, END, KEPT_BATCHES, STALL_SECONDS, Room, Watcher


class Client:
    """A client whose connection takes bytes only while `open`, and a log that it is read from."""

    def __init__(self, room: Room, seq: int) -> None:
        self.bodies: list[bytes] = []
        self.first = seq
        self.more = True
        self.cuts = 0
        self.reads = 0
        self.open = asyncio.Event()
        self.open.set()
        self.away = False
        self.watcher = Watcher(room, seq, self.read, self.send, self.cut)
        room.watchers.add(self.watcher)

    async def send(self, message: Any) -> None:
        await self.open.wait()
        self.bodies.append(message["body"])
        self.more = message["more_body"]

    async def read(self, room: Room, seq: int) -> tuple[int, bytes]:
        self.reads += 1
        limit = room.seq
        await asyncio.sleep(0)
        if self.away:
            raise OSError("the database is away")
        last = min(limit, seq + 3)
        return last, entries(seq, last)

    def cut(self) -> None:
        self.cuts += 1

    @property
    def seqs(self) -> list[int]:
        return [int(word) for body in self.bodies if body not in (b"", BEAT, END) for word in body.split()]


def entries(first: int, last: int) -> bytes:
    return b"".join(b"%d " % seq for seq in range(first + 1, last + 1))


def grow(room: Room, count: int) -> None:
    last = room.seq + count
    room.grow(last, entries(room.seq, last))
    for each in list(room.watchers):
        each.stir()


async def settle() -> None:
    for _ in range(300):
        await asyncio.sleep(0)


class Play:
    """A log that grows while clients come, stop reading and lose the database, in an order that a seed chooses."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.room = Room(new_id(), self.chance.randrange(6))
        self.clients: list[Client] = []

    async def step(self) -> None:
        one = self.chance.choice(self.clients) if self.clients else None
        match self.chance.randrange(7), one:
            case ((0 | 1), _):
                grow(self.room, self.chance.randint(1, 4))
            case 2, _ if len(self.clients) < 4:
                self.clients.append(Client(self.room, self.chance.randint(0, self.room.seq)))
                self.clients[-1].watcher.stir()
            case ((3 | 4), Client()):
                (one.open.clear if one.open.is_set() else one.open.set)()
            case 5, Client():
                one.away = not one.away
            case _:
                await asyncio.sleep(0)

    async def end(self) -> None:
        for one in self.clients:
            one.away = False
            one.open.set()
        await settle()
        for one in self.clients:
            one.watcher.keep(0)
        await settle()
        self.room.over = True
        for one in self.clients:
            assert one.watcher.seq == self.room.seq
            one.watcher.stir()
        await settle()


@pytest.mark.parametrize("seed", range(30))
async def test_every_entry_once_and_in_order(seed: int) -> None:
    play = Play(seed)
    for _ in range(120):
        await play.step()
    await play.end()
    assert play.clients
    for one in play.clients:
        assert one.seqs == list(range(one.first + 1, play.room.seq + 1))
        assert (one.bodies[-1], one.more) == (END, False)


async def test_who_is_in_step_costs_no_read_and_shares_the_bytes() -> None:
    room = Room(new_id(), 7)
    one, two = Client(room, 7), Client(room, 7)
    grow(room, 2)
    await settle()
    grow(room, 1)
    await settle()
    assert (one.seqs, one.reads, two.reads) == ([8, 9, 10], 0, 0)
    assert all(mine is others for mine, others in zip(one.bodies, two.bodies, strict=True))


async def test_who_does_not_read_keeps_nothing_waiting_and_is_cut_off() -> None:
    room = Room(new_id(), 0)
    slow, quick = Client(room, 0), Client(room, 0)
    slow.open.clear()
    for _ in range(3 * KEPT_BATCHES):
        grow(room, 10)
        await settle()
    now = asyncio.get_running_loop().time()
    slow.watcher.keep(now + STALL_SECONDS - 1)
    assert (quick.seqs, slow.bodies, slow.cuts) == (list(range(1, room.seq + 1)), [], 0)
    slow.open.set()
    await settle()
    assert slow.seqs == quick.seqs, "it was slow, and has missed nothing"
    assert slow.reads > 0, "what was not kept at hand was read again"
    slow.open.clear()
    grow(room, 1)
    await settle()
    for _ in range(2):
        slow.watcher.keep(asyncio.get_running_loop().time() + STALL_SECONDS + 1)
    assert slow.cuts == 1
    slow.watcher.drop()
    await settle()
    assert (slow.seqs[-1], slow.watcher.busy) == (room.seq - 1, False), "it will come back with the last id it has"


async def test_beats_come_while_nothing_else_does() -> None:
    room = Room(new_id(), 0)
    one = Client(room, 0)
    now = asyncio.get_running_loop().time()
    for seconds in (1, BEAT_SECONDS - 1, BEAT_SECONDS + 1):
        one.watcher.keep(now + seconds)
        await settle()
    assert one.bodies == [BEAT]


async def test_a_process_that_stops_ends_every_stream_at_once() -> None:
    room = Room(new_id(), 0)
    idle, stuck, behind = Client(room, 0), Client(room, 0), Client(room, 0)
    behind.away = stuck.away = True
    stuck.open.clear()
    grow(room, 1)
    await settle()
    for one in (idle, stuck, behind):
        one.watcher.close()
    await settle()
    assert (idle.more, idle.bodies[-1], behind.more, stuck.cuts) == (False, b"", False, 1)
