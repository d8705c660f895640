"""The API as a real process on a real port, for tests that need more than the application object."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def served(
    database_url: str, data_dir: Path, extra: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> Iterator[str]:
    """The base URL of an API process on a database; the process is gone when the block ends. `cwd`: whose code."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "TECHEX_ENVIRONMENT": "sandbox",
        "TECHEX_DATA_DIR": str(data_dir),
        "TECHEX_PORT": str(port),
        "TECHEX_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "app.cli", "serve"]
    with subprocess.Popen(command, cwd=cwd, env=environment | dict(extra or {})) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            await_ready(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(PATIENCE)


def await_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process answers that it is ready; raises if it ends or takes longer than `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=PATIENCE).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the API did not answer at {url}; exit code {process.poll()}")
