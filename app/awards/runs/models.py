"""Tables of award runs: the frozen facts of a year, and the statements computed from them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.awards.runs.kinds import AwardRunStatus
from app.core.database import Base, Identified, Numbered


class AwardRun(Identified, Numbered, Base):
    """The awards of a year under a programme. `facts` is canonical JSON; from it the outcome recomputes to the byte."""

    __tablename__ = "award_runs"
    __table_args__ = (
        Index(
            "uq_award_runs_published",
            "programme_id",
            "year",
            unique=True,
            postgresql_where=text("status = 'published'"),
        ),
    )

    programme_id: Mapped[str]
    year: Mapped[int]
    status: Mapped[AwardRunStatus] = mapped_column(Text, default=AwardRunStatus.DRAFT)
    facts: Mapped[str]
    facts_sha256: Mapped[str]
    outcome: Mapped[str]
    outcome_sha256: Mapped[str]
    computed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class AwardStatement(Identified, Base):
    """What one organisation is awarded in a run in one role; `content` holds the lines, null where none."""

    __tablename__ = "award_statements"
    __table_args__ = (
        UniqueConstraint("run_id", "organisation_id", "role"),
        Index("ix_award_statements_organisation_id", "organisation_id", "id"),
        Index("ix_award_statements_by_amount", "amount", "id"),
        Index("ix_award_statements_role", "role", "id"),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("award_runs.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    role: Mapped[str]
    amount: Mapped[Decimal]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
