"""Reading stored content so that nothing damaged is handed out as whole."""

import hashlib
from collections.abc import AsyncIterator

from app.core.canonical import sha256_hex
from app.core.logs import get_logger
from app.core.problems import Problem
from app.core.storage import Storage
from app.office.documents.problems import DOCUMENT_DAMAGED

log = get_logger(__name__)
CHECKED_FIRST_BYTES = 2**20


class DamagedError(RuntimeError):
    """The rest of a large document does not fit its hash; the answer is cut off before its end."""


async def open_checked(storage: Storage, sha256: str, size: int) -> AsyncIterator[bytes]:
    """The content of an object, checked against its hash.

    Up to 1 MiB it is checked before the first byte leaves; raises `document_damaged`. A larger one is checked as it
    streams, its last chunk held back: when it does not fit, the answer ends short of its announced length, so that
    no client can take it for whole, and the log says so. Missing content is `document_damaged` at once.
    """
    chunks = storage.get(sha256)
    if size <= CHECKED_FIRST_BYTES:
        return _once(await _whole(chunks, sha256))
    try:
        first = await anext(chunks)
    except (FileNotFoundError, StopAsyncIteration) as error:
        raise _damaged(sha256, "missing") from error
    return _streamed(first, chunks, sha256, size)


async def _whole(chunks: AsyncIterator[bytes], sha256: str) -> bytes:
    try:
        content = b"".join([chunk async for chunk in chunks])
    except FileNotFoundError as error:
        raise _damaged(sha256, "missing") from error
    if sha256_hex(content) != sha256:
        raise _damaged(sha256, "hash differs")
    return content


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _streamed(first: bytes, rest: AsyncIterator[bytes], sha256: str, size: int) -> AsyncIterator[bytes]:
    digest, length, held = hashlib.sha256(first), len(first), first
    async for chunk in rest:
        digest.update(chunk)
        length += len(chunk)
        if length > size:
            break
        yield held
        held = chunk
    if length != size or digest.hexdigest() != sha256:
        log.error("document_damaged", sha256=sha256, why="hash differs", streamed=True)
        raise DamagedError(sha256)
    yield held


def _damaged(sha256: str, why: str) -> Problem:
    log.error("document_damaged", sha256=sha256, why=why)
    return DOCUMENT_DAMAGED(sha256=sha256)
