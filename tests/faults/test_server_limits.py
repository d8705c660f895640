"""D2: the server itself bounds what a connection takes: head, body, time, and how many there are."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import pytest

from app.core.settings import Settings
from app.run.processes.api_server import ApiServer, configuration
from app.run.processes.protocol import HttpLimits, LimitedProtocol
from tests.support.world import World

LIMITS = HttpLimits(connections=3, head_seconds=0.6, body_seconds=0.6, bytes_a_second=10**6, unread_seconds=0.5)
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"
SMALL = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Hurried(LimitedProtocol):
    limits = LIMITS


class Frequent(ApiServer):
    """Looks at its connections ten times a second, so that a test can wait for it."""

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(0)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers how many bytes came; at `/much` 8 MB."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    body = bytes(2**23) if scope["path"] == "/much" else b"%d" % size
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async def nothing() -> None: ...

    config = configuration(Settings(port=0), echo)
    config.http, config.lifespan, config.timeout_graceful_shutdown = Hurried, "off", 0
    server = Frequent(config, nothing)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def ask(port: int, *pieces: bytes, pause: float = 0) -> tuple[int, Any]:
    """Send pieces; the status and the body of what was answered before the connection closed, 0 for nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
    raw = b""
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(5):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            raw = head + await reader.readexactly(length)
    writer.close()
    status = int(raw.split(b" ")[1]) if raw else 0
    return status, json.loads(raw.partition(b"\r\n\r\n")[2]) if raw else None


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("pieces", "status", "told"),
    [
        ([SMALL], 200, 0),
        ([HEAD + b"Content-Length: 3\r\n\r\n", b"abc"], 200, 3),
        ([CHUNKED, *[chunk(b"a" * 4096)] * 50, b"0\r\n\r\n"], 200, 204800),
        ([CHUNKED, chunk(b"a") * 20_000, b"0\r\n\r\n"], 200, 20_000),
        ([HEAD + b"X-Long: " + b"a" * 60_000 + b"\r\n\r\n"], 200, 0),
        ([HEAD + b"X-Long: " + b"a" * 70_000 + b"\r\n\r\n"], 431, "headers_too_large"),
        ([HEAD + b"X-Long: ", *[b"a" * 65536] * 40], 431, "headers_too_large"),
        ([HEAD, *[b"X-A: b\r\n"] * 200, b"\r\n"], 431, "headers_too_large"),
        ([CHUNKED, chunk(b"a"), b"0\r\nX-Trailer: ", *[b"a" * 65536] * 40], 431, "headers_too_large"),
        ([CHUNKED, b"1;x=", *[b"a" * 65536] * 40], 431, "headers_too_large"),
        ([b"GET /?" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"], 414, "address_too_long"),
        ([b"GET /", *[b"a" * 65536] * 40], 431, "headers_too_large"),
        ([HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n"], 400, "malformed_request"),
        ([HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n"], 400, "malformed_request"),
        ([b"nonsense\r\n\r\n"], 400, "malformed_request"),
    ],
    ids=range(15),
)  # fmt: skip
async def test_d2_what_is_too_large_or_no_http_is_refused_whatever_its_form(
    port: int, pieces: Sequence[bytes], status: int, told: str | int
) -> None:
    answered, body = await ask(port, *pieces)
    assert (answered, body if answered == 200 else body["code"]) == (status, told)


@pytest.mark.parametrize(
    ("pieces", "pause"),
    [
        ([], 0),
        ([b"GET / HT"], 0),
        ([bytes([byte]) for byte in SMALL[:12]], 0.1),
        ([HEAD + b"Content-Length: 30\r\n\r\n", *[b"a"] * 12], 0.1),
        ([CHUNKED, *[chunk(b"a")] * 12], 0.1),
        ([b"\r\n"] * 12, 0.1),
    ],
    ids=["silent", "half a line", "slow head", "slow body", "slow chunks", "empty lines"],
)  # fmt: skip
async def test_d2_what_is_too_slow_is_refused(port: int, pieces: Sequence[bytes], pause: float) -> None:
    status, body = await ask(port, *pieces, pause=pause)
    assert (status, body["code"]) == (408, "request_too_slow")


async def test_d2_a_client_that_reads_nothing_is_left(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(b"GET /much HTTP/1.1\r\nHost: a\r\n\r\n")
    await asyncio.sleep(1.2)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(2**23)
    writer.close()


async def test_d2_connections_beyond_the_limit_are_refused_and_the_others_served(port: int) -> None:
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(LIMITS.connections)]
    status, body = await ask(port)
    assert (status, body["code"]) == (503, "server_full")
    reader, writer = held[0]
    writer.write(SMALL)
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    for _, open_one in held:
        open_one.close()


@pytest.mark.parametrize("digits", ["9" * 5000, "0" * 5000 + "9" * 30, "99999999"])
@pytest.mark.parametrize("path", ["/v1/organisations", "/v1/documents?filename=a.pdf"])
async def test_d2_a_length_of_any_number_of_digits_is_no_fault_of_the_server(
    world: World, digits: str, path: str
) -> None:
    kind = "application/pdf" if "documents" in path else "application/json"
    headers = {"content-length": digits, "content-type": kind}
    await world.api.refused(413, "body_too_large", "POST", path, world.operator, content=b"{}", headers=headers)
