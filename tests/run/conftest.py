"""Folders and processes for the tests of what starts and stops an installation."""

import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.run.migrations.upgrade import upgrade
from app.run.postgres.embedded import EmbeddedPostgres


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder with a short path that every user can enter; pytest's own is private and long."""
    folder = Path(tempfile.mkdtemp(prefix="tx-"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_cluster() -> Iterator[Path]:
    """A cluster as a first start leaves it: created and migrated once a test process."""
    folder = Path(tempfile.mkdtemp(prefix="tx-"))
    folder.chmod(0o755)
    with EmbeddedPostgres(folder / "data", {"fsync": "off"}) as server:
        upgrade(server.url())
    yield folder / "data" / "postgres"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def later_start(data_dir: Path, migrated_cluster: Path) -> None:
    """The test's folder has a migrated cluster already, so that `techex run` is not a first start."""
    data_dir.mkdir()
    subprocess.run(["cp", "-a", str(migrated_cluster), str(data_dir)], check=True)  # keeps owners and modes


@pytest.fixture
def wait_for_end() -> Callable[[int], bool]:
    """Waits for the end of any process, also of one that is not a child: whether it came within 20 s."""

    def wait(pid: int) -> bool:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        try:
            return bool(select.select([descriptor], [], [], 20)[0])
        finally:
            os.close(descriptor)

    return wait


@pytest.fixture
def processes_of() -> Callable[[Path], list[int]]:
    """Every process that names a folder in its command line or its environment."""

    def find(folder: Path) -> list[int]:
        wanted = str(folder).encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                except OSError:
                    continue
                if wanted in text:
                    found.append(int(entry.name))
        return found

    return find
