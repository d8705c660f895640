"""Tables of the yearly lists of dormant results."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.catalogue.results.kinds import TechnicalField
from app.core.database import Base, Created, Identified
from app.market.dormant.kinds import DormancyReason, DormantListStatus, DormantStatus, NotDormant


class DormantList(Identified, Created, Base):
    """The dormant results of a year, as the rule found them on a day. `gathered_to` is the last result looked at."""

    __tablename__ = "dormant_lists"
    __table_args__ = (Index("ix_dormant_lists_status_year", "status", "year"),)

    year: Mapped[int] = mapped_column(unique=True)
    as_of: Mapped[date]
    years: Mapped[int]
    status: Mapped[DormantListStatus] = mapped_column(Text, default=DormantListStatus.GATHERING)
    gathered_to: Mapped[UUID | None]
    check_ends_on: Mapped[date | None]
    published_at: Mapped[datetime | None]


class DormantResult(Identified, Base):
    """A result in a list, and what its unit says of it. `shown` is what is published of the result.

    `not_dormant` says why a corrected one left the list.
    """

    __tablename__ = "dormant_results"
    __table_args__ = (
        Index("ix_dormant_results_waiting", "organisation_id", "id", postgresql_where=text("status = 'waiting'")),
        Index("uq_dormant_results_list_result", "list_id", "result_id", unique=True),
        Index("ix_dormant_results_list_id", "list_id", "id"),
        Index("ix_dormant_results_organisation_id", "organisation_id", "id"),
        Index("ix_dormant_results_result_id", "result_id"),
        Index("ix_dormant_results_by_status", "status", "id"),
        Index("ix_dormant_results_by_field", "technical_field", "id"),
    )

    list_id: Mapped[UUID] = mapped_column(ForeignKey("dormant_lists.id"))
    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    technical_field: Mapped[TechnicalField] = mapped_column(Text)
    shown: Mapped[dict[str, Any]]
    status: Mapped[DormantStatus] = mapped_column(Text, default=DormantStatus.WAITING)
    reason: Mapped[DormancyReason | None] = mapped_column(Text)
    note: Mapped[str | None]
    not_dormant: Mapped[NotDormant | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
