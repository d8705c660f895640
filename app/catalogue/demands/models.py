"""Tables of demands: the demand with its draft, and every version that was published."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.catalogue.demands.kinds import CheckStatus, ClosureReason, DemandKind, DemandStatus
from app.catalogue.results.kinds import TechnicalField
from app.core.database import Base, Created, Identified, Numbered, Revised


class Demand(Identified, Numbered, Revised, Created, Base):
    """What somebody asks for. `form` is the demander's draft: of the first version, or of the next.

    What is published stands in the versions; the columns from `technical_field` on say the same for the filters of the
    public list, so that a draft never shows there. `name_hidden`: the public is not told who asks. `check_due_at` is
    until when the operator decides on a draft that waits. `published_at` is the first publication.
    """

    __tablename__ = "demands"
    __table_args__ = (
        Index(
            "ix_demands_waiting",
            "demander_id",
            "check_status",
            text("coalesce(check_due_at, '9999-12-31 00:00:00+00'::timestamptz)"),
            "id",
            postgresql_where=text("check_status IN ('submitted', 'checked', 'returned')"),
        ),
        Index("ix_demands_status", "status"),
        Index("ix_demands_kind", "kind"),
        Index("ix_demands_demander_id", "demander_id", "id"),
        Index("ix_demands_check_status", "check_status", "id"),
        Index("ix_demands_status_published_at", "status", "published_at", "id", postgresql_where=text("version > 0")),
        Index(
            "ix_demands_technical_field",
            "technical_field",
            "status",
            "published_at",
            "id",
            postgresql_where=text("version > 0"),
        ),
        Index("ix_demands_status_budget", "status", "budget", "id", postgresql_where=text("budget IS NOT NULL")),
        Index("ix_demands_met", "demander_id", "technical_field", postgresql_where=text("status = 'met'")),
        Index("ix_demands_status_closes_at", "status", "closes_at", "id", postgresql_where=text("version > 0")),
    )

    kind: Mapped[DemandKind] = mapped_column(Text)
    demander_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    form: Mapped[dict[str, Any]]
    status: Mapped[DemandStatus] = mapped_column(Text, default=DemandStatus.DRAFT)
    closure_reason: Mapped[ClosureReason | None] = mapped_column(Text)
    closure_note: Mapped[str | None]
    check_status: Mapped[CheckStatus] = mapped_column(Text, default=CheckStatus.EDITING)
    check_reason: Mapped[str | None]
    check_due_at: Mapped[datetime | None]
    first_checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=0)
    technical_field: Mapped[TechnicalField | None] = mapped_column(Text)
    industry_code: Mapped[str | None]
    solutions: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    budget: Mapped[Decimal | None]
    name_hidden: Mapped[bool | None]
    valid_to: Mapped[date | None]
    published_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]


class DemandVersion(Base):
    """What was published, to the byte: `content` in full, `card` for lists; and who checked it. Append-only."""

    __tablename__ = "demand_versions"

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str]
    card: Mapped[str]
    sha256: Mapped[str]
    published_at: Mapped[datetime]
    first_checked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    second_checked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
