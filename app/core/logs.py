"""Structured logs: one JSON object a line, with the request id; no bodies, no names, no keys.

A line that cannot be written is dropped and counted: what is logged about must not fail by its log.
"""

import io
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from app.core.settings import Settings


@contextmanager
def _without_rich() -> Iterator[None]:
    """Hide rich from what is imported meanwhile."""
    absent = "rich" not in sys.modules
    if absent:
        sys.modules["rich"] = None  # type: ignore[assignment]  # to import it is an ImportError
    try:
        yield
    finally:
        if absent:
            del sys.modules["rich"]


# structlog imports rich for a console that no process of ours writes to: 70 modules, 0.06 s and 5 MB.
with _without_rich():
    import structlog

get_logger = structlog.get_logger
_ROTATE_AT_BYTES = 16 * 2**20


class Lines(io.TextIOBase):
    """Where a process's lines go: a file, straight and unbuffered, or whatever stands for standard output.

    `dropped` counts those that could not be written, for one on a full disk; the next that can says how many.
    """

    def __init__(self) -> None:
        self.output: IO[str] = sys.stdout
        self._rotated: Path | None = None
        self.dropped = 0

    def rotate(self, path: Path) -> None:
        """Standard output and error are this file: past 16 MB it moves to `….1` and both go on in a new one."""
        self._rotated = path

    def write(self, text: str) -> int:
        with suppress(ValueError):  # closed: the process ends
            try:
                if self.dropped:
                    text = f'\n{{"event": "log_lines_dropped", "level": "warning", "count": {self.dropped}}}\n{text}'
                self._put(text)
                self.dropped = 0
            except OSError:
                self.dropped += 1
        return len(text)

    def flush(self) -> None:
        """Each line is written at once."""

    def _put(self, text: str) -> None:
        if self._rotated is None:
            self.output.write(text)
            self.output.flush()
            return
        if os.fstat(1).st_size > _ROTATE_AT_BYTES:
            self._move(self._rotated)
        os.write(1, text.encode())

    def _move(self, path: Path) -> None:
        path.replace(path.with_name(path.name + ".1"))
        fresh = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for descriptor in (1, 2):
            os.dup2(fresh, descriptor)
        os.close(fresh)


LINES = Lines()
"""The lines of this process."""


def trace_of(error: BaseException) -> list[str]:
    """Where an error and its causes came from: our own frames and the last, without messages, which quote values."""
    lines: list[str] = []
    chain: BaseException | None = error
    while chain is not None:
        frames = traceback.extract_tb(chain.__traceback__)
        ours = [frame for frame in frames[:-1] if "site-packages" not in frame.filename] + frames[-1:]
        lines += [type(chain).__qualname__, *(f"  {f.filename}:{f.lineno} {f.name}" for f in ours)]
        chain = chain.__cause__ or chain.__context__
    return lines


def configure_logging(settings: Settings) -> None:
    """Set up structlog for this process at the level of the settings."""
    LINES.output = sys.stdout
    level = logging.getLevelNamesMapping()[settings.log_level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(LINES),  # type: ignore[arg-type]  # it writes and flushes
        cache_logger_on_first_use=True,
    )
