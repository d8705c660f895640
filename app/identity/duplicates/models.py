"""The table of organisations that look like one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.core.database import Base, Identified
from app.identity.duplicates.kinds import Finding
from app.identity.models import Organisation


class OrganisationDuplicate(Identified, Base):
    """Two organisations that look like one, the lesser id first. A pair is found once, and decided by the operator.

    Without foreign keys to the organisations: who holds the lock of one would wait for the lock of the other, in a
    ring. No organisation is ever deleted.
    """

    __tablename__ = "organisation_duplicates"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="order"),
        CheckConstraint("(decided_at IS NULL) = (finding IS NULL)", name="decided"),
        CheckConstraint("kept_id IS NULL OR kept_id IN (first_id, second_id)", name="kept"),
        Index("uq_organisation_duplicates_pair", "first_id", "second_id", unique=True),
        Index("ix_organisation_duplicates_second_id", "second_id"),
        Index("ix_organisation_duplicates_open", "id", postgresql_where=text("decided_at IS NULL")),
        Index("ix_organisation_duplicates_decided", "id", postgresql_where=text("decided_at IS NOT NULL")),
    )

    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    likenesses: Mapped[list[str]] = mapped_column(ARRAY(Text))
    found_at: Mapped[datetime] = mapped_column(server_default=text("techex_now()"))
    finding: Mapped[Finding | None] = mapped_column(Text)
    kept_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    first: Mapped[Organisation] = relationship(
        lazy="raise", viewonly=True, primaryjoin=lambda: foreign(OrganisationDuplicate.first_id) == Organisation.id
    )
    second: Mapped[Organisation] = relationship(
        lazy="raise", viewonly=True, primaryjoin=lambda: foreign(OrganisationDuplicate.second_id) == Organisation.id
    )
