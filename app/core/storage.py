"""Document storage: a folder or any S3-compatible store, through one interface (obstore).

Objects are content-addressed by SHA-256, so writing twice is writing once, and what is read can be checked.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from app.core.logs import get_logger

if TYPE_CHECKING:
    from obstore.store import S3Config

from app.core.problems import STORAGE_UNAVAILABLE
from app.core.settings import Settings

log = get_logger(__name__)

# A large object goes up in parts of 5 MiB; this many of them are held in memory by one upload.
UPLOADS_AT_ONCE = 4
# What a reader holds at a time; obstore's own choice is 10 MiB.
READ_BYTES = 2**18


class Storage(Protocol):
    """Content-addressed objects, named by the hex SHA-256 of their content."""

    async def put(self, sha256: str, content: AsyncIterator[bytes] | bytes) -> None:
        """Store the content under its hash, whole or not at all; storing it again heals a damaged object.

        Raises `storage_unavailable`, as `get` does.
        """

    def get(self, sha256: str) -> AsyncIterator[bytes]:
        """The content in chunks; raises `FileNotFoundError` when there is none."""


class ObjectStorage:
    """Storage in an obstore `ObjectStore`: `ab/cdef…`, so that no folder holds too many files."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, sha256: str, content: AsyncIterator[bytes] | bytes) -> None:
        with _reachable():
            await obstore.put_async(self._store, _path(sha256), content, max_concurrency=UPLOADS_AT_ONCE)
        if isinstance(self._store, LocalStore) and self._store.prefix is not None:
            await asyncio.to_thread(_sync, Path(self._store.prefix), _path(sha256))

    async def get(self, sha256: str) -> AsyncIterator[bytes]:
        with _reachable():
            result = await obstore.get_async(self._store, _path(sha256))
            async for chunk in result.stream(min_chunk_size=READ_BYTES):
                yield bytes(chunk)


@contextmanager
def _reachable() -> Iterator[None]:
    """Raises `storage_unavailable` if the store is unavailable. A missing object stays `FileNotFoundError`."""
    try:
        yield
    except BaseError as error:
        log.warning("storage_unavailable", error=type(error).__name__)
        raise STORAGE_UNAVAILABLE(headers={"Retry-After": "5"}) from error


def _sync(folder: Path, path: str) -> None:
    """Flush a file and its folders to the disk. The store itself does not wait for that."""
    file = folder / path
    folders = [file.parent, folder] if os.name == "posix" else []  # Windows opens no folder
    for written, mode in ((file, os.O_RDWR), *((parent, os.O_RDONLY) for parent in folders)):
        descriptor = os.open(written, mode)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:]}"


def open_storage(settings: Settings) -> ObjectStorage:
    """The store the settings name: `documents_url`, or the folder `documents` under `data_dir`."""
    if settings.documents_url is None:
        folder = settings.data_dir.resolve() / "documents"
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        return ObjectStorage(LocalStore(folder))
    config: S3Config = {"region": settings.s3_region}
    if settings.s3_endpoint:
        config["endpoint"] = settings.s3_endpoint
    if settings.s3_access_key_id and settings.s3_secret_access_key:
        config["access_key_id"] = settings.s3_access_key_id.get_secret_value()
        config["secret_access_key"] = settings.s3_secret_access_key.get_secret_value()
    plain_http = (settings.s3_endpoint or "").startswith("http://")
    return ObjectStorage(
        S3Store.from_url(
            settings.documents_url,
            config=config,
            client_options={"allow_http": plain_http},
            # The client's own choice is ten retries over three minutes, with the caller waiting.
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=10)},
        )
    )
