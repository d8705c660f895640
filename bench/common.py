"""What benchmarks share: a durable database, servers in processes of their own, a load generator, the result line."""

import asyncio
import http.client
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 16
WARM_UP_SECONDS = 1.0
MEASURED_SECONDS = 3.0
ROUNDS = 3
START_SECONDS = 30.0


@contextmanager
def database() -> Iterator[str]:
    """The URL of a migrated database on an embedded server with its default, durable settings."""
    sys.path.insert(0, str(ROOT))
    from app.run.migrations.upgrade import upgrade  # noqa: PLC0415
    from app.run.postgres.embedded import EmbeddedPostgres  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="txb-"))
    folder.chmod(0o755)
    try:
        with EmbeddedPostgres(folder / "data") as server:
            upgrade(server.url())
            yield server.url()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(application: str, environment: Mapping[str, str], *, factory: bool = False) -> Iterator[int]:
    """One uvicorn process (uvloop, httptools, no access log) on a port of its own; the log goes to a file."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--app-dir", str(ROOT)]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    command += ["--factory"] if factory else []
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log)
        try:
            _wait(process, port)
            yield port
        finally:
            process.terminate()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server did not start")


def body_of(port: int, path: str) -> bytes:
    """The body of one GET, which must be a 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{path} answered {response.status}: {body[:300]!r}")
    return body


def requests_per_second(port: int, paths: Sequence[str]) -> float:
    """What 16 keep-alive connections get from a server, measured by a process of its own after a warm-up."""
    job = json.dumps({"port": port, "paths": list(paths)})
    done = subprocess.run([sys.executable, __file__], input=job.encode(), stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def compare(ours: int, limit: int, paths: Sequence[str]) -> tuple[float, float]:
    """Requests per second of ours and of the limit: medians of interleaved rounds."""
    rounds = [(requests_per_second(ours, paths), requests_per_second(limit, paths)) for _ in range(ROUNDS)]
    for ours_rate, limit_rate in rounds:
        print(f"# round: ours {ours_rate:.0f}/s, limit {limit_rate:.0f}/s")
    return statistics.median(pair[0] for pair in rounds), statistics.median(pair[1] for pair in rounds)


def report(name: str, ours: float, limit: float, goal: float) -> None:
    """The line of a figure that should be at least `goal` times its limit."""
    print(f"{name} ours={ours:.0f} limit={limit:.0f} ratio={ours / limit:.2f} goal=>={goal}", flush=True)


class _Client(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it was answered."""

    def __init__(self, requests: Sequence[bytes], done: "asyncio.Future[None]") -> None:
        self.requests = requests
        self.done = done
        self.answered = 0
        self.buffer = b""
        self.missing = 0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._ask()

    def _ask(self) -> None:
        assert self.transport is not None
        self.transport.write(random.choice(self.requests))

    def data_received(self, data: bytes) -> None:
        if self.missing == 0:
            self.buffer += data
            head = self.buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            if not self.buffer.startswith(b"HTTP/1.1 200"):
                self.fail(self.buffer[:200])
                return
            at = self.buffer.lower().index(b"content-length: ") + 16
            length = int(self.buffer[at : self.buffer.index(b"\r", at)])
            self.missing = head + 4 + length - len(self.buffer)
            self.buffer = b""
        else:
            self.missing -= len(data)
        if self.missing == 0:
            self.answered += 1
            self._ask()

    def fail(self, reason: bytes) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(repr(reason)))

    def connection_lost(self, exc: Exception | None) -> None:
        self.fail(b"connection lost")


async def _generate(port: int, paths: Sequence[str]) -> float:
    loop = asyncio.get_running_loop()
    failed: asyncio.Future[None] = loop.create_future()
    requests = [f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode() for path in paths]
    clients = [
        (await loop.create_connection(lambda: _Client(requests, failed), "127.0.0.1", port))[1]
        for _ in range(CONNECTIONS)
    ]
    await asyncio.wait([failed], timeout=WARM_UP_SECONDS)
    began, before = time.perf_counter(), sum(client.answered for client in clients)
    await asyncio.wait([failed], timeout=MEASURED_SECONDS)
    if failed.done():
        failed.result()
    return (sum(client.answered for client in clients) - before) / (time.perf_counter() - began)


def _main() -> None:
    import uvloop  # noqa: PLC0415

    job = json.loads(sys.stdin.read())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(runner.run(_generate(job["port"], job["paths"])))


if __name__ == "__main__":
    _main()
