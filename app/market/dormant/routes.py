"""HTTP of the yearly lists of dormant results."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.core.access import Actor, Role
from app.core.schemas import AskedWhole
from app.core.web.access import allow, public
from app.core.web.http import Endpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.market.dormant import queries, schemas, service
from app.market.dormant.models import DormantList, DormantResult

router = Router(route_class=Endpoint, tags=("results",))

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="results:write")]
Unit = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="results:write")]
Reader = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.OPERATOR, Role.AUDITOR, scope="results:read")]
Anybody = Annotated[Actor | None, public(scope="results:read")]
Year = Annotated[AskedWhole, Path(ge=2000, le=2100)]


@router.post("/dormant-lists", status_code=201, operation_id="gather_dormant_list")
async def gather(actor: Operator, session: Session) -> schemas.DormantListOut:
    """Gather this year's list of publicly funded results that were not converted in time. The worker looks at each."""
    return _list(await service.begin(session))


@router.get("/dormant-lists", operation_id="list_dormant_lists")
async def list_lists(
    actor: Anybody, session: Session, page: Annotated[PageRequest, sorted_by(queries.LISTS)]
) -> Page[schemas.DormantListOut]:
    """List the published lists of dormant results, the latest first. The operator sees the others too."""
    return (await queries.list_lists(session, actor, page)).shown(_list)


@router.get("/dormant-lists/{year}", operation_id="read_dormant_list")
async def read_list(actor: Anybody, session: Session, year: Year) -> schemas.DormantListOut:
    """Read the list of a year that was published."""
    return _list(await queries.get_list(session, actor, year))


@router.get("/dormant-lists/{year}/results", operation_id="list_published_dormant")
async def list_published(
    actor: Anybody,
    session: Session,
    year: Year,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.PUBLISHED)],
) -> Page[schemas.PublishedDormantResult]:
    """List the dormant results of a published list, with the reasons that their units gave."""
    row = await queries.get_list(session, None, year)
    found = await queries.list_published(session, row.id, page)
    return found.shown(schemas.PublishedDormantResult.model_validate)


@router.post("/dormant-lists/{year}/publication", operation_id="publish_dormant_list")
async def publish(actor: Operator, session: Session, year: Year) -> schemas.DormantListOut:
    """Publish the list of a year as a whole, once its units have answered or their time is over."""
    return _list(await service.publish(session, year))


@router.get("/dormant-results", operation_id="list_dormant_results")
async def list_results(
    actor: Reader, session: Session, page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)]
) -> Page[schemas.DormantResultOut]:
    """List what was gathered of your organisation's results, oldest first. Operator and auditor see all."""
    return (await queries.list_results(session, actor, page)).shown(_result)


@router.get("/dormant-results/{entry_id}", operation_id="read_dormant_result")
async def read_result(actor: Reader, session: Session, entry_id: UUID) -> schemas.DormantResultOut:
    """Read a result that was gathered, and what its unit has said of it."""
    return _result(await queries.get_result(session, actor, entry_id))


@router.post("/dormant-results/{entry_id}/answer", operation_id="answer_for_dormant_result")
async def answer(
    actor: Unit, session: Session, entry_id: UUID, body: schemas.DormantAnswerIn
) -> schemas.DormantResultOut:
    """Confirm, as its unit, that a result is dormant, or explain why. Until the publication the last answer counts."""
    return _result(await service.answer(session, actor, entry_id, body))


@router.post("/dormant-results/{entry_id}/correction", operation_id="correct_dormant_result")
async def correct(actor: Unit, session: Session, entry_id: UUID) -> schemas.DormantResultOut:
    """Take a result out of the list that is not dormant by what you have recorded since."""
    return _result(await service.correct(session, actor, entry_id))


def _list(row: DormantList) -> schemas.DormantListOut:
    return schemas.DormantListOut.model_validate(row)


def _result(row: DormantResult) -> schemas.DormantResultOut:
    return schemas.DormantResultOut.model_validate(row)
