"""The table of corrections."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, OfSubject
from app.core.history.records import PRIVATE


class Correction(Identified, OfSubject, Base):
    """A recorded fact of identity was put right: what stood there, what stands there now, who found it and why.

    `concerns`: the organisations that may read it. Append-only. A certificate's number is personal.
    """

    __tablename__ = "identity_corrections"
    __table_args__ = (
        Index("ix_identity_corrections_subject_type", "subject_type"),
        Index("ix_identity_corrections_subject_id", "subject_id", "id"),
        Index("ix_identity_corrections_concerns", "concerns", postgresql_using="gin"),
    )

    concerns: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    before: Mapped[dict[str, Any]] = mapped_column(info=PRIVATE)
    after: Mapped[dict[str, Any]] = mapped_column(info=PRIVATE)
    reason: Mapped[str]
    corrected_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    corrected_at: Mapped[datetime] = mapped_column(server_default=text("techex_now()"))
