"""The HTTP server of the API."""

import socket

import uvicorn
from fastapi import FastAPI

from app.main import hang_up


class ApiServer(uvicorn.Server):
    """Ends the streams when it is told to stop, then finishes the requests under way.

    uvicorn tells the application of its end only when all answers are complete, and a stream never is: each stop would
    take the whole drain and end in cancelled tasks.
    """

    def __init__(self, application: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._application = application

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; called once by `serve`."""
        await hang_up(self._application)
        await super().shutdown(sockets)
