"""The table of what the operator declared of days."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Recorded
from app.core.ids import new_id


class CalendarOverride(Recorded, Base):
    """What the operator declared of a day, with the notice it rests on. Append-only: the last row of a day counts.

    `is_working` null: what was declared before is withdrawn, and the public calendar counts again.
    """

    __tablename__ = "calendar_overrides"
    __table_args__ = (Index("ix_calendar_overrides_day_seq", "day", "seq"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    day: Mapped[date]
    is_working: Mapped[bool | None]
    reference: Mapped[str]
