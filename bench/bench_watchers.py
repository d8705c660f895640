"""How late 2 000 watchers of one API process learn of bids decided in another, and what memory each of them takes.

A bid's time is the `at` of its entry, when it was decided under the lock, before its commit: what is measured is the
whole way from there to the last watcher, by the clock of the machine on which all this runs. The watchers are bare
sockets in a process of their own. Run: `make bench`, or this file alone.
"""

import asyncio
import http.client
import json
import os
import re
import resource
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from bench_auction import BIDDERS, fill, line, secret_of, two_processes
from common import ROOT, body_of, database

WATCHERS = int(os.environ.get("BENCH_WATCHERS", "2000"))
BIDS_A_SECOND = int(os.environ.get("BENCH_BIDS", "20"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
CONNECTING_AT_ONCE = 64
LIMIT_MS = 1000
EVENT = re.compile(rb'id: (\d+)\nevent: bid\ndata: [^\n]*?"at":"([^"]+)"')


class Watchers:
    """All watchers: when the first and the last of them had each bid."""

    def __init__(self) -> None:
        self.decided: dict[int, float] = {}
        self.late: list[float] = []
        self.connected = 0
        self.lost = 0

    def take(self, data: bytes) -> None:
        now = time.time()
        for event in EVENT.finditer(data):
            seq = int(event[1])
            if seq not in self.decided:
                self.decided[seq] = datetime.fromisoformat(event[2].decode()).timestamp()
            self.late.append((now - self.decided[seq]) * 1000)


class _Watcher(asyncio.Protocol):
    """One connection that reads a stream."""

    def __init__(self, watchers: Watchers, path: str) -> None:
        self.watchers, self.path = watchers, path
        self.rest = b""
        self.begun = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(f"GET {self.path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        if not self.begun.done():
            assert data.startswith(b"HTTP/1.1 200"), data[:300]
            self.begun.set_result(None)
            self.watchers.connected += 1
        *_, self.rest = (whole := self.rest + data).rpartition(b"\n\n")
        self.watchers.take(whole[: len(whole) - len(self.rest)])

    def connection_lost(self, exc: Exception | None) -> None:
        self.watchers.lost += 1


async def _watch(port: int, path: str) -> None:
    """Connect all, say so, watch until told to stop by the end of the input, and say what was seen."""
    loop, all_ = asyncio.get_running_loop(), Watchers()
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def connect() -> None:
        async with gate:
            _, one = await loop.create_connection(lambda: _Watcher(all_, path), "127.0.0.1", port)
            await one.begun

    began = time.perf_counter()
    await asyncio.gather(*(connect() for _ in range(WATCHERS)))
    print(json.dumps({"connected": all_.connected, "seconds": time.perf_counter() - began}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    late = sorted(all_.late)
    figures = {"bids": len(all_.decided), "seen": len(late), "lost": all_.lost, "max": late[-1]}
    print(json.dumps(figures | {"p50": late[len(late) // 2], "p99": late[int(len(late) * 0.99)]}), flush=True)


def bid(port: int, auction: str) -> int:
    """Bid at a steady rate; answers how many bids were accepted."""
    connection, count, began = http.client.HTTPConnection("127.0.0.1", port, timeout=10), 0, time.perf_counter()
    while count < SECONDS * BIDS_A_SECOND:
        time.sleep(max(0.0, began + count / BIDS_A_SECOND - time.perf_counter()))
        headers = {
            "Authorization": f"Bearer {secret_of(count % BIDDERS)}",
            "Idempotency-Key": f"watched-{count}",
            "Content-Type": "application/json",
        }
        body = json.dumps({"amount": f"{(count + 1) * 1000}.00"})
        connection.request("POST", f"/v1/auctions/{auction}/bids", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 201, said
        count += 1
    return count


def process_of(port: int) -> int:
    """The process that serves a port."""
    wanted = f"--port\0{port}\0".encode()
    return next(int(p.parent.name) for p in Path("/proc").glob("[0-9]*/cmdline") if wanted in _read(p))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def status_of(pid: int) -> tuple[int, float]:
    """Resident memory in KiB, and the CPU seconds used."""
    used = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    resident = re.search(r"VmRSS:\s+(\d+)", (Path("/proc") / str(pid) / "status").read_text())
    assert resident
    return int(resident[1]), (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def measure(ports: list[int], auction: str) -> dict[str, Any]:
    """Watch through one process, bid through the other."""
    watched, path = process_of(ports[0]), f"/v1/auctions/{auction}/stream"
    body_of(ports[0], f"/v1/auctions/{auction}/live")
    before, _ = status_of(watched)
    command = [sys.executable, __file__, "watch", str(ports[0]), path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watchers:
        assert watchers.stdin
        assert watchers.stdout
        connected = json.loads(watchers.stdout.readline())
        idle, used = status_of(watched)
        began = time.perf_counter()
        bids = bid(ports[1], auction)
        rate = bids / (time.perf_counter() - began)
        time.sleep(LIMIT_MS / 1000)
        after, used_then = status_of(watched)
        took = time.perf_counter() - began
        watchers.stdin.close()
        seen = json.loads(watchers.stdout.readline())
    if seen["lost"] or seen["seen"] != bids * WATCHERS:
        raise SystemExit(f"not every watcher had every bid: {bids} bids, {seen}")
    memory = {"kib": (idle - before) / WATCHERS, "kib_after": (after - before) / WATCHERS}
    return seen | memory | {"cpu": (used_then - used) / took, "rate": rate, "connecting": connected["seconds"]}


def main() -> None:
    sys.path.insert(0, str(ROOT))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with database() as url:
        auction = str(asyncio.run(fill(url))[0])
        with two_processes(url) as ports:
            got = measure(ports, auction)
    print(
        f"# {WATCHERS} watchers connected in {got['connecting']:.1f} s; {got['bids']} bids, {got['rate']:.0f} a second"
    )
    print(f"# from decision to arrival: p50 {got['p50']:.0f} ms, p99 {got['p99']:.0f} ms, max {got['max']:.0f} ms")
    print(f"# CPU of the watched process: {got['cpu'] * 100:.0f} % of a core")
    print(f"# memory for each watcher: {got['kib']:.0f} KiB ({got['kib_after']:.0f} KiB after the bids)")
    line("auction_watchers_max_ms", got["max"], LIMIT_MS, "<=1")


if __name__ == "__main__":
    if sys.argv[1:2] == ["watch"]:
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_watch(int(sys.argv[2]), sys.argv[3]))
    else:
        main()
