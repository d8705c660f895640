"""`techex run`: everything an installation needs on one machine, started in order and stopped together.

A thread starts things one after another and plays the demonstration; the main thread only waits for what may end it:
a signal, a child's death, the thread's failure. So a stop is answered at any moment, also in the middle of a start.
"""

import sys
import threading
from typing import TYPE_CHECKING

from app.core.settings import Settings
from app.run.errors import StartError
from app.run.locks import FileLock
from app.run.ports import bind, url_of
from app.run.postgres.database import bring_up_to_date, with_url
from app.run.postgres.embedded import EmbeddedPostgres
from app.run.postgres.roles import APPLICATION_ROLE, grant_application
from app.run.processes.children import Child
from app.run.processes.probes import get_status, wait_ready
from app.run.processes.signals import Wakeup

if TYPE_CHECKING:
    import socket

_READY_SECONDS = 60
_STARTER_SECONDS = 15
_ASKS_THE_WHOLE = "/v1/clock"


class _Ending(Exception):  # noqa: N818 - no error: the starter is told to go no further
    """The run is being stopped."""


class Supervisor:
    """One run of an installation; `demo`: whether an empty database is filled with the demonstration.

    `api` is the API's process, which loads already.
    """

    def __init__(self, settings: Settings, *, api: Child, demo: bool = True) -> None:
        self._settings = settings.model_copy(update={"data_dir": settings.data_dir.absolute()})
        self._demo = demo
        self._wakeup = Wakeup()
        self._ending = threading.Event()
        self._spawning = threading.Lock()
        self._failure: BaseException | None = None
        self._api = api
        self._children = [api]
        self._server: EmbeddedPostgres | None = None
        self._server_up = False

    def run(self) -> None:
        """Start everything, serve until told to stop, stop everything. `StartError` if it cannot start or go on."""
        data_dir = self._settings.data_dir
        taken = (
            f"Another `techex run` uses {data_dir}; stop it, or set TECHEX_DATA_DIR (or --data-dir) to another folder."
        )
        with (
            FileLock(data_dir / "run.lock", taken),
            bind(self._settings.host, self._settings.port) as listener,
            self._wakeup,
        ):
            starter = threading.Thread(target=self._start, args=(listener,), name="starter", daemon=True)
            starter.start()
            try:
                self._watch()
            finally:
                self._stop(starter)
        _say("stopped.")

    def _watch(self) -> None:
        """Return when told to stop; raise what went wrong before."""
        while not self._wakeup.wait():
            if self._failure is not None:
                raise self._failure
            if (line := self._obituary()) is not None:
                raise StartError(line)

    def _stop(self, starter: threading.Thread) -> None:
        with self._spawning:  # none is on its way while this is held, and none comes after
            self._ending.set()
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.ensure_stopped()
        starter.join(_STARTER_SECONDS)
        if self._server is not None:
            self._server.stop()

    def _start(self, listener: "socket.socket") -> None:
        try:
            self._serve(listener)
        except _Ending:
            return
        except BaseException as error:  # noqa: BLE001 - whatever it is, the main thread raises it
            if not self._ending.is_set():
                self._failure = error
                self._wakeup.notify()

    def _serve(self, listener: "socket.socket") -> None:
        self._wakeup.notify()  # the API may have died before anybody looked
        base_url = url_of(listener)
        settings = self._with_database()
        url = settings.database_url.get_secret_value() if settings.database_url else ""
        if bring_up_to_date(url, settings.environment):
            _say("database migrated.")
        environment = _environment(settings, self._application_url(url), listener.getsockname()[1])
        self._go(self._api, environment, listener)
        listener.close()
        if not wait_ready(base_url, seconds=_READY_SECONDS, give_up=self._ending.is_set):
            raise StartError(f"The API was not ready within {_READY_SECONDS} s (see {self._api.log})")
        _say(f"API on {base_url}, documentation on {base_url}/docs")
        get_status(base_url, _ASKS_THE_WHOLE)  # the worker loads afterwards: at once, they would take turns
        self._go(self._spawn("worker", "worker"), environment)
        if self._demo:
            from app.run.demonstration import show  # noqa: PLC0415 - its imports cost time: after the first answer

            show(settings, base_url)
        _say("running; stop with Ctrl-C.")

    def _with_database(self) -> Settings:
        """The settings with the database they name, else with an embedded one that lives as long as this run."""
        if self._settings.database_url is not None:
            return self._settings
        folder = self._settings.data_dir
        if not (folder / "postgres").exists():
            _say(f"creating a database in {folder / 'postgres'}")
        self._server = EmbeddedPostgres(folder)
        self._server.start()
        self._server_up = True
        return with_url(self._settings, self._server.url())

    def _application_url(self, url: str) -> str:
        """What the API and the worker connect with: on our own server a role that owns nothing."""
        if self._server is None:
            return url
        grant_application(url, make=True)
        return self._server.url(role=APPLICATION_ROLE)

    def _spawn(self, name: str, command: str) -> Child:
        with self._spawning:
            if self._ending.is_set():
                raise _Ending
            child = Child(name, command)
            self._children.append(child)
        self._wakeup.notify()  # one that died before it was in the list is looked at now
        return child

    def _go(self, child: Child, environment: dict[str, str], listener: "socket.socket | None" = None) -> None:
        child.go(self._settings.data_dir / "logs" / f"{child.name}.log", environment, listener)

    def _obituary(self) -> str | None:
        """A line on the first process that is gone; none while all live."""
        for child in self._children:
            if not child.alive():
                return child.obituary()
        # Asked only once it is up: the programs that create it end too.
        if self._server is not None and self._server_up and not self._server.running():
            return f"The embedded PostgreSQL ended (see {self._server.log})"
        return None


def _environment(settings: Settings, url: str, port: int) -> dict[str, str]:
    """The settings as the children read them: what the flags said is said to them too."""
    return {
        "DATABASE_URL": url,
        "TECHEX_DATA_DIR": str(settings.data_dir),
        "TECHEX_ENVIRONMENT": settings.environment.value,
        "TECHEX_HOST": settings.host,
        "TECHEX_PORT": str(port),
    }


def _say(line: str) -> None:
    sys.stdout.write(f"techex: {line}\n")
    sys.stdout.flush()
