"""Tables of appraisal reports (资产评估报告) and of re-approvals of a price below their floor."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.appraisals.kinds import AppraisalMethod, ReportStatus
from app.catalogue.results.models import Result
from app.core.database import Base, Created, Identified, Recorded, Revised
from app.identity.models import Organisation
from app.office.documents.models import Document


class AppraisalReport(Identified, Revised, Created, Base):
    """A report on a result's value (CNY). `number` is the appraiser's own, `valid_to` the last day it may be used.

    A refused report leaves its number free, so that a corrected one can be recorded.
    """

    __tablename__ = "appraisal_reports"
    __table_args__ = (
        Index(
            "ix_appraisal_reports_submitted_by", "submitted_by_id", "id", postgresql_where=text("status = 'submitted'")
        ),
        Index("ix_appraisal_reports_submitted", "id", postgresql_where=text("status = 'submitted'")),
        Index("ix_appraisal_reports_status", "status"),
        Index("ix_appraisal_reports_method", "method"),
        CheckConstraint("value > 0", name="value"),
        CheckConstraint("valid_to > base_date", name="validity"),
        CheckConstraint("(status = 'submitted') = (reviewed_at IS NULL)", name="review"),
        Index(
            "uq_appraisal_reports_number",
            "appraiser_id",
            text("techex_folded(number)"),
            unique=True,
            postgresql_where=text("status <> 'refused'"),
        ),
        Index("ix_appraisal_reports_result_id", "result_id", "id"),
        Index("ix_appraisal_reports_appraiser_id", "appraiser_id", "id"),
        Index("ix_appraisal_reports_by_valid_to", "valid_to", "id"),
    )

    number: Mapped[str]
    appraiser_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id"))
    submitted_by_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    base_date: Mapped[date]
    method: Mapped[AppraisalMethod] = mapped_column(Text)
    value: Mapped[Decimal]
    valid_to: Mapped[date]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"))
    status: Mapped[ReportStatus] = mapped_column(Text, default=ReportStatus.SUBMITTED)
    review_reason: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    appraiser: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[appraiser_id])
    result: Mapped[Result] = relationship(lazy="raise")
    document: Mapped[Document] = relationship(lazy="raise")
    reapprovals: Mapped[list["Reapproval"]] = relationship(lazy="raise", order_by="Reapproval.id")


class Reapproval(Identified, Recorded, Base):
    """Who approved a price below the floor, how low (CNY), and with which document. Append-only."""

    __tablename__ = "appraisal_reapprovals"
    __table_args__ = (
        CheckConstraint("lowest_price > 0", name="lowest_price"),
        Index("ix_appraisal_reapprovals_report_id", "report_id", "id"),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal_reports.id"))
    approved_by: Mapped[str]
    approved_on: Mapped[date]
    lowest_price: Mapped[Decimal]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"))
    document: Mapped[Document] = relationship(lazy="raise")
