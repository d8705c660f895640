"""The API and the worker under a supervisor: they load while it looks after the database, and begin at its word."""

# ruff: noqa: PLC0415

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Final

from app.run.processes.children import told_to_begin, wait_for_go
from app.run.processes.serving import load_worker, uncollected
from app.run.processes.serving import work as work_on


def _wire() -> None:
    from app import wiring

    wiring.connect()
    wiring.routers()


# A database that was ready before this was loaded has taken 0.3 s; creating or migrating one takes far longer.
_MEANWHILE: Final[tuple[Callable[[], Any], ...]] = (
    partial(import_module, "fastapi"),
    partial(import_module, "app.main"),
    _wire,
)


def serve() -> None:
    """Serve the API from the word on; what is not loaded by then is loaded behind the first answers.

    Raises what kept the rest from being loaded.
    """
    with uncollected():
        from app.core.settings import get_settings
        from app.run.processes.front import serve as serve_api

        failure = _load_meanwhile()
    listener = wait_for_go()
    if failure is not None:
        raise failure
    if listener is None:
        raise RuntimeError("the API was told to begin without a socket")
    serve_api(get_settings(), listener)


def _load_meanwhile() -> Exception | None:
    """Load until the word comes. What fails is told after it: then there is a log, and the supervisor quotes it."""
    try:
        for load in _MEANWHILE:
            if told_to_begin():
                break
            load()
    except Exception as error:  # noqa: BLE001 — whatever it is, the process ends with it
        return error
    return None


def work() -> None:
    """Do the background work from the word on."""
    run = load_worker()
    wait_for_go()
    from app.core.settings import get_settings

    work_on(get_settings(), run)
