"""Folders and processes for the tests of what starts and stops an installation."""

import os
import select
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import seed
from tests.support.patience import PATIENCE


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder with a short path that every user can enter; pytest's own is private and long."""
    folder = seed.short_folder()
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def later_start(data_dir: Path) -> None:
    """The test's folder has a migrated cluster already, so that `techex run` is not a first start."""
    seed.copy_to(data_dir)


@pytest.fixture
def wait_for_end() -> Callable[[int], bool]:
    """Waits for the end of any process, also of one that is not a child: whether it came."""

    def wait(pid: int) -> bool:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        try:
            return bool(select.select([descriptor], [], [], PATIENCE)[0])
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
