"""The API from its first moment: it answers for its health while the packages are still being loaded.

Every other request waits for the whole application, which answers it. So nothing runs before the packages are wired,
and nobody is told that a path does not exist because its package was not there yet.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from app.core.database import Database, connect
from app.core.logs import configure_logging
from app.core.settings import Settings
from app.core.web.middleware import RequestContext
from app.run.processes.api_server import ApiServer, configuration
from app.run.processes.serving import uncollected
from app.system import health

if TYPE_CHECKING:
    from fastapi import FastAPI

_HEALTH = frozenset({"/healthz", "/readyz"})
# The loader takes turns with the loop: the answers that wait already are given before it begins.
_HEAD_START_SECONDS = 0.02


class Front:
    """An ASGI application: `/healthz` and `/readyz` at once, all else by the whole, which a thread makes meanwhile.

    Where that fails, `failure` says why, and `give_up` is called: the process is of no use.
    """

    def __init__(self, settings: Settings, create: "Callable[[Settings, Database], FastAPI]") -> None:
        self._settings = settings
        self._create = create
        self._application: FastAPI | None = None
        self._early = RequestContext(self._answer_early)
        self._life = Router(lifespan=self.live)
        self._decided = asyncio.Event()
        self._ending = asyncio.Event()
        self.failure: BaseException | None = None
        self.give_up: Callable[[], None] = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._life(scope, receive, send)
            return
        if self._application is None and not _asks_for_health(scope):
            await self._decided.wait()
        await (self._application or self._early)(scope, receive, send)

    async def hang_up(self) -> None:
        """End the answers that would go on for as long as their clients like."""
        if self._application is not None:
            from app.main import hang_up  # noqa: PLC0415 - loaded with the application

            await hang_up(self._application)

    @asynccontextmanager
    async def live(self, _: object = None) -> AsyncIterator[None]:
        """Hold the database, and make the application meanwhile; at the end both end."""
        configure_logging(self._settings)
        self._database = connect(self._settings)
        whole = asyncio.create_task(self._bring_up())
        try:
            yield
        finally:
            self._ending.set()
            await whole
            await self._database.close()

    async def _answer_early(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.failure is not None:
            raise self.failure
        scope["techex_route"] = scope["path"]
        answer = await health.ready(self._database) if scope["path"] == "/readyz" else health.alive()
        await answer(scope, receive, send)

    async def _bring_up(self) -> None:
        """Make the application, and let it live until the end."""
        try:
            await asyncio.sleep(_HEAD_START_SECONDS)
            application = await asyncio.to_thread(self._load)
            async with application.router.lifespan_context(application):
                self._application = application
                self._decided.set()
                await self._ending.wait()
        except Exception as error:  # noqa: BLE001 — whatever it is, the process ends with it
            self.failure = error
            self.give_up()
        finally:
            self._decided.set()

    def _load(self) -> "FastAPI":
        with uncollected():
            return self._create(self._settings, self._database)


def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve the API on a socket until told to stop. Raises what keeps it from being loaded."""
    front = Front(settings, _create_app)
    server = ApiServer(configuration(settings, front), front.hang_up)
    front.give_up = lambda: setattr(server, "should_exit", True)
    server.run(sockets=[listener])
    if front.failure is not None:
        raise front.failure


def _create_app(settings: Settings, database: Database) -> "FastAPI":
    from app.main import create_app  # noqa: PLC0415 - in the thread: this is what takes long

    return create_app(settings, database)


def _asks_for_health(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in _HEALTH
