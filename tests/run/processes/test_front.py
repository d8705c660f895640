"""The API while its packages are being loaded: health is answered, everything else waits and is answered right."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from app.core.database import Database
from app.core.settings import Settings
from app.main import create_app
from app.run.processes.front import Front

WAITING = {
    ("GET", "/v1/listings"): 200,
    ("GET", "/v1/nothing"): 404,
    ("GET", "/v1/deals"): 401,
    ("DELETE", "/v1/listings"): 405,
    ("POST", "/healthz"): 405,
    ("POST", "/v1/listings"): 401,
    ("GET", "/openapi.json"): 200,
}


class Loading:
    """The making of an application, held until it is let go."""

    def __init__(self, settings: Settings, error: Exception | None = None) -> None:
        self._error = error
        self._free = threading.Event()
        self.given_up = asyncio.Event()
        self.front = Front(settings, self._create)
        self.front.give_up = self.given_up.set

    def let_go(self) -> None:
        self._free.set()

    def _create(self, settings: Settings, database: Database) -> FastAPI:
        self._free.wait(30)
        if self._error is not None:
            raise self._error
        return create_app(settings, database)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(self.front)
        async with self.front.live(), httpx.AsyncClient(transport=transport, base_url="http://techex") as client:
            try:
                yield client
            finally:
                self.let_go()


@pytest.fixture
def served(settings: Settings, stage_url: str) -> Settings:
    return settings.model_copy(update={"database_url": SecretStr(stage_url)})


async def test_health_is_answered_at_once_and_all_else_by_the_whole(served: Settings) -> None:
    loading = Loading(served)
    async with loading.client() as client:
        waiting = [asyncio.create_task(client.request(*request)) for request in WAITING]
        for path in ("/healthz", "/readyz"):
            answer = await client.get(path, headers={"x-request-id": "01234567"})
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
            assert answer.headers["x-request-id"] == "01234567"
        assert not any(task.done() for task in waiting)
        loading.let_go()
        answers = await asyncio.gather(*waiting)
        assert [answer.status_code for answer in answers] == list(WAITING.values())
        assert (await client.get("/readyz")).json() == {"status": "ok"}
    assert not loading.given_up.is_set()


async def test_readiness_is_denied_while_the_database_does_not_answer(settings: Settings) -> None:
    nowhere = SecretStr("postgresql://techex@127.0.0.1:1/techex")
    async with Loading(settings.model_copy(update={"database_url": nowhere})).client() as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503


async def test_what_cannot_be_loaded_ends_the_process_and_is_not_waited_for(served: Settings) -> None:
    error = ImportError("planted")
    loading = Loading(served, error)
    async with loading.client() as client:
        waiting = asyncio.create_task(client.get("/v1/listings"))
        await client.get("/healthz")
        loading.let_go()
        await asyncio.wait_for(loading.given_up.wait(), 10)
        assert loading.front.failure is error
        assert (await waiting).json()["code"] == "internal_error"
        assert (await client.get("/readyz")).status_code == 500
