"""The route class of an export: the dossier is gathered, printed and stored before the command's transaction begins.

Order: who calls and whether they may, sealing what has settled, one snapshot for the gathering, print, archive, store.
Only then is it recorded who took it. A crash after the archive was stored leaves an object without a row: content that
nobody can reach. A retry makes the bundle again and is answered what the first call was answered.
"""

import asyncio
import hashlib
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Annotated
from uuid import UUID

from fastapi import Depends, Request

from app.core import keys
from app.core.access import Actor
from app.core.canonical import sha256_hex
from app.core.history import audit
from app.core.problems import IDEMPOTENCY_KEY_REQUIRED, UNAUTHENTICATED
from app.core.storage import Storage
from app.core.web import idempotency
from app.core.web.http import Context, MoneyEndpoint, context_of
from app.dossiers import gathering
from app.dossiers.exports import bundle
from app.dossiers.exports.signing import PUBLIC_KEY
from app.dossiers.printed import printed
from app.dossiers.schemas import ChainEnd
from app.dossiers.story import Attachment
from app.office.printing.service import print_pdf

SEAL_BATCHES = 5
"""What is settled is sealed first, up to 5 000 events; a worker that is further behind shows in the dossier."""
IN_MEMORY_BYTES = 2**21
CHUNK_BYTES = 2**18
AT_ONCE = asyncio.Semaphore(2)
"""Bundles a process makes at a time: one of 5 000 entries takes some 100 MB while it is made."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was made and stored; what is left is its row."""

    view: str
    audit: ChainEnd
    dossier_sha256: str
    pdf_sha256: str
    public_key: str
    sha256: str
    size: int


class ExportEndpoint(MoneyEndpoint):
    """A command that makes a bundle of the deal in its path."""

    async def receive(self, request: Request) -> bytes:
        """Make the bundle; the body is empty, so that a retry under the same key is the same request."""
        body = await super().receive(request)
        context = context_of(request)
        actor = await self._admit(request, context)
        if idempotency.HEADER not in request.headers:
            raise IDEMPOTENCY_KEY_REQUIRED(field=idempotency.HEADER)
        deal_id = _uuid(request.path_params["deal_id"])
        if deal_id is not None:  # else the command itself says what is wrong with the path
            request.state.bundle = await _make(context, actor, deal_id)
        return body

    async def _admit(self, request: Request, context: Context) -> Actor:
        """Refuse who may not export before anything is made; the transaction checks again."""
        authorization = request.headers.get("authorization")
        if authorization is None:
            raise UNAUTHENTICATED(headers={"WWW-Authenticate": "Bearer"})
        async with context.database.reading() as session:
            actor = await context.authenticate(session, authorization)
        request.state.actor = actor
        await self.access(request)
        return actor


async def _make(context: Context, actor: Actor, deal_id: UUID) -> Bundle:
    async with AT_ONCE:
        with ExitStack() as files_open:
            return await _bundle(context, actor, deal_id, files_open)


async def _bundle(context: Context, actor: Actor, deal_id: UUID, files_open: ExitStack) -> Bundle:
    await audit.seal_all(context.database, batches=SEAL_BATCHES)
    async with context.database.snapshot() as session:
        dossier = await gathering.gather(session, actor, deal_id)
        attachments = await gathering.attachments(session, actor, deal_id)
        attached = [await _put_down(attachment, files_open) for attachment in attachments]
    canonical = await gathering.canonical(dossier)
    sha256 = sha256_hex(canonical)
    pdf = await print_pdf(printed(dossier, sha256, context.settings.city.zone))
    files = bundle.parts(dossier, canonical, pdf, keys.current().signing_seed, attached)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as archive:
        await asyncio.to_thread(bundle.write, files, archive, attached)
        stored, size = await _store(context.storage, archive)
    return Bundle(
        view=dossier.reader.view,
        audit=dossier.audit,
        dossier_sha256=sha256,
        pdf_sha256=sha256_hex(pdf),
        public_key=json.loads(files[bundle.MANIFEST])[PUBLIC_KEY],
        sha256=stored,
        size=size,
    )


async def _put_down(attachment: Attachment, files_open: ExitStack) -> bundle.Attached:
    """Write an attached file to the disk past some size, while the snapshot that it is read in is open."""
    if not bundle.ATTACHED.fullmatch(attachment.name):
        raise ValueError(f"no file of a bundle may be called {attachment.name!r}")
    spooled = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 — the stack closes it
    file = files_open.enter_context(spooled)
    digest = hashlib.sha256()
    async for piece in attachment.pieces:
        digest.update(piece)
        await asyncio.to_thread(file.write, piece)
    return bundle.Attached(attachment.name, file, digest.hexdigest())


async def _store(storage: Storage, archive: IO[bytes]) -> tuple[str, int]:
    """Put the archive away under its hash; answers that and its size."""
    digest, size = hashlib.sha256(), 0
    archive.seek(0)
    while chunk := archive.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    await storage.put(digest.hexdigest(), _chunks(archive))
    return digest.hexdigest(), size


async def _chunks(archive: IO[bytes]) -> AsyncIterator[bytes]:
    archive.seek(0)
    while chunk := archive.read(CHUNK_BYTES):
        yield chunk


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _made(request: Request) -> Bundle | None:
    """None where the path names no deal: the call is refused for that, after its dependencies were asked."""
    made: Bundle | None = getattr(request.state, "bundle", None)
    return made


Made = Annotated[Bundle, Depends(_made)]
