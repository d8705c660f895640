"""Turns what happens to a supervisor's process into exceptions, so that one `with` cleans up after all of it."""

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """Somebody asked this process to stop. No `except Exception` on the way swallows it."""


class Bereaved(KeyboardInterrupt):
    """A process that must live has ended; the message says which, and how."""


class Signals:
    """While entered, a signal to stop raises `Stopped`, and a child's end raises `Bereaved` where `ended()` has a line.

    It happens once: from the first on, and after `quiet()`, further signals are ignored, so that cleaning up is not
    interrupted.
    """

    def __init__(self, ended: Callable[[], str | None]) -> None:
        self._ended = ended

    def __enter__(self) -> Self:
        for number in _ENDING:
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, self._mourn)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.quiet()

    def quiet(self) -> None:
        """Raise nothing from here on."""
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self.quiet()
        raise Stopped(signal.Signals(number).name)

    def _mourn(self, _number: int, _frame: FrameType | None) -> None:
        if (line := self._ended()) is not None:
            self.quiet()
            raise Bereaved(line)
