"""Use cases of appraisals; each runs in the caller's transaction."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.catalogue.appraisals import problems, queries, rules, schemas
from app.catalogue.appraisals.kinds import ReportStatus
from app.catalogue.appraisals.models import AppraisalReport, Reapproval
from app.catalogue.results.models import Result
from app.core.access import Actor, Role
from app.core.clock import read_clock, read_today
from app.core.database import Session, advisory_lock
from app.core.history import events
from app.core.ids import new_id
from app.core.problems import INVALID_INPUT, NOT_VERIFIED, UNKNOWN_REFERENCE, FieldError, Text
from app.identity import queries as identity
from app.identity.kinds import OrganisationKind, Verification
from app.identity.models import Organisation
from app.law.figures import Parameter, parameter
from app.office.documents import service as documents
from app.office.documents.kinds import Visibility

SUBJECT = "appraisal_report"


@dataclass(frozen=True, slots=True)
class Floor:
    """How low a price (CNY) may go on a day: `floor` by the figure, `lowest_price` with what was re-approved."""

    report: AppraisalReport
    on: date
    figure: Parameter
    floor: Decimal
    lowest_price: Decimal

    def reapproval_of(self, price: Decimal) -> Reapproval | None:
        """The re-approval that carries a price, the narrowest of that day; None where the price needs none."""
        carrying = [
            row
            for row in self.report.reapprovals
            if price < self.floor and row.lowest_price <= price and row.approved_on <= self.on
        ]
        return max(carrying, key=lambda row: row.lowest_price, default=None)


async def record_report(session: Session, actor: Actor, body: schemas.ReportIn) -> AppraisalReport:
    """Record a report: by its appraiser, or by the unit that keeps the result. It waits for the operator's review.

    Raises `unknown_reference`, `not_an_appraiser`, `organisation_not_verified`, `appraiser_not_independent`,
    `appraisal_date_in_future`, `appraisal_number_used`.
    """
    result, appraiser = await _parties(session, actor, body)
    today = await read_today(session)
    rules.check_not_future("base_date", body.base_date, today)
    owners = _owners(result)
    if appraiser.id in owners or await queries.is_related(session, appraiser.id, owners, body.base_date):
        raise problems.NOT_INDEPENDENT(field="appraiser_id", name=appraiser.name)
    await advisory_lock(session, "appraisal", f"{appraiser.id}:{body.number}")
    if await queries.number_used(session, appraiser.id, body.number):
        raise problems.NUMBER_USED(field="number", number=body.number)
    report = AppraisalReport(
        id=new_id(),
        **body.model_dump(exclude={"appraiser_id"}),
        appraiser_id=appraiser.id,
        submitted_by_id=actor.organisation(),
        valid_to=rules.valid_to(body.base_date, _years(body.base_date)),
    )
    await documents.attach(
        session,
        actor,
        subject=(SUBJECT, report.id),
        document_id=body.document_id,
        title=body.number,
        visibility=Visibility.PARTIES,
    )
    session.add(report)
    await session.flush()
    return await _announced(session, actor, report.id, "appraisal.submitted")


async def review(session: Session, actor: Actor, report_id: UUID, body: schemas.ReportReviewIn) -> AppraisalReport:
    """The operator accepts or refuses a report, once. Raises `appraisal_reviewed`, `appraisal_conflict_of_interest`."""
    report = await queries.lock_visible(session, actor, report_id)
    for organisation_id in sorted({report.appraiser_id, *_owners(report.result)}):
        if await identity.may_hold_key(session, actor.person_id, organisation_id):
            raise problems.REVIEWER_CONFLICT()
    accepted = body.decision == ReportStatus.ACCEPTED
    rules.check_review(report.status, report.reviewed_at, accepted, body.reason)
    now = await read_clock(session)
    report.status, report.review_reason, report.reviewed_at = body.decision, body.reason, now
    report.revision += 1
    await session.flush()
    return await _announced(session, actor, report.id, f"appraisal.{body.decision}")


async def reapprove(session: Session, actor: Actor, report_id: UUID, body: schemas.ReapprovalIn) -> AppraisalReport:
    """Record that a price below the floor was approved again, by whom, how low, and with which document.

    Raises `appraisal_owner_only`, `appraisal_not_accepted`, `appraisal_expired`, `appraisal_date_in_future`,
    `reapproval_not_needed`.
    """
    report = await queries.lock_visible(session, actor, report_id)
    if not actor.has(Role.OPERATOR) and actor.organisation_id != report.result.organisation_id:
        raise problems.OWNER_ONLY()
    today = await read_today(session)
    rules.check_not_future("approved_on", body.approved_on, today)
    rules.check_usable(facts_of(report), body.approved_on, _years(report.base_date))
    rules.check_reapproval(body.lowest_price, floor_on(report, body.approved_on).floor)
    attachment = await documents.attach(
        session,
        actor,
        subject=(SUBJECT, report.id),
        document_id=body.document_id,
        title=body.approved_by,
        visibility=Visibility.PARTIES,
    )
    session.add(Reapproval(report_id=report.id, **body.model_dump()))
    report.revision += 1
    await session.flush()
    about = {"lowest_price": body.lowest_price, "sha256": attachment.document.sha256}
    return await _announced(session, actor, report.id, "appraisal.reapproved", **about)


async def usable_floor(session: Session, report_id: UUID, on: date, *, result_id: UUID | None = None) -> Floor:
    """The floor of a report that may be used on a day; the report stays as it is until the transaction ends.

    Raises `unknown_reference` for a report that is not there or is of another result than `result_id`,
    `appraisal_not_accepted`, `appraisal_expired` naming the day.
    """
    report = await queries.hold_report(session, report_id)
    if report is None or (result_id is not None and report.result_id != result_id):
        raise UNKNOWN_REFERENCE(
            field="appraisal_report_id", what=Text("appraisal report of the result", "该成果的评估报告")
        )
    rules.check_usable(facts_of(report), on, _years(report.base_date))
    return floor_on(report, on)


async def check_price(
    session: Session,
    report_id: UUID,
    price: Decimal,
    on: date,
    *,
    result_id: UUID | None = None,
    field: str = "price",
    to_owner: bool = True,
) -> Floor:
    """Whether a price (CNY) may rest on a report on a day; for the pricing modes, under their own lock.

    Answers the floor. Raises what `usable_floor` raises, and `price_below_floor` naming the article and the lowest
    price that passes. How low was re-approved is for the owner's side: others (`to_owner` false) are told the floor
    by the figure, which always passes.
    """
    floor = await usable_floor(session, report_id, on, result_id=result_id)
    named = floor.lowest_price if to_owner else floor.floor
    rules.check_price(facts_of(floor.report), price, floor.lowest_price, floor.figure.value, named=named, field=field)
    return floor


def floor_on(report: AppraisalReport, on: date) -> Floor:
    """How low a price may go on a day, by the figure and the re-approvals of that day."""
    figure = parameter("appraisal_price_floor", on=on)
    approved = [rules.Approved(row.lowest_price, row.approved_on) for row in report.reapprovals]
    lowest = rules.lowest_price(report.value, figure.value, approved, on)
    return Floor(report, on, figure, rules.price_floor(report.value, figure.value), lowest)


def facts_of(report: AppraisalReport) -> rules.Report:
    """The report as its rules take it."""
    return rules.Report(report.number, report.status, report.base_date, report.valid_to, report.value)


def _years(base_date: date) -> int:
    return int(parameter("appraisal_validity_years", on=base_date).value)


async def _parties(session: Session, actor: Actor, body: schemas.ReportIn) -> tuple[Result, Organisation]:
    """The result and its appraiser. Callers other than the keeper or an appraiser get `not_found`."""
    own = actor.organisation()
    result = await queries.find_result(session, body.result_id)
    known = await identity.organisations_by_id(session, {own, body.appraiser_id or own})
    by_keeper = result is not None and result.organisation_id == own
    if result is None or not (by_keeper or known[own].kind == OrganisationKind.APPRAISER):
        raise UNKNOWN_REFERENCE(field="result_id", what=Text("result", "科技成果"))
    if by_keeper and body.appraiser_id is None:
        missing = FieldError("appraiser_id", "missing", Text("Name the appraiser", "请指明评估机构"))
        raise INVALID_INPUT(errors=[missing], count=1)
    appraiser_id = body.appraiser_id or own
    if appraiser_id not in known or not (by_keeper or appraiser_id == own):
        raise UNKNOWN_REFERENCE(field="appraiser_id", what=Text("appraiser", "评估机构"))
    appraiser = known[appraiser_id]
    if appraiser.kind != OrganisationKind.APPRAISER:
        raise problems.NOT_AN_APPRAISER(field="appraiser_id", name=appraiser.name, kind=appraiser.kind)
    if appraiser.verification != Verification.VERIFIED:
        raise NOT_VERIFIED(field="appraiser_id", name=appraiser.name, verification=appraiser.verification)
    return result, appraiser


def _owners(result: Result) -> list[UUID]:
    """The organisations that keep and own a result."""
    owners = {owner.organisation_id for owner in result.owners if owner.organisation_id is not None}
    return sorted({result.organisation_id, *owners})


async def _announced(session: Session, actor: Actor, report_id: UUID, type_: str, **about: object) -> AppraisalReport:
    """Tell the owners, the appraiser and the market's staff; answers the report as it now stands."""
    report = await queries.get_report(session, actor, report_id)
    events.append(
        session,
        type_,
        (SUBJECT, report.id),
        audience=[*events.STAFF, report.appraiser_id, *_owners(report.result)],
        payload={
            "number": report.number,
            "result_id": report.result_id,
            "base_date": report.base_date,
            "valid_to": report.valid_to,
            "value": report.value,
            "sha256": report.document.sha256,
            **about,
        },
    )
    return report
