"""Sending an anchor away: a line at the end of a file, or a POST. Both return once the anchor is kept there."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from app.core.settings import Settings
from app.system.anchors.kinds import AnchorTarget
from app.system.anchors.rules import Anchor

SECONDS: Final = 5
"""At most, for one try: a deadline's other ones wait for it."""
Sender = Callable[[Anchor], Awaitable[None]]
_SENDERS: dict[AnchorTarget, Sender] = {}


def configure(settings: Settings) -> None:
    """Say where this process's anchors go."""
    _SENDERS.clear()
    if settings.anchor_file is not None:
        _SENDERS[AnchorTarget.FILE] = partial(_append, settings.anchor_file)
    if settings.anchor_url is not None:
        _SENDERS[AnchorTarget.URL] = partial(_post, settings.anchor_url.get_secret_value())


def senders() -> Mapping[AnchorTarget, Sender]:
    """By target: what sends there. Raises `OSError` or `httpx.HTTPError` where it fails, `TimeoutError` in time."""
    return _SENDERS


async def _append(path: Path, anchor: Anchor) -> None:
    async with asyncio.timeout(SECONDS):
        await asyncio.to_thread(_write, path, anchor.line())


def _write(path: Path, line: bytes) -> None:
    """Append to a file that its account alone reads, and flush it to the disk. A line that was cut is taken back."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        before = os.lseek(descriptor, 0, os.SEEK_END)
        if before and os.lseek(descriptor, -1, os.SEEK_END) >= 0 and os.read(descriptor, 1) != b"\n":
            line = b"\n" + line  # the machine stopped in the middle of the line before
        if os.write(descriptor, line) != len(line):
            os.ftruncate(descriptor, before)
            raise OSError("the line was not written as a whole")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if os.name == "posix":  # Windows opens no folder
        folder = os.open(path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


async def _post(url: str, anchor: Anchor) -> None:
    """Any answer of 2xx is a receipt; a redirection is none."""
    import httpx  # noqa: PLC0415 — 0.1 s that the start of a process need not take

    async with asyncio.timeout(SECONDS), httpx.AsyncClient(timeout=SECONDS) as client:
        sent = client.post(url, content=anchor.line(), headers={"Content-Type": "application/json"})
        (await sent).raise_for_status()
