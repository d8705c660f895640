"""HTTP of the industry map: read by everybody, imported by the operator."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.core.access import Actor, Role
from app.core.schemas import AskedWhole, ReasonIn
from app.core.web.access import Public, allow
from app.core.web.http import Endpoint, Session, context_of, file_answer, refusals
from app.core.web.lists import Paging, sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.finding.chains import queries, schemas, service, views
from app.finding.chains.kinds import Placed

router = Router(route_class=Endpoint, tags=("finding",))

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="listings:write")]
ChainCode = Annotated[str, Path(max_length=40, description="The code of a chain")]
LinkCode = Annotated[str, Path(max_length=40, description="The code of a link")]
Version = Annotated[AskedWhole, Path(ge=1, le=2**31 - 1)]


@router.post("/industry-chains", status_code=201, operation_id="import_industry_chain")
async def import_chain(actor: Operator, session: Session, body: schemas.IndustryChainIn) -> schemas.IndustryChainOut:
    """Publish an industry chain (产业链), or its next version. The worker places what is public on its links.

    Until that is done, the version before is shown. Earlier versions stay readable.
    """
    return views.chain_out(await service.publish(session, body))


@router.post("/industry-chains/trial", operation_id="try_industry_chain")
async def try_chain(actor: Operator, session: Session, body: schemas.IndustryChainIn) -> schemas.ChainTrialOut:
    """Try a document: where it would place the newest 500 listings and 500 demands. Nothing is stored."""
    return await service.attempt(session, body)


@router.get("/industry-chains", operation_id="list_industry_chains")
async def list_chains(
    actor: Public, session: Session, page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)]
) -> Page[schemas.IndustryChainOut]:
    """List the industry chains, in the order of their codes."""
    return (await queries.list_chains(session, page)).shown(views.chain_out)


@router.get("/industry-chains/{code}", operation_id="read_industry_chain")
async def read_chain(actor: Public, session: Session, code: ChainCode) -> schemas.IndustryChainMapOut:
    """Read the map of a chain (产业图谱): its links, how much is on each, and the gaps."""
    return await views.read_map(session, code)


@router.get(
    "/industry-chains/{code}/map.csv",
    operation_id="export_industry_chain",
    response_class=StreamingResponse,
    responses=file_answer("The map", "text/csv") | refusals(409),
)
async def export_chain(actor: Public, session: Session, code: ChainCode, request: Request) -> Response:
    """Download the map of a chain as CSV. Each thing on a link has a line, and so has a link with nothing."""
    shown = await views.shown_of(session, code)
    service.check_on_map(shown.chain)
    lines = views.map_csv(context_of(request).database, shown, await queries.counts(session, shown.version.id))
    headers = {"Content-Disposition": f'attachment; filename="{code}-{shown.version.version}.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.get(
    "/industry-chains/{code}/versions/{version}",
    operation_id="read_industry_chain_version",
    response_model=schemas.IndustryChainDocument,
)
async def read_version(actor: Public, session: Session, code: ChainCode, version: Version) -> Response:
    """Read what was published of a chain, to the byte. The `ETag` is its SHA-256."""
    chain = await queries.get_chain(session, code)
    sealed = await queries.get_version(session, chain.id, version)
    return Response(sealed.content, headers={"ETag": f'"{sealed.sha256}"'}, media_type="application/json")


@router.get("/industry-chains/{code}/links/{link}/subjects", operation_id="list_link_subjects", responses=refusals(409))
async def list_subjects(
    actor: Public,
    session: Session,
    page: Paging,
    code: ChainCode,
    link: LinkCode,
    kind: Annotated[Placed, Query(description="Of which kind")],
) -> Page[schemas.LinkSubjectOut]:
    """List what is on a link, each with the reasons.

    In the order of their ids, the newest first; there is no other. An enterprise is there by its
    public listings and demands, never by one that hides its name; an agency by the listings that name it.
    """
    found = await views.on_link(session, code, link, kind, page)
    return found.shown(lambda each: each)


@router.post("/industry-chains/{code}/withdrawal", operation_id="withdraw_industry_chain")
async def withdraw(actor: Operator, session: Session, code: ChainCode, body: ReasonIn) -> schemas.IndustryChainOut:
    """Withdraw a chain from the map, with a public reason. To import it again puts it back."""
    return views.chain_out(await service.withdraw(session, code, body.reason))
