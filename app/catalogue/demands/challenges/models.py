"""Tables of challenges: the procedure, its experts and their scores, the results on notice, objections to them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.catalogue.demands.challenges.kinds import ChallengeObjectionOutcome, ChallengeStatus
from app.core.database import Base, Identified, Recorded
from app.core.history.records import PRIVATE


class Challenge(Base):
    """The procedure of a challenge: who changes it holds its demand. `judging` counts the judgings from 1."""

    __tablename__ = "challenges"
    __table_args__ = (CheckConstraint("judging > 0", name="judging"),)

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"), primary_key=True)
    status: Mapped[ChallengeStatus] = mapped_column(Text, default=ChallengeStatus.OPEN)
    judging: Mapped[int] = mapped_column(default=1)
    winner_id: Mapped[UUID | None] = mapped_column(ForeignKey("demand_responses.id"))
    notice_last_day: Mapped[date | None]
    notice_ends_at: Mapped[datetime | None]
    awarded_at: Mapped[datetime | None]


class ChallengeExpert(Identified, Recorded, Base):
    """Who judges in a round, for which organisation; published with the scores. Append-only."""

    __tablename__ = "challenge_experts"
    __table_args__ = (
        UniqueConstraint("demand_id", "judging", "person_id"),
        Index("ix_challenge_experts_person_id", "person_id", "id"),
    )

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("challenges.demand_id"))
    judging: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    speciality: Mapped[str]
    appointed_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))


class ChallengeScore(Recorded, Base):
    """An expert's points for a bid, in the order of the criteria. Append-only."""

    __tablename__ = "challenge_scores"

    expert_id: Mapped[UUID] = mapped_column(ForeignKey("challenge_experts.id"), primary_key=True)
    response_id: Mapped[UUID] = mapped_column(ForeignKey("demand_responses.id"), primary_key=True)
    points: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    comment: Mapped[str]


class ChallengeResult(Base):
    """The scores of a round as they were published: canonical JSON and its SHA-256. Append-only."""

    __tablename__ = "challenge_results"

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("challenges.demand_id"), primary_key=True)
    judging: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str]
    sha256: Mapped[str]
    published_at: Mapped[datetime]


class ChallengeObjection(Identified, Base):
    """An objection to the scores on notice, and what the operator decided of it, once."""

    __tablename__ = "challenge_objections"
    __table_args__ = (
        Index("ix_challenge_objections_open", "organisation_id", "id", postgresql_where=text("outcome IS NULL")),
        Index("ix_challenge_objections_demand_id", "demand_id", "id"),
        CheckConstraint("(outcome IS NULL) = (statement IS NULL)", name="decided"),
    )

    demand_id: Mapped[UUID] = mapped_column(ForeignKey("challenges.demand_id"))
    judging: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    reason: Mapped[str]
    contact: Mapped[str] = mapped_column(info=PRIVATE)
    filed_at: Mapped[datetime]
    outcome: Mapped[ChallengeObjectionOutcome | None] = mapped_column(Text)
    statement: Mapped[str | None]
    decided_at: Mapped[datetime | None]
