"""`techex run`: everything an installation needs on one machine, started in order and stopped together."""

import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.settings import Settings
from app.local.children import Child
from app.local.database import bring_up_to_date, with_url
from app.local.embedded_postgres import EmbeddedPostgres
from app.local.errors import StartError
from app.local.locks import FileLock
from app.local.ports import bind, url_of
from app.local.probes import wait_ready
from app.local.signals import Bereaved, Signals, Stopped

if TYPE_CHECKING:
    import socket

_READY_SECONDS = 60


@dataclass
class Supervisor:
    """One run of an installation; `demo`: whether an empty database is filled with the demonstration."""

    settings: Settings
    demo: bool = True
    _children: list[Child] = field(default_factory=list)
    _server: EmbeddedPostgres | None = None

    def run(self) -> int:
        """Start everything, serve until told to stop, stop everything; the exit status. Raises `StartError`."""
        data_dir = self.settings.data_dir.absolute()
        taken = (
            f"Another `techex run` uses {data_dir}; stop it, or set TECHEX_DATA_DIR (or --data-dir) to another folder."
        )
        try:
            with (
                FileLock(data_dir / "run.lock", taken),
                bind(self.settings.host, self.settings.port) as listener,
                Signals(self._obituary) as signals,
                ExitStack() as stack,
            ):
                try:
                    self._serve(stack, listener)
                finally:
                    signals.quiet()
        except Stopped:
            _say("stopped.")
            return 0
        except Bereaved as loss:
            raise StartError(str(loss)) from None
        return 0

    def _serve(self, stack: ExitStack, listener: "socket.socket") -> None:
        base_url = url_of(listener)
        settings = self._with_database(stack)
        url = settings.database_url.get_secret_value() if settings.database_url else ""
        stack.callback(self._stop_children)
        environment = _environment(settings, url, listener.getsockname()[1])
        # The API imports itself while the database is looked at; it begins when it is told to.
        api = self._spawn("api", ["serve", "--supervised", str(listener.fileno())], environment, listener.fileno())
        listener.close()
        if bring_up_to_date(url):
            _say("database migrated.")
        api.go()
        if not wait_ready(base_url, seconds=_READY_SECONDS):
            raise StartError(f"The API was not ready within {_READY_SECONDS} s (see {api.log})")
        self._spawn("worker", ["worker", "--supervised"], environment).go()
        _say(f"API on {base_url}, documentation on {base_url}/docs")
        if self.demo:
            from app.local.demonstration import show  # noqa: PLC0415 - the demonstration's imports, after the API answers

            show(settings, base_url)
        _say("running; stop with Ctrl-C.")
        while True:
            signal.pause()

    def _with_database(self, stack: ExitStack) -> Settings:
        """The settings with the database they name, else with an embedded one that lives as long as this run."""
        settings = self.settings.model_copy(update={"data_dir": self.settings.data_dir.absolute()})
        if settings.database_url is not None:
            return settings
        if not (settings.data_dir / "postgres").exists():
            _say(f"creating a database in {settings.data_dir / 'postgres'}")
        # Watched only once it is up: the programs that create it end too.
        self._server = stack.enter_context(EmbeddedPostgres(settings.data_dir))
        return with_url(settings, self._server.url())

    def _spawn(self, name: str, arguments: list[str], environment: dict[str, str], *keep: int) -> Child:
        log = Path(environment["TECHEX_DATA_DIR"]) / "logs" / f"{name}.log"
        child = Child(name, arguments, log=log, environment=environment, keep=keep)
        self._children.append(child)
        return child

    def _obituary(self) -> str | None:
        """A line on the first process that is gone; none while all live."""
        for child in self._children:
            if not child.alive():
                return child.obituary()
        if self._server is not None and not self._server.running():
            return f"The embedded PostgreSQL ended (see {self._server.log})"
        return None

    def _stop_children(self) -> None:
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.ensure_stopped()
        self._children.clear()


def _environment(settings: Settings, url: str, port: int) -> dict[str, str]:
    """The settings as the children read them: what the flags said is said to them too."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "TECHEX_DATA_DIR": str(settings.data_dir),
        "TECHEX_ENVIRONMENT": settings.environment.value,
        "TECHEX_HOST": settings.host,
        "TECHEX_PORT": str(port),
    }


def _say(line: str) -> None:
    sys.stdout.write(f"techex: {line}\n")
    sys.stdout.flush()
