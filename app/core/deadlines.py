"""Deadlines: what must happen at a time, exactly once, whatever number of workers run.

A deadline is a row written in the transaction that causes it. A worker locks a due row (`SKIP LOCKED`) and runs its
handler in the same transaction, so the effect and the tick of the row are one. Due is judged by the exchange's clock,
which a sandbox may move; that is why these are rows and not jobs of a queue that keeps its own time.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Index, Integer, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import read_clock
from app.core.database import Base, Database
from app.core.ids import new_id

log = structlog.get_logger(__name__)
Handler = Callable[[AsyncSession, UUID, datetime], Awaitable[None]]
_HANDLERS: dict[str, Handler] = {}
MAX_BACKOFF = timedelta(hours=1)


class Deadline(Base):
    """One pending or settled deadline. A subject has at most one pending deadline of a kind."""

    __tablename__ = "deadlines"
    __table_args__ = (
        Index("ix_deadlines_due", "next_attempt_at", postgresql_where=text("settled_at IS NULL")),
        Index("uq_deadlines_pending", "kind", "subject_id", unique=True, postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    due_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None]
    settled_at: Mapped[datetime | None]


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register what happens when a deadline of `kind` falls due: `handler(session, subject_id, now)`.

    The handler may schedule its subject's next deadline of the same kind.
    """

    def register(handler: Handler) -> Handler:
        if kind in _HANDLERS:
            raise ValueError(f"deadline kind {kind} has a handler already")
        _HANDLERS[kind] = handler
        return handler

    return register


async def schedule(session: AsyncSession, kind: str, subject_id: UUID, due_at: datetime) -> None:
    """Set the subject's pending deadline of a kind, or move it."""
    if kind not in _HANDLERS:
        raise ValueError(f"no handler for deadline kind {kind}")
    row = insert(Deadline).values(
        id=new_id(), kind=kind, subject_id=subject_id, due_at=due_at, next_attempt_at=due_at, attempts=0
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[Deadline.kind, Deadline.subject_id],
            index_where=text("settled_at IS NULL"),
            set_={"due_at": due_at, "next_attempt_at": due_at, "attempts": 0, "last_error": None},
        )
    )


async def cancel(session: AsyncSession, kind: str, subject_id: UUID) -> None:
    """Settle a pending deadline without running it."""
    await session.execute(
        update(Deadline)
        .where(Deadline.kind == kind, Deadline.subject_id == subject_id, Deadline.settled_at.is_(None))
        .values(settled_at=func.techex_now(), last_error="cancelled")
    )


async def run_due(database: Database, limit: int = 100) -> int:
    """Run up to `limit` due deadlines, each in its own savepoint; answers how many rows were taken.

    A handler that fails leaves its row pending, to be tried again after 2, 4, 8 … seconds, at most an hour.
    """
    async with database.transaction() as session:
        now = await read_clock(session)
        statement = (
            select(Deadline)
            .where(Deadline.settled_at.is_(None), Deadline.next_attempt_at <= now)
            .order_by(Deadline.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        due = (await session.execute(statement)).scalars().all()
        for deadline in due:
            await _run_one(session, deadline, now)
        return len(due)


async def _run_one(session: AsyncSession, deadline: Deadline, now: datetime) -> None:
    deadline.attempts += 1
    deadline_id, kind, attempts = deadline.id, deadline.kind, deadline.attempts
    try:
        async with session.begin_nested():
            # Settled before the handler runs, so that the handler may set its subject's next deadline of this kind.
            deadline.settled_at = now
            await session.flush()
            await _HANDLERS[kind](session, deadline.subject_id, now)
    except Exception as error:
        deadline.last_error = type(error).__name__
        deadline.next_attempt_at = now + min(timedelta(seconds=2**attempts), MAX_BACKOFF)
        log.exception("deadline_failed", kind=kind, deadline_id=str(deadline_id), attempts=attempts)
