"""Lets a process sleep until something happens to it: a signal to stop, a child's end, a word from its own thread.

Nothing is raised from a signal handler: an exception at a random point can be swallowed (in a destructor, in a
callback), and the wish to stop would be lost with it. This was tried, and happened.
"""

import os
import signal
from types import TracebackType
from typing import Self

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_NOTICE = 0


class Wakeup:
    """While entered, signals arrive as numbers that `wait` returns one by one. Only in the main thread."""

    def __init__(self) -> None:
        self._reader, self._writer = -1, -1

    def __enter__(self) -> Self:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in (*_ENDING, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)  # the number itself travels through the pipe
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """From here on the process is ending: what would end it is ignored, so that nothing interrupts the way out."""
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        os.close(self._reader)
        os.close(self._writer)

    def notify(self) -> None:
        """Wake the main thread, from any thread, while entered."""
        os.write(self._writer, bytes([_NOTICE]))

    def wait(self) -> bool:
        """Sleep until something happened; whether it was a signal to stop."""
        return os.read(self._reader, 1)[0] in _ENDING
