"""The appraisals' part of a price dossier. Appraisals stand below deals, so their history is told here."""

from collections.abc import Sequence
from uuid import UUID

from app.catalogue.appraisals import queries as appraisals
from app.catalogue.appraisals.kinds import ReportStatus
from app.catalogue.appraisals.models import AppraisalReport
from app.catalogue.appraisals.problems import FLOOR_RULE, VALIDITY_RULE
from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.story import By, DocumentRef, Entry, Section, Trace
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal

NAMED = "listing.appraisal_named"
HIDDEN = Text(
    "Reports are read by their appraiser, the owners of the result and the market's staff.",
    "评估报告由评估机构、成果权利人及交易所人员查阅。",
)


async def appraisal_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """Every report of the result that the reader may see, with its review and the re-approvals of lower prices."""
    if deal.result_id is None:
        return []
    reports = await appraisals.reports_of(session, actor, deal.result_id)
    happened = await events.of_subjects(session, [report.id for report in reports])
    entries = [entry for report in reports for entry in (*_report(report), *_reapprovals(report, happened))]
    if deal.listing_id is not None:
        entries += _named(reports, await events.of_subjects(session, [deal.listing_id]))
    entries.sort(key=lambda entry: entry.at)
    title = Text("Appraisal reports and re-approvals", "资产评估报告与再次审批")
    sellers = {party.organisation_id for party in deal.parties if party.role == PartyRole.SELLER}
    # The seller of a result keeps or co-owns it, and so sees every report on it.
    sees_all = actor.is_staff or actor.organisation_id in sellers
    return [Section("appraisals", title, entries, withheld=None if sees_all else HIDDEN)]


def _report(report: AppraisalReport) -> list[Entry]:
    recorded = Entry(
        at=report.created_at,
        by=By(_recorder(report), report.submitted_by_id),
        what=Text("Appraisal report recorded", "登记评估报告"),
        facts={
            "number": report.number,
            "appraiser_id": report.appraiser_id,
            "base_date": report.base_date,
            "method": report.method,
            "value": report.value,
            "valid_to": report.valid_to,
        },
        rule=VALIDITY_RULE,
        documents=[DocumentRef(report.document.filename, report.document.sha256)],
        traces=[Trace("appraisal.submitted", report.id)],
    )
    if report.reviewed_at is None:
        return [recorded]
    accepted = report.status == ReportStatus.ACCEPTED
    reviewed = Entry(
        at=report.reviewed_at,
        by=By(Capacity.OPERATOR),
        what=Text("Report accepted", "报告审核通过") if accepted else Text("Report refused", "报告审核不予通过"),
        facts={"number": report.number, "reason": report.review_reason},
        traces=[Trace(f"appraisal.{report.status}", report.id)],
    )
    return [recorded, reviewed]


def _named(reports: Sequence[AppraisalReport], happened: Sequence[Event]) -> list[Entry]:
    """When the listing came to rest on a report that the reader sees."""
    numbers = {str(report.id): report.number for report in reports}
    return [
        Entry.of(
            event,
            _keeper(event.actor_organisation_id),
            Text("Report named by the listing", "挂牌引用评估报告"),
            {"number": numbers[event.payload["appraisal_report_id"]]},
        )
        for event in happened
        if event.type == NAMED and event.payload["appraisal_report_id"] in numbers
    ]


def _reapprovals(report: AppraisalReport, happened: Sequence[Event]) -> list[Entry]:
    recorders = {
        event.payload["sha256"]: event.actor_organisation_id
        for event in happened
        if event.type == "appraisal.reapproved" and event.subject_id == report.id
    }
    return [
        Entry(
            at=row.recorded_at,
            by=_keeper(recorders.get(row.document.sha256)),
            what=Text("Lower price re-approved", "原批准单位书面同意"),
            facts={
                "number": report.number,
                "approved_by": row.approved_by,
                "approved_on": row.approved_on,
                "lowest_price": row.lowest_price,
            },
            rule=FLOOR_RULE,
            documents=[DocumentRef(row.document.filename, row.document.sha256)],
            traces=[Trace("appraisal.reapproved", report.id, {"sha256": row.document.sha256})],
        )
        for row in report.reapprovals
    ]


def _keeper(organisation_id: UUID | None) -> By:
    """The unit that keeps the result, or else the operator, recorded the paper."""
    return By(Capacity.SELLER, organisation_id) if organisation_id else By(Capacity.OPERATOR)


def _recorder(report: AppraisalReport) -> Capacity:
    return Capacity.APPRAISER if report.submitted_by_id == report.appraiser_id else Capacity.SELLER
