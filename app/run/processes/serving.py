"""The two long-running processes: the API and the worker. Each loads, and then works until it is told to stop."""

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Protocol

import uvloop

from app.core.settings import Settings


class Work(Protocol):
    """What a worker does until `stop` is set."""

    async def __call__(self, settings: Settings, *, stop: asyncio.Event) -> None: ...


@contextmanager
def uncollected() -> Iterator[None]:
    """Load without the garbage collector: it finds nothing in what stays, and looking takes a tenth of the start.

    What was loaded is left out of later collections too.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def serve(settings: Settings) -> None:
    """Serve the API. Everything is loaded before it listens: a proxy that finds it ready has found all of it ready.

    Raises `StartError` where the port is taken.
    """
    from app.run.ports import bind  # noqa: PLC0415

    listener = bind(settings.host, settings.port, listening=False)
    with uncollected():
        from app.main import create_app, hang_up  # noqa: PLC0415
        from app.run.processes.api_server import ApiServer, configuration  # noqa: PLC0415

        application = create_app(settings)
    ApiServer(configuration(settings, application), partial(hang_up, application)).run([listener])


def load_worker() -> Work:
    """The worker's work, with all that it uses loaded."""
    with uncollected():
        from app import wiring  # noqa: PLC0415
        from app.worker import run  # noqa: PLC0415

        wiring.connect()
    return run


def work(settings: Settings, run: Work) -> None:
    """Do background work until told to stop, then finish the job under way."""

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run(settings, stop=stop)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(until_stopped())
