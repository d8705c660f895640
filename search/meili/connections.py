"""The connections of searches: HTTP/1.1 that httptools reads.

A search takes Meilisearch 5 ms of CPU. httpx took 2.3 ms more for each, and this takes 0.2 ms. Answers are asked for
without compression: Meilisearch sends a compressed one in two writes, and the second waits 40 ms until the first is
acknowledged.
"""

import asyncio
import json
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httptools

from search.engine import EngineDown

CONNECTIONS: Final = 32
_PORTS: Final = {"http": 80, "https": 443}
_OK: Final = 200


class Connections:
    """At most `CONNECTIONS` to the server at `url`, which stay open. Each request has `seconds`."""

    def __init__(self, url: str, key: str | None, seconds: float) -> None:
        place = urlsplit(url)
        self._secure = place.scheme == "https"
        self._host = place.hostname or ""
        self._port = place.port or _PORTS[place.scheme]
        self._path = place.path.rstrip("/")
        authorization = f"Authorization: Bearer {key}\r\n" if key else ""
        self._head = (
            f"Host: {place.netloc.rpartition('@')[2]}\r\n{authorization}Content-Type: application/json\r\n"
            "Accept-Encoding: identity\r\n"
        )
        self._seconds = seconds
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[_Connection] = []

    async def post(self, path: str, body: object) -> Any:
        """The answer's JSON. Raises `EngineDown` for one that is late, broken, or no 200."""
        sent = json.dumps(body, ensure_ascii=False).encode()
        head = f"POST {self._path}{path} HTTP/1.1\r\n{self._head}Content-Length: {len(sent)}\r\n\r\n"
        try:
            async with self._places, asyncio.timeout(self._seconds):
                status, answer = await self._asked(head.encode() + sent)
            if status != _OK:
                raise EngineDown(f"{path}: {status}")
            return json.loads(answer)
        except (OSError, TimeoutError, httptools.HttpParserError, ValueError) as error:
            raise EngineDown(f"{path}: {type(error).__name__}") from error

    async def _asked(self, request: bytes) -> tuple[int, bytes]:
        while self._idle:
            used = self._idle.pop()
            try:
                return await self._on(used, request)
            except ConnectionError:
                continue  # the server closed it while nobody used it: a search may be asked again
        loop = asyncio.get_running_loop()
        _, fresh = await loop.create_connection(_Connection, self._host, self._port, ssl=self._secure or None)
        return await self._on(fresh, request)

    async def _on(self, connection: "_Connection", request: bytes) -> tuple[int, bytes]:
        answered = False
        try:
            found = await connection.ask(request)
            answered = connection.stays_open
        finally:
            if answered:
                self._idle.append(connection)
            else:
                connection.close()
        return found

    def close(self) -> None:
        """Close those that nobody uses."""
        while self._idle:
            self._idle.pop().close()


class _Connection(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self.stays_open = False

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises `ConnectionError` where the connection is closed before the answer is whole."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        self._parser, self._body = httptools.HttpResponseParser(self), []
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._failed(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._failed(exc if isinstance(exc, ConnectionError) else ConnectionResetError())

    def on_body(self, body: bytes) -> None:
        """For httptools: a part of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """For httptools: the answer is whole."""
        self.stays_open = self._parser.should_keep_alive()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._body)))

    def _failed(self, error: Exception) -> None:
        self.stays_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
