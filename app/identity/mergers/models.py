"""The table of mergers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Created, Identified
from app.identity.mergers.kinds import MergerKind


class Merger(Identified, Created, Base):
    """An organisation ends on a day, and another one stands for it from that day on.

    What the merged one sold, bought, signed and was paid stays in its name: this row is the fact, and rules resolve it.
    `heir_id` is who stands for it now, after later mergers too: the successor, or the successor's.
    """

    __tablename__ = "organisation_mergers"
    __table_args__ = (
        CheckConstraint("merged_id <> successor_id", name="two"),
        CheckConstraint("confirmed_by <> asked_by", name="two_people"),
        CheckConstraint("done_at IS NULL OR confirmed_by IS NOT NULL", name="confirmed"),
        Index(
            "uq_organisation_mergers_merged_id",
            "merged_id",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
        ),
        Index("ix_organisation_mergers_heir_id", "heir_id"),
    )

    merged_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    successor_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    heir_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[MergerKind] = mapped_column(Text)
    effective_on: Mapped[date]
    source: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    done_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
