"""The route class of an upload: the body is checked, hashed and stored before a database connection is held.

Order: who calls and whether they may (before a byte of the body is read), name and type, then the stream, hashed on its
way into a spooled file and cut off at the limit, then the object store. Only then the command's transaction begins.
A crash, or a refusal, after the object was stored leaves an object without a row: content nobody can reach, which
a second upload of the same file takes up again.
"""

import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import Depends, Request

from app.core.problems import BODY_TOO_LARGE, UNAUTHENTICATED
from app.core.web.http import BINARY, Context, Endpoint, context_of, refuse_announced
from app.office.documents import rules
from app.office.documents.service import Upload, check_room_for

IN_MEMORY_BYTES = 2**20
CHUNK_BYTES = 2**18


class UploadEndpoint(Endpoint):
    """A command whose body is a document and not JSON; its limit is `document_max_bytes`."""

    def __init__(self, path: str, endpoint: Any, **kwargs: Any) -> None:
        super().__init__(path, endpoint, **kwargs)
        content = {media_type: {"schema": BINARY} for media_type in rules.TYPES}
        self.openapi_extra = {**(self.openapi_extra or {}), "requestBody": {"required": True, "content": content}}

    async def receive(self, request: Request) -> bytes:
        """Take in the document; answers its hash and type, which stand for the body under an `Idempotency-Key`."""
        context = context_of(request)
        await self._admit(request, context)
        media_type = rules.check_media_type(request.headers.get("content-type", ""))
        filename = rules.check_filename(request.query_params.get("filename", ""), media_type)
        upload = await _take_in(request, context, filename, media_type)
        request.state.upload = upload
        return f"{upload.media_type}\n{upload.sha256}".encode()

    async def _admit(self, request: Request, context: Context) -> None:
        """Refuse who may not upload before reading what they send; the transaction checks again."""
        authorization = request.headers.get("authorization")
        if authorization is None:
            raise UNAUTHENTICATED(headers={"WWW-Authenticate": "Bearer"})
        async with context.database.reading() as session:
            request.state.actor = actor = await context.authenticate(session, authorization)
            await self.access(request)
            if actor.organisation_id is not None:
                await check_room_for(session, actor.organisation_id)


async def _take_in(request: Request, context: Context, filename: str, media_type: str) -> Upload:
    limit = context.settings.document_max_bytes
    refuse_announced(request.headers.get("content-length", "0").encode("latin-1"), limit)
    digest, size, head = hashlib.sha256(), 0, b""
    async with anyio.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise BODY_TOO_LARGE(limit=limit)
            if len(head) < rules.HEAD_BYTES:
                head += chunk[: rules.HEAD_BYTES - len(head)]
            digest.update(chunk)
            await file.write(chunk)
        rules.check_head(head, media_type)
        await file.seek(0)
        content = await file.read() if size <= IN_MEMORY_BYTES else _chunks(file)
        await context.storage.put(digest.hexdigest(), content)
    return Upload(filename, media_type, digest.hexdigest(), size)


async def _chunks(file: anyio.SpooledTemporaryFile[bytes]) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK_BYTES):
        yield chunk


async def _uploaded(request: Request) -> Upload:
    upload: Upload = request.state.upload
    return upload


Received = Annotated[Upload, Depends(_uploaded)]
