"""`techex run` from outside: it answers, it stops whole, and what keeps it from starting is one line."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from app.run.postgres.embedded import EmbeddedPostgres
from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
Processes = Callable[[Path], list[int]]
WaitForEnd = Callable[[int], bool]
BROKEN_PACKAGE = """
import sys
class Broken:
    def find_spec(self, name, *_):
        if name == "app.awards.runs.routes":
            raise ImportError("planted")
sys.meta_path.insert(0, Broken())
"""


class Run:
    """A `techex run` under test; killed after `PATIENCE`, so that a hanging one fails instead of blocking the suite."""

    def __init__(self, data_dir: Path, *flags: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "run", "--data-dir", str(data_dir), *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
            env={k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
            | {"TECHEX_DATA_DIR": f"{data_dir}/beaten-by-the-flag"}  # and tells the children of this run from others
            | environment,
        )  # fmt: skip
        self._limit = threading.Timer(PATIENCE, self.process.kill)
        self._limit.start()

    def until(self, pattern: str) -> re.Match[str]:
        """The first line of output that matches; fails with all that was said if none does."""
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"{pattern!r} was never printed:\n{''.join(said)}{self.refusal()}")

    def refusal(self) -> str:
        """Standard error once the process has ended."""
        return self.process.communicate(timeout=PATIENCE)[1]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode

    def close(self) -> None:
        self._limit.cancel()
        if self.process.poll() is None:
            self.stop(signal.SIGTERM)


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., Run]]:
    """Starts `techex run` on this test's folder and a free port, without the demonstration."""
    runs: list[Run] = []

    def begin(*flags: str, **environment: str) -> Run:
        runs.append(Run(data_dir, "--no-demo", *(flags or ("--port", "0")), **environment))
        return runs[-1]

    yield begin
    for run in runs:
        run.close()


def refused(run: Run) -> str:
    """The one line a refused start prints, checked to be one line and no trace."""
    message = run.refusal()
    assert run.process.returncode == 1
    assert message.startswith("techex: ")
    assert message.count("\n") == 1, message
    return message


def test_an_installation_answers_keeps_its_folder_and_stops_whole(
    start: Callable[..., Run], data_dir: Path, processes_of: Processes
) -> None:
    """A first start makes the database, a second finds it; both stop whole, running (SIGINT) or not yet (SIGTERM)."""
    run = start()
    run.until("creating a database")
    run.until("database migrated")
    base_url = run.until(r"API on (http://\S+),").group(1)
    run.until("running; stop with Ctrl-C")
    with urllib.request.urlopen(f"{base_url}/readyz", timeout=PATIENCE) as answer:
        assert answer.status == 200
    assert len(processes_of(data_dir)) >= 4  # supervisor, API, worker, PostgreSQL
    assert "Another `techex run` uses" in refused(start())
    assert run.process.poll() is None
    assert run.stop(signal.SIGINT) == 0
    assert processes_of(data_dir) == []

    second = start()
    assert "migrated" not in second.until("API on|migrated").group(0)
    assert second.stop(signal.SIGTERM) == 0
    assert processes_of(data_dir) == []


def test_a_stop_while_the_database_is_made_leaves_one_that_can_be_started(
    start: Callable[..., Run], data_dir: Path, processes_of: Processes
) -> None:
    """The second start is also the one whose worker dies, which brings everything down."""
    run = start()
    run.until("creating a database")
    assert run.stop() == 0
    assert processes_of(data_dir) == []
    again = start()
    again.until("running")
    _kill_child(again, data_dir, processes_of, "worker")


@pytest.mark.usefixtures("later_start")
def test_no_process_survives_a_killed_child_nor_a_killed_supervisor(
    start: Callable[..., Run], data_dir: Path, processes_of: Processes, wait_for_end: WaitForEnd
) -> None:
    run = start()
    run.until("running")
    _kill_child(run, data_dir, processes_of, "serve")
    again = start()
    again.until("running")
    others = [pid for pid in processes_of(data_dir) if pid != again.process.pid]
    again.process.kill()
    assert all(wait_for_end(pid) for pid in others)


def _kill_child(run: Run, data_dir: Path, processes_of: Processes, name: str) -> None:
    """Kill one process of an installation, and see it end as a whole and say why."""
    (child,) = (pid for pid in processes_of(data_dir) if name in _words(pid))
    os.kill(child, signal.SIGKILL)
    assert "process ended (signal SIGKILL)" in refused(run)
    assert processes_of(data_dir) == []


@pytest.mark.usefixtures("later_start")
def test_a_package_that_cannot_be_loaded_ends_the_run_with_the_reason(
    start: Callable[..., Run], data_dir: Path, processes_of: Processes, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BROKEN_PACKAGE)
    run = start(PYTHONPATH=str(tmp_path))
    assert "api process ended (status 1): ImportError: planted" in refused(run)
    assert processes_of(data_dir) == []


def test_a_port_in_use_is_refused_before_anything_is_started(start: Callable[..., Run], data_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        message = refused(start("--port", str(port)))
    assert f"127.0.0.1:{port}" in message
    assert "TECHEX_PORT" in message
    assert not (data_dir / "postgres").exists()


def test_an_unreachable_database_is_named_without_its_password(
    start: Callable[..., Run], data_dir: Path, processes_of: Processes
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        message = refused(start(DATABASE_URL=f"postgresql://clerk:s3cret@127.0.0.1:{port}/techex"))
    assert f"127.0.0.1:{port}/techex" in message
    assert "s3cret" not in message
    assert processes_of(data_dir) == []


def test_a_database_of_a_newer_release_is_refused_untouched(start: Callable[..., Run], data_dir: Path) -> None:
    async def execute(url: str, statement: str) -> str:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
            return str(await connection.fetchval("SELECT version_num FROM alembic_version"))
        finally:
            await connection.close()

    newer = "CREATE TABLE alembic_version AS SELECT 'from_the_future' AS version_num"
    with EmbeddedPostgres(data_dir / "elsewhere", {"fsync": "off"}) as server:
        asyncio.run(execute(server.url(), newer))
        message = refused(start(DATABASE_URL=server.url()))
        assert asyncio.run(execute(server.url(), "SELECT 1")) == "from_the_future"
    assert "newer release (revision from_the_future)" in message


def test_a_wrong_setting_is_named(start: Callable[..., Run]) -> None:
    assert "TECHEX_DATABASE_POOL_SIZE" in refused(start(TECHEX_DATABASE_POOL_SIZE="many"))


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    from app.run.demonstration import write_keys  # noqa: PLC0415

    path = tmp_path / "keys.json"
    path.write_text("{}")
    path.chmod(0o644)
    write_keys(path, {"operator": "k", "审计": "a"})
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == {"operator": "k", "审计": "a"}


def _words(pid: int) -> list[str]:
    """The command of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
