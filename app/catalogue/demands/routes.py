"""HTTP of demands."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Path, Query, Response
from sqlalchemy import Row

from app.catalogue.demands import checks, queries, schemas, service
from app.catalogue.demands.kinds import DemandKind, DemandStatus, SolutionWay
from app.catalogue.demands.models import Demand, DemandVersion
from app.catalogue.results.kinds import TechnicalField
from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.schemas import AskedWhole, Money, ReasonIn
from app.core.web.access import Public, allow
from app.core.web.http import Endpoint, IfMatch, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router

router = Router(route_class=Endpoint, tags=("demands",))

Demander = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="demands:write", merged=True)]
Opener = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="demands:write")]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="demands:write")]
Member = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, scope="demands:read")]
Reader = Annotated[
    Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, Role.OPERATOR, Role.AUDITOR, scope="demands:read")
]
Staff = Annotated[Actor, allow(Role.OPERATOR, Role.AUDITOR, scope="demands:read")]
Bound = Annotated[Money | None, Query(description="CNY")]
PublicStatus = Literal[DemandStatus.PUBLISHED, DemandStatus.MET, DemandStatus.CLOSED, DemandStatus.EXPIRED]


async def _filter(
    kind: DemandKind | None = None,
    technical_field: TechnicalField | None = None,
    industry: Annotated[
        str | None, Query(pattern="^[A-T][0-9]{0,4}$", description="A code of GB/T 4754, or how one begins")
    ] = None,
    solution: SolutionWay | None = None,
    status: PublicStatus = DemandStatus.PUBLISHED,
    demander_id: UUID | None = None,
    budget_min: Bound = None,
    budget_max: Bound = None,
) -> schemas.DemandFilter:
    return schemas.DemandFilter.model_construct(
        kind=kind, technical_field=technical_field, industry=industry, solution=solution, status=status,
        demander_id=demander_id, budget_min=budget_min, budget_max=budget_max,
    )  # fmt: skip


@router.get("/demands", operation_id="list_demands")
async def list_demands(
    actor: Public,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.PUBLISHED)],
    wanted: Annotated[schemas.DemandFilter, Depends(_filter)],
) -> Page[schemas.DemandCard]:
    """List published demands, newest first. In the order of `budget` those without one are left out."""
    return (await queries.list_published(session, wanted, page)).shown(_card)


@router.get("/demands/mine", operation_id="list_own_demands")
async def list_own(
    actor: Member, session: Session, page: Annotated[PageRequest, sorted_by(queries.OWN, queries.OWN_FILTERS)]
) -> Page[schemas.DemandDraftOut]:
    """List your organisation's demands in every state, newest first."""
    return (await queries.list_own(session, actor, page)).shown(schemas.DemandDraftOut.model_validate)


@router.get("/demands/desk", operation_id="list_demands_for_staff")
async def list_desk(
    actor: Staff,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.DESK, queries.DESK_FILTERS)],
) -> Page[schemas.DemandDraftOut]:
    """List all demands, oldest first. `submitted` ones wait for the first check, `checked` ones for the second."""
    found = await queries.list_for_staff(session, page)
    return found.shown(schemas.DemandDraftOut.model_validate)


@router.get("/demands/{demand_id}", operation_id="read_demand")
async def read_demand(actor: Public, session: Session, demand_id: UUID) -> schemas.DemandOut:
    """Read a demand that was published."""
    demand, sealed = await queries.public_demand(session, demand_id)
    return schemas.DemandOut.of(
        demand,
        sha256=sealed.sha256,
        published=schemas.PublishedDemand.model_validate_json(sealed.content),
        server_time=await read_clock(session),
    )


@router.get(
    "/demands/{demand_id}/versions/{version}",
    operation_id="read_demand_version",
    response_model=schemas.PublishedDemand,
)
async def read_version(
    actor: Public, session: Session, demand_id: UUID, version: Annotated[AskedWhole, Path(ge=1, le=2**31 - 1)]
) -> Response:
    """Read what was published, to the byte. The `ETag` is its SHA-256."""
    sealed = await queries.public_version(session, demand_id, version)
    return Response(sealed.content, headers={"ETag": f'"{sealed.sha256}"'}, media_type="application/json")


@router.get("/demands/{demand_id}/draft", operation_id="read_demand_draft")
async def read_draft(actor: Reader, session: Session, demand_id: UUID) -> schemas.DemandDraftOut:
    """Read a demand with its draft and how far its check has come. Its demander and staff may."""
    return _draft(await queries.get_draft(session, actor, demand_id))


@router.post("/demands", status_code=201, operation_id="create_demand")
async def create_demand(actor: Opener, session: Session, body: schemas.DemandIn) -> schemas.DemandDraftOut:
    """Draft a demand. Only you and staff see it until it has passed two checks."""
    return _draft(await service.create_demand(session, actor, body))


@router.put("/demands/{demand_id}/draft", operation_id="edit_demand")
async def edit_demand(
    actor: Demander, session: Session, demand_id: UUID, body: schemas.DemandForm, if_match: IfMatch
) -> schemas.DemandDraftOut:
    """Replace the draft. Of a published demand it is a correction: submit it, and it is checked like the first."""
    return _draft(await service.edit_demand(session, actor, demand_id, body, if_match))


@router.post("/demands/{demand_id}/submission", operation_id="submit_demand")
async def submit(actor: Opener, session: Session, demand_id: UUID) -> schemas.DemandDraftOut:
    """Submit the draft to the operator, who decides within 48 hours at each of two checks."""
    return _draft(await checks.submit(session, actor, demand_id))


@router.post("/demands/{demand_id}/recall", operation_id="recall_demand")
async def recall(actor: Demander, session: Session, demand_id: UUID) -> schemas.DemandDraftOut:
    """Take a submitted draft back, to edit it."""
    return _draft(await checks.recall(session, actor, demand_id))


@router.post("/demands/{demand_id}/return", operation_id="return_demand")
async def return_demand(actor: Operator, session: Session, demand_id: UUID, body: ReasonIn) -> schemas.DemandDraftOut:
    """Return a draft to its demander, with the reason."""
    return _draft(await checks.send_back(session, actor, demand_id, body.reason))


@router.post("/demands/{demand_id}/first-check", operation_id="check_demand_first")
async def check_first(actor: Operator, session: Session, demand_id: UUID) -> schemas.DemandDraftOut:
    """Make the first check of a submitted draft (初审). Another person makes the second."""
    return _draft(await checks.check_first(session, actor, demand_id))


@router.post("/demands/{demand_id}/second-check", operation_id="check_demand_second")
async def check_second(actor: Operator, session: Session, demand_id: UUID) -> schemas.DemandDraftOut:
    """Make the second check (复审), which publishes the draft. Refused for the person who made the first."""
    return _draft(await checks.check_second(session, actor, demand_id))


@router.post("/demands/{demand_id}/closure", operation_id="close_demand")
async def close_demand(
    actor: Demander, session: Session, demand_id: UUID, body: schemas.DemandClosureIn
) -> schemas.DemandDraftOut:
    """Close your demand with a reason. Responses that wait lapse; refused while you agree on one."""
    return _draft(await service.close_demand(session, actor, demand_id, body))


@router.post("/demands/{demand_id}/removal", operation_id="remove_demand")
async def remove_demand(actor: Operator, session: Session, demand_id: UUID, body: ReasonIn) -> schemas.DemandDraftOut:
    """Take a demand off the public that should not have been published. Its demander reads the reason."""
    return _draft(await service.remove_demand(session, demand_id, body.reason))


def _draft(demand: Demand) -> schemas.DemandDraftOut:
    return schemas.DemandDraftOut.model_validate(demand)


def _card(row: Row[Demand, DemandVersion]) -> schemas.DemandCard:
    demand, sealed = row
    return schemas.DemandCard.of(demand, card=schemas.PublishedDemandCard.model_validate_json(sealed.card))
