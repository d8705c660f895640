"""The two long-running processes: the API and the worker, alone or under a supervisor."""

import asyncio
import gc
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop

from app.core.settings import Settings
from app.run.processes.children import wait_for_go

_DRAIN_SECONDS = 5
_BACKLOG = 2048


def serve(settings: Settings, *, inherited: int | None) -> None:
    """Serve the API until told to stop, then finish the requests under way (at most 5 s).

    `inherited` is the number of a listening socket from the supervisor, for whose word it waits; none: listen oneself.
    """
    with _uncollected():
        import uvicorn  # noqa: PLC0415

        from app.main import create_app  # noqa: PLC0415
        from app.run.processes.api_server import ApiServer  # noqa: PLC0415

        application = create_app(settings)
    if inherited is not None:
        wait_for_go()
    config = uvicorn.Config(
        application, host=settings.host, port=settings.port, loop="uvloop", http="httptools",
        ws="none", access_log=False, log_config=None, server_header=False, backlog=_BACKLOG,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )  # fmt: skip
    sockets = None if inherited is None else [socket.socket(fileno=inherited)]
    ApiServer(application, config).run(sockets=sockets)


def work(settings: Settings, *, supervised: bool) -> None:
    """Do background work until told to stop, then finish the job under way."""
    with _uncollected():
        from app import wiring  # noqa: PLC0415
        from app.worker import run  # noqa: PLC0415

        wiring.connect()
    if supervised:
        wait_for_go()

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run(settings, stop=stop)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(until_stopped())


@contextmanager
def _uncollected() -> Iterator[None]:
    """Load without the garbage collector: it finds nothing in what stays, and looking takes a tenth of the start.

    What was loaded is left out of later collections too.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
