"""The embedded server: created once, durable, one owner, and never left behind."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.run.errors import StartError
from app.run.postgres import embedded
from app.run.postgres.embedded import EmbeddedPostgres, running_url

QUICK = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "30"}
ROOT = Path(__file__).resolve().parents[3]
OWNER = """
import sys
from pathlib import Path
from app.run.postgres.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), {"fsync": "off", "shared_buffers": "16MB"})
server.start()
print(server.pid, server._guard.pid, flush=True)
sys.stdin.read()
"""


def ask(url: str, query: str) -> Any:
    async def fetch() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(fetch())


@pytest.fixture
def owner(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """Another process that owns a running server: itself, the server's number, the guard's number."""
    command = [sys.executable, "-c", OWNER, str(data_dir)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    server, guard = map(int, process.stdout.readline().split())
    yield process, server, guard
    process.kill()
    process.communicate()


def test_a_new_cluster_is_durable_and_has_the_database(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as server:
        url = server.url()
        assert ask(url, "SHOW server_version_num") >= "180000"
        assert ask(url, "SHOW fsync") == "on"
        assert ask(url, "SHOW synchronous_commit") == "on"
        assert ask(url, "SHOW timezone") == "UTC"
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW server_encoding") == "UTF8"
        collation = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database()"
        assert ask(url, collation) == "bC.UTF-8"


def test_a_second_start_keeps_the_data_and_takes_the_options(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, QUICK) as server:
        ask(server.url(), "CREATE TABLE kept AS SELECT 7 AS value")
    with EmbeddedPostgres(data_dir, QUICK) as server:
        assert ask(server.url(), "SELECT value FROM kept") == 7
        assert ask(server.url(), "SHOW max_connections") == "30"


def test_leaving_stops_the_server_and_frees_the_folder(data_dir: Path, wait_for_end: Callable[[int], bool]) -> None:
    with EmbeddedPostgres(data_dir, QUICK) as server:
        pid = server.pid
        assert running_url(data_dir) == server.url()
    assert wait_for_end(pid)
    assert running_url(data_dir) is None
    assert not server.running()
    with pytest.raises(RuntimeError):
        _ = server.pid


def test_two_copies_run_side_by_side(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir / "a", QUICK) as one, EmbeddedPostgres(data_dir / "b", QUICK) as two:
        ask(one.url(), "CREATE TABLE only_here ()")
        assert ask(two.url(), "SELECT to_regclass('only_here')") is None


def test_a_folder_in_use_is_refused(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, QUICK) as server:
        with pytest.raises(StartError, match=r"in use by another process.*TECHEX_DATA_DIR"):
            EmbeddedPostgres(data_dir, QUICK).start()
        assert ask(server.url(), "SELECT 1") == 1


def test_the_server_ends_with_a_killed_owner(
    data_dir: Path, owner: tuple[subprocess.Popen[str], int, int], wait_for_end: Callable[[int], bool]
) -> None:
    process, server, guard = owner
    process.kill()
    assert wait_for_end(server)
    assert wait_for_end(guard)
    with EmbeddedPostgres(data_dir, QUICK) as again:
        assert ask(again.url(), "SELECT 1") == 1


def test_a_server_left_running_is_adopted_and_stopped(
    data_dir: Path, owner: tuple[subprocess.Popen[str], int, int], wait_for_end: Callable[[int], bool]
) -> None:
    process, server, guard = owner
    os.kill(guard, signal.SIGKILL)
    process.kill()
    process.wait()
    with EmbeddedPostgres(data_dir, QUICK) as again:
        assert again.pid == server
        assert again.running()
        assert ask(again.url(), "SELECT 1") == 1
    assert wait_for_end(server)


def test_a_stale_pid_file_with_a_living_number_does_not_stop_the_start(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, QUICK) as server:
        lines = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
        lines[0] = str(os.getpid())
    (data_dir / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    assert running_url(data_dir) is None
    with EmbeddedPostgres(data_dir, QUICK) as server:
        assert ask(server.url(), "SELECT 1") == 1


def test_an_interrupted_creation_is_done_again(data_dir: Path) -> None:
    (data_dir / "postgres.new" / "base").mkdir(parents=True)
    with EmbeddedPostgres(data_dir, QUICK) as server:
        assert ask(server.url(), "SELECT current_database()") == "techex"
    assert not (data_dir / "postgres.new").exists()


def test_an_immediate_stop_loses_nothing_that_was_committed(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    with server:
        ask(server.url(), "CREATE TABLE kept AS SELECT 7 AS value")
        server.stop("immediate")
        server.start()
        assert ask(server.url(), "SELECT value FROM kept") == 7


@pytest.mark.parametrize("name", ["a" * 90, "with space", "数据", "a,b", "p%20c"])
def test_any_path_will_do(data_dir: Path, name: str) -> None:
    with EmbeddedPostgres(data_dir / name, QUICK) as server:
        assert ask(server.url(), "SELECT 1") == 1


def test_a_relative_path_will_do(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data_dir.mkdir()
    monkeypatch.chdir(data_dir)
    with EmbeddedPostgres(Path("here"), QUICK) as server:
        monkeypatch.chdir("/")
        assert ask(server.url(), "SELECT 1") == 1


def test_a_private_folder_above_stays_private(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o700)
    with EmbeddedPostgres(data_dir / "deep" / "er", QUICK) as server:
        assert ask(server.url(), "SELECT 1") == 1
    assert data_dir.stat().st_mode & 0o777 == 0o700


def test_a_program_in_a_private_folder_will_do(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout, with its virtual environment, in a folder that only its owner may enter."""
    data_dir.mkdir(mode=0o700)
    programs = embedded.find_binaries()
    installed = programs.parents[2]  # programs, and libraries of theirs in the folder beside
    for folder in (programs.parent, *installed.glob(f"{programs.parents[1].name}.libs")):
        copy = data_dir / "installed" / folder.relative_to(installed)
        shutil.copytree(folder, copy, copy_function=_link_or_copy, symlinks=True)
    private = data_dir / "installed" / programs.relative_to(installed)
    monkeypatch.setattr(embedded, "find_binaries", lambda: private)
    with EmbeddedPostgres(data_dir / "data", QUICK) as server:
        assert ask(server.url(), "SELECT 1") == 1


def _link_or_copy(source: str, target: str) -> None:
    """A link costs nothing, but cannot cross a mount."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def test_a_cluster_of_another_version_is_refused(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, QUICK):
        pass
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(StartError, match="PostgreSQL 16"):
        EmbeddedPostgres(data_dir, QUICK).start()


def test_a_server_that_does_not_come_up_says_why(data_dir: Path) -> None:
    with pytest.raises(StartError, match=r"FATAL.*no_such_setting.*postgres\.log"):
        EmbeddedPostgres(data_dir, {"no_such_setting": "1"}).start()
    with EmbeddedPostgres(data_dir, QUICK) as server:
        assert ask(server.url(), "SELECT 1") == 1


def test_the_variables_of_other_servers_do_not_matter(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "elsewhere.invalid")
    monkeypatch.setenv("PGDATA", "/nowhere")
    with EmbeddedPostgres(data_dir, QUICK) as server:
        assert ask(server.url(), "SELECT 1") == 1


def test_the_other_programs_are_there(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    assert server.binary("pgbench").is_file()
    with pytest.raises(FileNotFoundError):
        server.binary("no_such_program")
