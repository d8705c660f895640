"""HTTP of appraisals."""

from typing import Annotated
from uuid import UUID

from fastapi import Request

from app.catalogue.appraisals import queries, rules, schemas, service
from app.catalogue.appraisals.models import AppraisalReport
from app.catalogue.appraisals.problems import FLOOR_RULE, VALIDITY_RULE
from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.problems import Language
from app.core.schemas import RuleOut
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, MoneyEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router

router = Router(route_class=Endpoint, tags=("appraisals",))
money_router = Router(route_class=MoneyEndpoint)

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="appraisals:read")]
Recorder = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="appraisals:write", merged=True)]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="appraisals:write")]
Approver = Annotated[Actor, allow(Role.ADMIN, Role.OPERATOR, scope="appraisals:write", merged=True)]


@money_router.post("/appraisal-reports", status_code=201, operation_id="record_appraisal_report")
async def record_report(
    actor: Recorder, session: Session, body: schemas.ReportIn, request: Request
) -> schemas.ReportOut:
    """Record an appraisal report (资产评估报告) with its document. The operator reviews it."""
    report = await service.record_report(session, actor, body)
    return await _shown(session, report, request)


@router.get("/appraisal-reports", operation_id="list_appraisal_reports")
async def list_reports(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
) -> Page[schemas.ReportSummary]:
    """List appraisal reports. You see those on your results and those that you wrote; staff see all."""
    found = await queries.list_reports(session, actor, page)
    return found.shown(schemas.ReportSummary.model_validate)


@router.get("/appraisal-reports/{report_id}", operation_id="read_appraisal_report")
async def read_report(actor: Reader, session: Session, report_id: UUID, request: Request) -> schemas.ReportOut:
    """Read an appraisal report. It has its document's hash, its floor of today and the re-approvals below it."""
    report = await queries.get_report(session, actor, report_id)
    return await _shown(session, report, request)


@router.post("/appraisal-reports/{report_id}/review", operation_id="review_appraisal_report")
async def review(
    actor: Operator, session: Session, report_id: UUID, body: schemas.ReportReviewIn, request: Request
) -> schemas.ReportOut:
    """Accept or refuse an appraisal report, once. A price may rest on an accepted one; a refusal says why."""
    report = await service.review(session, actor, report_id, body)
    return await _shown(session, report, request)


@money_router.post(
    "/appraisal-reports/{report_id}/reapprovals", status_code=201, operation_id="reapprove_appraised_price"
)
async def reapprove(
    actor: Approver, session: Session, report_id: UUID, body: schemas.ReapprovalIn, request: Request
) -> schemas.ReportOut:
    """Record that a price below the floor was approved again. The operator or an admin of the keeper may."""
    report = await service.reapprove(session, actor, report_id, body)
    return await _shown(session, report, request)


async def _shown(session: Session, report: AppraisalReport, request: Request) -> schemas.ReportOut:
    now = await read_clock(session)
    today = session.city.day_of(now)
    language: Language = request.scope.get("language", "en")
    floor = service.floor_on(report, today)
    return schemas.ReportOut.of(
        report,
        appraiser_name=report.appraiser.name,
        expired=not rules.is_valid(report.base_date, report.valid_to, today),
        validity_source=RuleOut(**VALIDITY_RULE.as_json(language)),
        price_floor=schemas.FloorOut(
            share=floor.figure.value,
            amount=floor.floor,
            lowest_price=floor.lowest_price,
            source=RuleOut(**FLOOR_RULE.as_json(language)),
            reference=floor.figure.reference,
            mark=floor.figure.mark,
        ),
        server_time=now,
    )


router.include_router(money_router)
