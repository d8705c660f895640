"""The processes that `techex run` starts, and how they know when to begin and when their parent is gone."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from app.run.logs import last_line, open_log

_STOP_SECONDS = 10
_GO = b"g"
_STDIN = 0


class Child:
    """`techex <arguments>` in a process group of its own, so that Ctrl-C reaches only the supervisor, which ends it.

    The child's standard input is its lifeline: one byte lets it begin, its end tells it that the supervisor is gone.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str],
        keep: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.log = log
        with open_log(log) as output:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "app.cli", *arguments],
                stdin=subprocess.PIPE, bufsize=0, stdout=output, stderr=output, pass_fds=keep,
                env=dict(environment), start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._process.pid

    def go(self) -> None:
        """Let the child begin: the database is ready. One that has died meanwhile is noticed elsewhere."""
        with suppress(BrokenPipeError):
            self._lifeline().write(_GO)

    def alive(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def obituary(self) -> str:
        """One line on how an ended child ended."""
        status = self._process.returncode
        how = f"signal {signal.Signals(-status).name}" if status is not None and status < 0 else f"status {status}"
        said = last_line(self.log)
        return f"The {self.name} process ended ({how}){': ' + said if said else ''} (see {self.log})"

    def ask_to_stop(self) -> None:
        """Tell the child to finish what it is doing and end; returns at once."""
        if self.alive():
            self._process.terminate()

    def ensure_stopped(self) -> None:
        """Wait for the child's end, and after 10 s end it and whatever it started."""
        deadline = time.monotonic() + _STOP_SECONDS
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.01)
        if self.alive():
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._lifeline().close()

    def _lifeline(self) -> IO[bytes]:
        if self._process.stdin is None:
            raise RuntimeError("a child is started with a pipe")
        return self._process.stdin


def wait_for_go() -> None:
    """In a child: return when the supervisor says so, and from then on end this process when the supervisor ends.

    Until the server or the worker has its own handlers, SIGTERM ends the process at once, which is right: a handler
    that raised would now and then lose the signal inside an import.
    """
    if os.read(_STDIN, 1) != _GO:
        raise SystemExit(0)
    threading.Thread(target=_end_with_parent, name="lifeline", daemon=True).start()


def _end_with_parent() -> None:
    while os.read(_STDIN, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
