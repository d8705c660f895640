"""All reading of appraisal reports, and who may see what.

The appraiser, everybody who may see the result (its keeper and co-owners) and the exchange's staff see a report. For
everybody else it does not exist (404).
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.catalogue.appraisals.kinds import AppraisalMethod, ReportStatus
from app.catalogue.appraisals.models import AppraisalReport, Reapproval
from app.catalogue.results.models import Result
from app.catalogue.results.queries import visible_results
from app.core.access import Actor
from app.core.database import Session, find_one, read_all, same
from app.core.problems import NOT_FOUND, Text
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.mergers import queries as mergers
from app.office.documents.access import Level

ORDERS: Final = Orders("id", AppraisalReport.id, AppraisalReport.valid_to)
FILTERS: Final = (
    equal(AppraisalReport.result_id, UUID, "On this result"),
    equal(AppraisalReport.appraiser_id, UUID, "Written by this appraiser"),
    equal(AppraisalReport.status, ReportStatus, "Where it stands"),
    equal(AppraisalReport.method, AppraisalMethod, "How the value was found"),
    *between("valid_to", AppraisalReport.valid_to),
)


@cache
def _parts() -> tuple[ExecutableOption, ...]:
    """What is loaded with it; made at first use, since it makes SQLAlchemy configure every mapper (0.1 s)."""
    return (
        selectinload(AppraisalReport.appraiser),
        selectinload(AppraisalReport.document),
        selectinload(AppraisalReport.result).selectinload(Result.owners),
        selectinload(AppraisalReport.reapprovals).selectinload(Reapproval.document),
    )


def _visible(actor: Actor) -> Select[AppraisalReport]:
    if actor.is_staff:
        return select(AppraisalReport)
    results = visible_results(actor).with_only_columns(Result.id)
    # A union of what the two indexes find; an OR over a subquery would walk every report there is.
    made = select(AppraisalReport.id).where(AppraisalReport.appraiser_id == actor.organisation())
    owned = select(AppraisalReport.id).where(AppraisalReport.result_id.in_(results))
    return select(AppraisalReport).where(AppraisalReport.id.in_(made.union(owned)))


async def get_report(session: Session, actor: Actor, report_id: UUID) -> AppraisalReport:
    """One report the actor may see, with all its parts; raises `not_found`."""
    return await _one(session, _visible(actor).where(AppraisalReport.id == report_id))


async def lock_visible(session: Session, actor: Actor, report_id: UUID) -> AppraisalReport:
    """The same, locked until the transaction ends."""
    return await _one(
        session, _visible(actor).where(AppraisalReport.id == report_id).with_for_update(of=AppraisalReport)
    )


async def hold_report(session: Session, report_id: UUID) -> AppraisalReport | None:
    """One report with all its parts, without a check of access, unchanged until the transaction ends."""
    statement = select(AppraisalReport).where(AppraisalReport.id == report_id)
    return await _find(session, statement.with_for_update(of=AppraisalReport, read=True))


async def read_report(session: Session, report_id: UUID) -> AppraisalReport | None:
    """One report with all its parts, without a check of access, for services that have made it."""
    return await _find(session, select(AppraisalReport).where(AppraisalReport.id == report_id))


async def _one(session: Session, statement: Select[AppraisalReport]) -> AppraisalReport:
    found = await _find(session, statement)
    if found is None:
        raise NOT_FOUND(what=Text("appraisal report", "评估报告"))
    return found


async def _find(session: Session, statement: Select[AppraisalReport]) -> AppraisalReport | None:
    statement = statement.options(*_parts()).execution_options(populate_existing=True)
    return await find_one(session, statement)


async def list_reports(session: Session, actor: Actor, page: PageRequest) -> Found[AppraisalReport]:
    """A page of what the actor may see, in order of recording."""
    return await read_page(session, _visible(actor), page, ORDERS)


async def reports_of(session: Session, actor: Actor, result_id: UUID) -> Sequence[AppraisalReport]:
    """Every report of a result that the actor may see, with all its parts, in order of recording."""
    statement = _visible(actor).where(AppraisalReport.result_id == result_id).order_by(AppraisalReport.id)
    statement = statement.options(*_parts()).execution_options(populate_existing=True)
    return await read_all(session, statement)


async def number_used(session: Session, appraiser_id: UUID, number: str) -> bool:
    """Whether the appraiser has a report of that number that was not refused. Read it under the number's lock."""
    statement = select(
        exists().where(
            AppraisalReport.appraiser_id == appraiser_id,
            same(AppraisalReport.number, number),
            AppraisalReport.status != ReportStatus.REFUSED,
        )
    )
    return bool((await session.execute(statement)).scalar_one())


async def find_result(session: Session, result_id: UUID) -> Result | None:
    """A result with its owners, without a check of access; the service decides who may have it appraised."""
    statement = select(Result).where(Result.id == result_id).options(selectinload(Result.owners))
    return await find_one(session, statement, fresh=True)


async def is_related(session: Session, appraiser_id: UUID, owners: Sequence[UUID], on: date) -> bool:
    """Whether a related-party finding (关联方) between the appraiser and an owner holds on a day."""
    found = await mergers.relations_on(session, [appraiser_id, *owners], on)
    return any(appraiser_id in (row.first_id, row.second_id) for row in found)


async def access_to_documents(session: Session, actor: Actor | None, report_id: UUID) -> Level:
    """Who may see a report may read what is attached to it; nobody else."""
    if actor is None:
        return "none"
    statement = select(_visible(actor).where(AppraisalReport.id == report_id).exists())
    return "parties" if (await session.execute(statement)).scalar_one() else "none"
