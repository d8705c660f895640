"""The HTTP server of the API."""

import asyncio
import resource
import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import Config

from app.core.settings import Settings
from app.run.processes.protocol import LimitedProtocol

_DRAIN_SECONDS = 5
_BACKLOG = 2048
_KEEP_ALIVE_SECONDS = 75
"""Longer than a proxy keeps a connection (nginx: 60 s), so that none is closed while a request is on its way."""
_TICKS_A_LOOK = 10


class ApiServer(uvicorn.Server):
    """Ends the streams when it is told to stop, by `hang_up`, then finishes the requests under way (at most 5 s).

    uvicorn tells the application of its end only when all answers are complete, and a stream never is: each stop would
    take the whole drain and end in cancelled tasks.
    """

    def __init__(self, config: Config, hang_up: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._hang_up = hang_up

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop, with as many open files as the system allows: a connection is one."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        super().run(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to stop; each second also whether a connection has taken too long."""
        if counter % _TICKS_A_LOOK == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, LimitedProtocol):
                    connection.look(now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; called once by `serve`."""
        await self._hang_up()
        await super().shutdown(sockets)


def configuration(settings: Settings, application: ASGIApp) -> Config:
    """How uvicorn serves the API."""
    return Config(
        application, host=settings.host, port=settings.port, loop="uvloop", http=LimitedProtocol,
        ws="none", access_log=False, timeout_keep_alive=_KEEP_ALIVE_SECONDS, log_config=None, server_header=False,
        backlog=_BACKLOG, timeout_graceful_shutdown=_DRAIN_SECONDS,
    )  # fmt: skip
