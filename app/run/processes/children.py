"""The processes that `techex run` starts, and how they know when to begin and when their parent is gone."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from app.run.logs import last_line, open_log

_STOP_SECONDS = 10
_STDIN, _STDOUT, _STDERR = 0, 1, 2
_WORD_BYTES = 65536


class Child:
    """`techex <command> --supervised` in a process group of its own, so that Ctrl-C reaches only the supervisor.

    It loads at once and waits for the word to begin (`go`). Its standard input is its lifeline: the word comes through
    it, and its end tells the child that the supervisor is gone. Until the word, what it says goes to the terminal.
    Leaving the context ends a child that still runs.
    """

    def __init__(self, name: str, command: str) -> None:
        self.name = name
        self.log: Path | None = None
        self._lifeline, theirs = socket.socketpair()
        with theirs:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "app.cli", command, "--supervised"],
                stdin=theirs.fileno(), stdout=_STDERR, start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._process.pid

    def go(self, log: Path, environment: Mapping[str, str], listener: socket.socket | None = None) -> None:
        """Let the child begin: the database is ready. One that has died meanwhile is noticed elsewhere.

        It writes to `log` from now on, takes these variables over those it was started with, and serves on `listener`.
        """
        self.log = log
        word = json.dumps([str(log), dict(environment)]).encode() + b"\n"
        with open_log(log) as output, suppress(OSError):
            passed = [output.fileno()] if listener is None else [output.fileno(), listener.fileno()]
            socket.send_fds(self._lifeline, [word], passed)

    def alive(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def obituary(self) -> str:
        """One line on how an ended child ended."""
        status = self._process.returncode
        how = f"signal {signal.Signals(-status).name}" if status is not None and status < 0 else f"status {status}"
        if self.log is None:
            return f"The {self.name} process ended ({how}) before the database was ready"
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
        self._lifeline.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ask_to_stop()
        self.ensure_stopped()


def told_to_begin() -> bool:
    """In a child: whether the word to begin has come, or will never come; `wait_for_go` returns or ends at once."""
    with socket.socket(fileno=os.dup(_STDIN)) as lifeline:
        try:
            lifeline.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        return True


def wait_for_go() -> socket.socket | None:
    """In a child: return when the supervisor says so, with the socket to serve on where there is one.

    From then on this process ends when the supervisor ends. Until the server or the worker has its own handlers,
    SIGTERM ends the process at once, which is right: a handler that raised would now and then lose the signal inside
    an import.
    """
    lifeline = socket.socket(fileno=os.dup(_STDIN))
    word, passed, _, _ = socket.recv_fds(lifeline, _WORD_BYTES, 2)
    while word and not word.endswith(b"\n"):
        more = lifeline.recv(_WORD_BYTES)
        word = word + more if more else b""
    if not word:
        raise SystemExit(0)
    log, *listeners = passed
    os.dup2(log, _STDOUT)
    os.dup2(log, _STDERR)
    os.close(log)
    path, environment = json.loads(word)
    os.environ.update(environment)
    from app.core.logs import LINES  # noqa: PLC0415 - has the settings, which the first import of `techex` must not

    LINES.rotate(Path(path))
    threading.Thread(target=_end_with_parent, args=(lifeline,), name="lifeline", daemon=True).start()
    return socket.socket(fileno=listeners[0]) if listeners else None


def _end_with_parent(lifeline: socket.socket) -> None:
    while lifeline.recv(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
