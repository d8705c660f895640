"""What was said of matches. The matches themselves are not stored: they are found again whenever somebody asks."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.catalogue.demands.responses.kinds import DeclineReason
from app.core.database import Base, Identified, OfSubject, Recorded
from app.finding.matching.kinds import Feedback


class MatchFeedback(Identified, OfSubject, Recorded, Base):
    """What was said of a match, for a demand or a listing (the subject), by its side. Append-only.

    `kind` and `target_id` name what was matched. Each thing is said of a pair at most once; the last one holds.
    """

    __tablename__ = "match_feedback"
    __table_args__ = (
        CheckConstraint("(said = 'declined') = (reason IS NOT NULL)", name="declined"),
        CheckConstraint("subject_type IN ('demand', 'listing')", name="subject"),
        Index("uq_match_feedback_said", "subject_id", "kind", "target_id", "said", unique=True),
        Index("ix_match_feedback_declined", "subject_id", "id", postgresql_where=text("said = 'declined'")),
    )

    kind: Mapped[str]
    target_id: Mapped[UUID]
    said: Mapped[Feedback] = mapped_column(Text)
    reason: Mapped[DeclineReason | None] = mapped_column(Text)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
