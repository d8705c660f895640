"""HTTP of price dossiers."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.core.access import Actor
from app.core.canonical import sha256_hex
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.answers.caching import is_held
from app.core.web.http import Endpoint, Session, context_of, file_answer
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.dossiers import gathering, queries, schemas, service
from app.dossiers.exports.taking import ExportEndpoint, Made
from app.market.deals import queries as deals
from app.office.documents.reading import open_checked

router = Router(route_class=Endpoint, tags=("dossiers",))
export_router = Router(route_class=ExportEndpoint)

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="dossiers:read")]
Exporter = Annotated[Actor, allow(*EVERY_ROLE, scope="dossiers:write", merged=True)]


@router.get(
    "/deals/{deal_id}/dossier",
    operation_id="read_dossier",
    response_model=schemas.Dossier,
    responses={200: {"description": "Canonical JSON (RFC 8785); its SHA-256 is the `ETag`"}},
)
async def read_dossier(actor: Reader, session: Session, deal_id: UUID, request: Request) -> Response:
    """Read the price dossier of a deal as it stands now. Its parties and staff each see their own view."""
    await session.commit()  # the connection goes back before the snapshot takes one
    async with context_of(request).database.snapshot() as reading:
        dossier = await gathering.gather(reading, actor, deal_id)
    canonical = await gathering.canonical(dossier)
    headers = {"ETag": f'"{sha256_hex(canonical)}"'}
    return Response(canonical, media_type="application/json", headers=headers)


@export_router.post("/deals/{deal_id}/dossier-exports", status_code=201, operation_id="export_dossier")
async def export_dossier(actor: Exporter, session: Session, deal_id: UUID, bundle: Made) -> schemas.DossierExportOut:
    """Export the dossier as you see it: JSON and PDF in one bundle. Its hashes are recorded and sealed."""
    return schemas.DossierExportOut.model_validate(await service.record_export(session, actor, deal_id, bundle))


@router.get("/deals/{deal_id}/dossier-exports", operation_id="list_dossier_exports")
async def list_dossier_exports(
    actor: Reader, session: Session, deal_id: UUID, page: Annotated[PageRequest, sorted_by(queries.ORDERS)]
) -> Page[schemas.DossierExportOut]:
    """List the bundles that your organisation, or staff of your role, took of a dossier. The auditor sees all."""
    await deals.get_deal(session, actor, deal_id)
    return (await queries.list_exports(session, actor, deal_id, page)).shown(schemas.DossierExportOut.model_validate)


@router.get("/deals/{deal_id}/dossier-exports/{export_id}", operation_id="read_dossier_export")
async def read_dossier_export(
    actor: Reader, session: Session, deal_id: UUID, export_id: UUID
) -> schemas.DossierExportOut:
    """Read a bundle that was taken. It says when, for which view, and at which end of the audit chain."""
    return schemas.DossierExportOut.model_validate(await queries.get_export(session, actor, deal_id, export_id))


@router.get(
    "/deals/{deal_id}/dossier-exports/{export_id}/bundle.zip",
    operation_id="read_dossier_bundle",
    response_class=StreamingResponse,
    responses=file_answer("The bundle", "application/zip"),
)
async def read_dossier_bundle(
    actor: Reader, session: Session, deal_id: UUID, export_id: UUID, request: Request
) -> Response:
    """Download a bundle as it was taken: dossier.json, dossier.pdf, README.txt, manifest.json."""
    export = await queries.get_export(session, actor, deal_id, export_id)
    headers = {"ETag": f'"{export.bundle_sha256}"'}
    if is_held(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    content = await open_checked(context_of(request).storage, export.bundle_sha256, export.bundle_size)
    headers |= {
        "Content-Length": str(export.bundle_size),
        "Content-Disposition": f'attachment; filename="dossier-{export.id}.zip"',
    }
    return StreamingResponse(content, media_type="application/zip", headers=headers)


router.include_router(export_router)
