"""The table of periods (期间): what runs, from when to when, by which rule."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, OfSubject, Revised
from app.law.periods.kinds import PeriodStatus, Unit

RUNNING = text("status = 'open' AND unit = 'working'")
CURRENT = text("status IN ('open', 'suspended')")


class Period(Identified, OfSubject, Revised, Base):
    """A period of a subject (`listing`, `registration`, …) under a rule of the catalogue.

    It counts `count` units from the day after `starts_on` to the end of `ends_on`, less the `elapsed` ones that passed
    before a suspension, but at least `least_remaining`. `calendar_seq` and `announced_year` say what its end was
    computed with: the operator's overrides so far, and the last year announced. `audiences` are told when the end
    moves, and may read it. A subject has at most one current period of a rule.
    """

    __tablename__ = "periods"
    __table_args__ = (
        Index(
            "ix_periods_certificates",
            "ends_on",
            "id",
            postgresql_where=text("rule = 'certificate' AND status = 'open'"),
        ),
        CheckConstraint("count > 0 AND elapsed >= 0 AND least_remaining >= 0", name="counts"),
        CheckConstraint("ends_on >= starts_on", name="order"),
        CheckConstraint(
            "(status = 'open') = (stopped_on IS NULL) AND (status = 'open') = (reason IS NULL)", name="stopped"
        ),
        Index("ix_periods_subject_id_id", "subject_id", "id"),
        Index("ix_periods_recomputed", "ends_on", "id", postgresql_where=RUNNING),
        Index("uq_periods_current", "subject_type", "subject_id", "rule", unique=True, postgresql_where=CURRENT),
    )

    rule: Mapped[str]
    unit: Mapped[Unit] = mapped_column(Text)
    count: Mapped[int]
    elapsed: Mapped[int] = mapped_column(default=0)
    least_remaining: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    provisional: Mapped[bool]
    parameter: Mapped[str]
    reference: Mapped[str]
    mark: Mapped[str]
    deadline_kind: Mapped[str | None]
    audiences: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    status: Mapped[PeriodStatus] = mapped_column(Text, default=PeriodStatus.OPEN)
    stopped_on: Mapped[date | None]
    reason: Mapped[str | None]
    calendar_seq: Mapped[int] = mapped_column(BigInteger)
    announced_year: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(server_default=text("techex_now()"))
