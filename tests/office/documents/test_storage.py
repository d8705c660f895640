"""One contract, two stores: a folder, and a real server of the S3 protocol on loopback."""

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from app.core.problems import Problem
from app.core.settings import Settings
from app.core.storage import ObjectStorage, open_storage
from app.office.documents.reading import DamagedError, open_checked

SMALL = "示例".encode()
# Over two parts of 5 MiB, so that the S3 store has to send it in several.
LARGE = bytes(range(256)) * (11 * 2**20 // 256)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStorage:
    if request.param == "folder":
        return open_storage(Settings(data_dir=tmp_path))
    endpoint = request.getfixturevalue("s3_endpoint")
    bucket = f"bucket-{uuid4().hex}"
    httpx.put(f"{endpoint}/{bucket}").raise_for_status()
    return open_storage(
        Settings(
            data_dir=tmp_path,
            documents_url=f"s3://{bucket}/documents",
            s3_endpoint=endpoint,
            s3_access_key_id=SecretStr("test"),
            s3_secret_access_key=SecretStr("test"),
        )
    )


async def in_chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 300_000):
        yield content[start : start + 300_000]


async def read(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def test_what_is_put_is_got(storage: ObjectStorage) -> None:
    await storage.put(sha256(SMALL), SMALL)
    await storage.put(sha256(LARGE), in_chunks(LARGE))
    assert await read(storage.get(sha256(SMALL))) == SMALL
    assert sha256(await read(storage.get(sha256(LARGE)))) == sha256(LARGE)


async def test_what_is_not_there_is_a_file_not_found(storage: ObjectStorage) -> None:
    with pytest.raises(FileNotFoundError):
        await read(storage.get(sha256(b"never put")))


async def test_putting_again_heals_a_damaged_object(storage: ObjectStorage) -> None:
    await storage.put(sha256(SMALL), b"damaged")
    with pytest.raises(Problem):
        await open_checked(storage, sha256(SMALL), len(SMALL))
    await storage.put(sha256(SMALL), SMALL)
    assert await read(await open_checked(storage, sha256(SMALL), len(SMALL))) == SMALL


async def test_a_body_that_breaks_off_leaves_no_object(storage: ObjectStorage) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield LARGE[: 6 * 2**20]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await storage.put(sha256(LARGE), broken())
    with pytest.raises(FileNotFoundError):
        await read(storage.get(sha256(LARGE)))


async def collect(chunks: AsyncIterator[bytes], received: list[bytes]) -> None:
    async for chunk in chunks:
        received += [chunk]


@pytest.mark.parametrize("damaged", [LARGE[:-1], LARGE + b"x", LARGE[:-1] + b"x", b"x" + LARGE[1:]])
async def test_a_damaged_large_object_is_cut_before_its_end(storage: ObjectStorage, damaged: bytes) -> None:
    await storage.put(sha256(LARGE), damaged)
    received: list[bytes] = []
    with pytest.raises(DamagedError):
        await collect(await open_checked(storage, sha256(LARGE), len(LARGE)), received)
    assert sum(map(len, received)) < len(LARGE)


async def test_a_folder_has_the_file_and_its_names_on_the_disk_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    name = sha256(SMALL)
    await open_storage(Settings(data_dir=tmp_path)).put(name, SMALL)
    folder = tmp_path / "documents"
    assert synced == [str(folder / name[:2] / name[2:]), str(folder / name[:2]), str(folder)]


async def test_a_store_that_is_away_is_a_503_to_be_retried(tmp_path: Path) -> None:
    away = Settings(
        data_dir=tmp_path,
        documents_url="s3://bucket/documents",
        s3_endpoint="http://127.0.0.1:1",
        s3_access_key_id=SecretStr("test"),
        s3_secret_access_key=SecretStr("test"),
    )
    storage = open_storage(away)
    for use in (storage.put(sha256(SMALL), SMALL), open_checked(storage, sha256(SMALL), len(SMALL))):
        with pytest.raises(Problem) as refusal:
            await use
        assert (refusal.value.kind.code, refusal.value.kind.status) == ("storage_unavailable", 503)
