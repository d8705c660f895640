"""A migrated database cluster, made once a run and copied wherever a test needs a server of its own.

Creating and migrating one takes 2 s of CPU, copying it a fraction. The process that needs it first makes it; the other
processes of xdist wait, and find it.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

from app.run.migrations.upgrade import upgrade
from app.run.postgres.embedded import EmbeddedPostgres

FOLDER = "TECHEX_TEST_SEED"
"""The variable with the folder of this run's seed, which the processes of xdist inherit."""
MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30


def pytest_configure(config: pytest.Config) -> None:
    if FOLDER not in os.environ:
        _sweep()
        os.environ[FOLDER] = str(short_folder())
        config.add_cleanup(_remove)


def short_folder(*, on_disk: bool = False) -> Path:
    """A new folder with a short path (socket paths are limited to 107 bytes) that PostgreSQL's own user may enter.

    It lies in memory where there is room: a database is 700 files, and ext4 takes 0.15 to 0.5 s of CPU to make them
    where as many were removed within the last seconds (it looks for inodes that were not), memory 0.02 s.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"tx-{os.getpid()}-", dir=None if on_disk else _memory()))
    folder.chmod(0o755)
    return folder


def _sweep() -> None:
    """Remove what killed runs left in memory: the folders of processes that are gone."""
    folder = _memory()
    for left in folder.glob("tx-*") if folder else ():
        owner = left.name.split("-")[1]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(left, ignore_errors=True)


@cache
def _memory() -> Path | None:
    """Where files are kept in memory, if there is room for the servers of a whole run."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    return MEMORY if usable and shutil.disk_usage(MEMORY).free > ROOM else None


def copy_to(data_dir: Path) -> None:
    """Put a copy of the seed into a data folder, as a first start would have left it."""
    data_dir.mkdir(exist_ok=True)
    command = ["cp", "-a", str(_made() / "postgres"), str(data_dir)]  # keeps owners and modes
    subprocess.run(command, check=True)


def _made() -> Path:
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "data").exists():
            with EmbeddedPostgres(folder / "making", {"fsync": "off"}) as server:
                upgrade(server.url())
            (folder / "making").rename(folder / "data")
    return folder / "data"


def _remove() -> None:
    shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)
