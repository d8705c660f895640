"""Clients of a stream, over real connections to servers in this process."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Self

import uvicorn
from fastapi import FastAPI

from app.core.settings import Settings
from app.main import hang_up
from app.pricing.auction.bidding import house
from app.process import open_database
from app.run.processes.api_server import ApiServer
from tests.support.applications import application


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[int]:
    """The port of an application that is served in this process, as `techex serve` does; its database stays open."""
    config = uvicorn.Config(
        app, port=0, lifespan="off", http="httptools", access_log=False, log_config=None, timeout_graceful_shutdown=5
    )
    server = ApiServer(config, partial(hang_up, app))
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()
        await house.close(app)


@asynccontextmanager
async def another(settings: Settings) -> AsyncIterator[int]:
    """The port of an API with connections, watchers and a clerk of its own, as another process would have them."""
    app = application(settings, open_database(settings), "another")
    async with serving(app) as port:
        yield port
    await app.state.context.database.close()


class Viewer:
    """One client of a stream, and what it was sent."""

    def __init__(self, port: int, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> None:
        self._port = port
        lines = [f"{method} {path} HTTP/1.1", "Host: techex.test", *(f"{k}: {v}" for k, v in (headers or {}).items())]
        self._request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.status = 0
        self.head = b""
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.arrived: list[float] = []
        self.complete = False
        self._reading: asyncio.Task[None] | None = None
        self._more = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.writer.write(self._request)
        self.head = await self.reader.readuntil(b"\r\n\r\n")
        self.status = int(self.head.split()[1])
        if self.status == 200:
            self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self.writer.close()

    async def _read(self) -> None:
        text = b""
        while size := int(await self.reader.readline(), 16):
            text += (await self.reader.readexactly(size + 2))[:-2]
            *blocks, text = text.split(b"\n\n")
            for block in blocks:
                self._take(block.decode())
            self._more.set()
        self.complete = True
        self._more.set()

    def _take(self, block: str) -> None:
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if "data" in fields:
            data = json.loads(fields["data"])
            assert fields.get("id", "") == str(data.get("seq", "")), block
            self.events.append((fields["event"], data))
            self.arrived.append(asyncio.get_running_loop().time())

    @property
    def seqs(self) -> list[int]:
        return [data["seq"] for _, data in self.events if "seq" in data]

    async def until(self, seq: int) -> None:
        """Wait for an entry of the log; `0`: for the end of the stream."""
        async with asyncio.timeout(5):
            while not self.complete if seq == 0 else seq not in self.seqs:
                self._more.clear()
                await self._more.wait()
