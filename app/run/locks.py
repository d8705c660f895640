"""A lock that dies with its process, so that a killed one leaves nothing to clear by hand."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from app.run.errors import StartError


class FileLock:
    """Holds `path` exclusively while entered; raises `StartError(refusal)` at once if another process holds it."""

    def __init__(self, path: Path, refusal: str) -> None:
        self._path = path
        self._refusal = refusal
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock. The file stays behind afterwards: removing it would let two processes lock two files."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StartError(self._refusal) from None
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
