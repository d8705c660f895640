"""Log files of the processes that `techex run` starts."""

import os
from pathlib import Path
from typing import BinaryIO

_ROTATE_AT_BYTES = 16 * 2**20


def open_log(path: Path) -> BinaryIO:
    """Open `path` for appending; past 16 MB it first moves to `….1`, so that no copy fills the disk by itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    if path.exists() and path.stat().st_size > _ROTATE_AT_BYTES:
        path.replace(path.with_name(path.name + ".1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0)


def last_line(path: Path, *, containing: str = "") -> str:
    """The last line of a log that holds `containing`, else its last line; empty for an empty or missing log."""
    try:
        lines = [line.strip() for line in path.read_text(errors="replace")[-20_000:].splitlines() if line.strip()]
    except OSError:
        return ""
    matching = [line for line in lines if containing in line]
    return (matching or lines or [""])[-1]
