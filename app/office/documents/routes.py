"""HTTP of documents."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse

from app.core.access import ORGANISATION_ROLES, Actor, Role
from app.core.web.access import allow, public
from app.core.web.answers.caching import is_held
from app.core.web.http import Endpoint, Session, context_of, file_answer, note_read
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.office.documents import queries, reading, rules, schemas, service
from app.office.documents.upload import Received, UploadEndpoint

router = Router(route_class=Endpoint, tags=("documents",))
uploads = Router(route_class=UploadEndpoint)

Viewer = Annotated[Actor | None, public(scope="documents:read")]
Uploader = Annotated[
    Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, Role.OPERATOR, scope="documents:write", merged=True)
]
Lister = Annotated[Actor, allow(*ORGANISATION_ROLES, Role.OPERATOR, Role.AUDITOR, scope="documents:read")]


@uploads.post(
    "/documents",
    status_code=201,
    operation_id="upload_document",
    responses={200: {"description": "Uploaded before: the same document", "model": schemas.DocumentOut}},
)
async def upload_document(
    actor: Uploader,
    session: Session,
    upload: Received,
    response: Response,
    filename: Annotated[str, Query(min_length=1, max_length=200, description="With the extension of its type")],
    organisation_id: Annotated[UUID | None, Query(description="For the operator only: whose it is")] = None,
) -> schemas.DocumentOut:
    """Upload a document: the body is the file itself, its `Content-Type` its true type. The same file is kept once."""
    document, is_new = await service.record_upload(session, actor, upload, organisation_id)
    if not is_new:
        response.status_code = 200
    return schemas.DocumentOut.model_validate(document)


@router.get("/documents", operation_id="list_documents")
async def list_documents(
    actor: Lister, session: Session, page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)]
) -> Page[schemas.DocumentOut]:
    """List your organisation's documents in order of upload. Operator and auditor see all."""
    return (await queries.list_documents(session, actor, page)).shown(schemas.DocumentOut.model_validate)


@router.get("/documents/{document_id}", operation_id="read_document")
async def read_document(actor: Viewer, session: Session, document_id: UUID) -> schemas.DocumentOut:
    """Read a document's description with its hash. It is yours, or attached to something that you may read."""
    return schemas.DocumentOut.model_validate(await queries.get_document(session, actor, document_id))


@router.get(
    "/documents/{document_id}/content",
    operation_id="read_document_content",
    response_class=StreamingResponse,
    responses=file_answer("The file, with its own type", "*/*"),
)
async def read_document_content(actor: Viewer, session: Session, document_id: UUID, request: Request) -> Response:
    """Download a document. One that no longer has the hash of its description is not handed out."""
    document = await queries.get_document(session, actor, document_id)
    tag = f'"{document.sha256}"'
    headers = {
        "ETag": tag,
        "Content-Disposition": rules.content_disposition(document.filename),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if is_held(request, tag):
        return Response(status_code=304, headers=headers)
    if actor is not None and actor.oversees:
        await note_read(request, session, "document.opened", ("document", document_id))
    content = await reading.open_checked(context_of(request).storage, document.sha256, document.size)
    headers["Content-Length"] = str(document.size)
    return StreamingResponse(content, media_type=document.media_type, headers=headers)


router.include_router(uploads)
