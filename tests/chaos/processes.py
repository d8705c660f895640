"""Processes that tests kill (SIGKILL) and start again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.patience import PATIENCE
from tests.support.served import ROOT, await_ready, free_port


class Killable:
    """A `techex` process on a database, that can be killed and started again."""

    def __init__(self, command: str, database_url: str, data_dir: Path, **extra: str) -> None:
        self._command = command
        self._environment = os.environ | {
            "DATABASE_URL": database_url,
            "TECHEX_ENVIRONMENT": "sandbox",
            "TECHEX_DATA_DIR": str(data_dir),
            "TECHEX_LOG_LEVEL": "ERROR",
            **extra,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> subprocess.Popen[bytes]:
        """Start it without waiting until it is ready."""
        command = [sys.executable, "-m", "app.cli", *self._command.split()]
        self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment)
        return self._process

    def kill(self) -> None:
        """Kill it; nothing happens where it does not run."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(PATIENCE)


class ApiProcess(Killable):
    """The API on one port."""

    def __init__(self, database_url: str, data_dir: Path, **extra: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__("serve", database_url, data_dir, TECHEX_PORT=str(self.port), **extra)

    def start(self) -> None:
        """Start it; it is ready when this returns."""
        await_ready(self.url, self.launch())


class WorkerProcess(Killable):
    """A worker."""

    def __init__(self, database_url: str, data_dir: Path, **extra: str) -> None:
        super().__init__("worker", database_url, data_dir, **extra)
