"""The HTTP server of the API."""

import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import Config

from app.core.settings import Settings

_DRAIN_SECONDS = 5
_BACKLOG = 2048


class ApiServer(uvicorn.Server):
    """Ends the streams when it is told to stop, by `hang_up`, then finishes the requests under way (at most 5 s).

    uvicorn tells the application of its end only when all answers are complete, and a stream never is: each stop would
    take the whole drain and end in cancelled tasks.
    """

    def __init__(self, config: Config, hang_up: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._hang_up = hang_up

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; called once by `serve`."""
        await self._hang_up()
        await super().shutdown(sockets)


def configuration(settings: Settings, application: ASGIApp) -> Config:
    """How uvicorn serves the API."""
    return Config(
        application, host=settings.host, port=settings.port, loop="uvloop", http="httptools",
        ws="none", access_log=False, log_config=None, server_header=False, backlog=_BACKLOG,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )  # fmt: skip
