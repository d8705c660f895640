"""The one clock. The database keeps it, so every process reads the same time. A sandbox may move it.

`techex_now()` is `clock_timestamp()` plus what the sandbox has been moved forward. It is not `now()`: that is the
start of the transaction, and lateness is decided after the lock has been had.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import Boolean, CheckConstraint, Interval, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Database, Session
from app.core.history.records import UNRECORDED
from app.core.problems import ProblemType, Text
from app.core.settings import Environment, Settings


class SandboxClock(Base):
    """How far a sandbox has moved its clock; one row. Empty in production."""

    __tablename__ = "sandbox_clock"
    __table_args__ = (
        CheckConstraint("only_row", name="one_row"),
        CheckConstraint("moved >= interval '0'", name="forward"),
        {"info": {UNRECORDED: "a sandbox's own"}},
    )

    only_row: Mapped[bool] = mapped_column(Boolean, primary_key=True, default=True)
    moved: Mapped[timedelta] = mapped_column(Interval)


class ClockMovedError(RuntimeError):
    """A production process was pointed at a database whose clock a sandbox has moved."""


CLOCK_BACKWARD = ProblemType(
    "clock_backward",
    422,
    Text("The clock only moves forward", "时钟只能前移"),
    Text("The sandbox clock shows {now}. {to} is earlier.", "沙箱时钟现为 {now};{to} 更早。"),
    Text("Send a time after {now}.", "请给出晚于 {now} 的时间。"),
)


async def read_clock(session: Session) -> datetime:
    """The exchange's time now (UTC), read after the locks that the caller already holds."""
    now: datetime = (await session.execute(text("SELECT techex_now()"))).scalar_one()
    return now


async def read_today(session: Session) -> date:
    """The city's calendar day now, read like `read_clock`."""
    return session.city.day_of(await read_clock(session))


async def move_clock(session: Session, to: datetime) -> datetime:
    """Move a sandbox's clock forward to `to`; returns the new time. Raises `clock_backward`."""
    row = insert(SandboxClock).values(only_row=True, moved=timedelta(0))
    await session.execute(row.on_conflict_do_nothing())
    await session.execute(select(SandboxClock).with_for_update())
    now = await read_clock(session)
    if to < now:
        raise CLOCK_BACKWARD(field="to", now=now.isoformat(), to=to.isoformat())
    await session.execute(update(SandboxClock).values(moved=SandboxClock.moved + (to - now)))
    return await read_clock(session)


async def is_moved(session: Session) -> bool:
    """Whether this database's clock was ever moved. A production process must not use such a database."""
    return (await session.execute(select(SandboxClock.moved))).scalar_one_or_none() not in (None, timedelta(0))


async def refuse_moved_clock(settings: Settings, database: Database) -> None:
    """Production must not serve from a database whose clock was moved; raises `ClockMovedError`."""
    if settings.environment is Environment.PRODUCTION:
        async with database.reading() as session:
            if await is_moved(session):
                raise ClockMovedError("this database's clock was moved in a sandbox; production will not serve from it")
