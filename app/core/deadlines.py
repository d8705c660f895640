"""Deadlines: what must happen at a time, exactly once, with any number of workers.

A deadline is a row written in the transaction that causes it. A worker runs its handler and ticks the row in one
transaction, so the effect and the tick are one. The exchange's clock decides what is due, and a sandbox may move it;
that is why these are rows and not jobs of a queue, which keeps its own time.

Lock order, here as in every use case: the subject first, its deadline last. A worker that held the row while its
handler waits for the subject would deadlock with the command that holds the subject and moves or cancels the deadline.

Workers share the work by claims: advisory locks on the subjects of a batch, tried and never waited for, which end with
the batch or with the worker's connection. Claims only save work done twice. That a deadline happens once rests on the
tick alone: it updates a row that is still due. If two transactions try, the second finds the row settled and rolls
back.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Index, Integer, Row, func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import read_clock
from app.core.database import Base, Database, Session
from app.core.history.records import UNRECORDED
from app.core.hooks import Port
from app.core.ids import new_id
from app.core.logs import get_logger, trace_of
from app.core.problems import Problem

log = get_logger(__name__)
Handler = Callable[[Session, UUID, datetime], Awaitable[None]]
"""`(session, subject_id, now)`. A handler may schedule its subject's next deadline of the same kind."""
HANDLERS: Final[Port[str, Handler]] = Port("deadlines")
"""By kind: what happens when a deadline of the kind falls due."""
MAX_BACKOFF = timedelta(hours=1)
AT_ONCE = 8
"""Deadlines that one worker runs at once: while one waits for the disk, others compute."""
WINDOW = 2000
"""Due deadlines among which a worker looks for unclaimed ones: the batches of 20 workers."""


class Deadline(Base):
    """One pending or settled deadline. A subject has at most one pending deadline of a kind."""

    __tablename__ = "deadlines"
    __table_args__ = (
        Index("ix_deadlines_due", "next_attempt_at", "id", postgresql_where=text("settled_at IS NULL")),
        Index("uq_deadlines_pending", "kind", "subject_id", unique=True, postgresql_where=text("settled_at IS NULL")),
        {"info": {UNRECORDED: "what falls due is a work list; what it caused is recorded"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    due_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None]
    settled_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class _Running:
    """The deadline whose handler a session runs."""

    id: UUID
    kind: str
    subject_id: UUID
    now: datetime


RUNNING = "deadline"
# The window is closed before the first lock is tried, so that no subject is claimed whose deadline is not answered.
_CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT id, subject_id FROM deadlines
        WHERE settled_at IS NULL AND next_attempt_at <= (SELECT techex_now())
        ORDER BY next_attempt_at, id LIMIT :window
    )
    SELECT id, subject_id FROM due
    WHERE pg_try_advisory_xact_lock(hashtextextended('deadline:' || subject_id, 0)) LIMIT :limit
""")
# Written once, as text: built again for each deadline they cost a sixth of its time.
_STILL_DUE = text("""
    SELECT kind, subject_id, techex_now() FROM deadlines
    WHERE id = :wanted AND settled_at IS NULL AND next_attempt_at <= techex_now()
""")
_TICK = text("""
    UPDATE deadlines SET settled_at = :now, attempts = attempts + 1
    WHERE id = :wanted AND settled_at IS NULL AND next_attempt_at <= :now RETURNING id
""")


async def schedule(session: Session, kind: str, subject_id: UUID, due_at: datetime) -> None:
    """Set the subject's pending deadline of a kind, or move it; `KeyError` for a kind that nobody provides."""
    HANDLERS.of(kind)
    running: _Running | None = session.info.get(RUNNING)
    if running is not None and (running.kind, running.subject_id) == (kind, subject_id):
        await _tick(session)  # the handler sets its subject's next deadline: the one it runs is over
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


async def cancel(session: Session, kind: str, subject_id: UUID) -> None:
    """Settle a pending deadline without running it. A running handler may cancel its own deadline, which then ends."""
    running: _Running | None = session.info.get(RUNNING)
    if running is not None and (running.kind, running.subject_id) == (kind, subject_id):
        await _tick(session)
        return
    await session.execute(
        update(Deadline)
        .where(Deadline.kind == kind, Deadline.subject_id == subject_id, Deadline.settled_at.is_(None))
        .values(settled_at=func.techex_now(), last_error="cancelled")
    )


async def run_due(database: Database, limit: int = 100) -> int:
    """Run up to `limit` due deadlines, each in a transaction of its own; returns how many were taken.

    Several run at once; those of one subject one after another, in the order they fell due. A handler that fails
    leaves its row pending, to be tried again after 2, 4, 8 … seconds, at most an hour.
    """
    async with database.transaction() as session:
        found = (await session.execute(_CLAIM, {"window": WINDOW, "limit": limit})).all()
        subjects: dict[UUID, list[UUID]] = {}
        for deadline_id, subject_id in found:
            subjects.setdefault(subject_id, []).append(deadline_id)
        left, taken = list(reversed(subjects.values())), 0

        async def runner() -> None:
            nonlocal taken
            while left:
                for deadline_id in left.pop():
                    ran = await _run_one(database, deadline_id)
                    taken += ran

        # This transaction stays open: it holds the claims. It has written nothing, so it holds back nobody's events.
        runners = [runner() for _ in range(max(1, min(database.at_once - 2, AT_ONCE, len(left))))]
        errors = [error for error in await asyncio.gather(*runners, return_exceptions=True) if error is not None]
    if errors:
        raise errors[0]
    return taken


async def _run_one(database: Database, deadline_id: UUID) -> bool:
    """Run one deadline if it is still due; returns whether it was taken."""
    deadline: Row[str, UUID, datetime] | None = None
    try:
        async with database.transaction() as session:
            deadline = (await session.execute(_STILL_DUE, {"wanted": deadline_id})).one_or_none()
            if deadline is None:
                return False
            kind, subject_id, now = deadline
            session.info[RUNNING] = _Running(deadline_id, kind, subject_id, now)
            await HANDLERS.of(kind)(session, subject_id, now)
            await session.flush()
            await _tick(session)
    except _MovedError:
        return False
    except Exception as error:
        if deadline is None:
            raise
        await _note_failure(database, deadline_id, deadline.kind, error)
    return True


async def _tick(session: Session) -> None:
    """Settle the deadline under way, once; raises `_MovedError` if it is not due any more."""
    running: _Running | None = session.info.pop(RUNNING, None)
    if running is None:
        return
    ticked = await session.execute(_TICK, {"wanted": running.id, "now": running.now})
    if ticked.scalar_one_or_none() is None:
        raise _MovedError


class _MovedError(Exception):
    """The deadline was cancelled or moved while its handler waited. The handler's work is rolled back."""


async def _note_failure(database: Database, deadline_id: UUID, kind: str, error: Exception) -> None:
    async with database.transaction() as session:
        now = await read_clock(session)
        # The power is bounded before the interval: 2 ** 47 seconds are more than an interval can hold.
        seconds = func.least(func.power(2, func.least(Deadline.attempts + 1, 20)), MAX_BACKOFF.total_seconds())
        failed = update(Deadline).where(
            Deadline.id == deadline_id, Deadline.settled_at.is_(None), Deadline.next_attempt_at <= now
        )
        await session.execute(
            failed.values(
                attempts=Deadline.attempts + 1,
                last_error=error.kind.code if isinstance(error, Problem) else type(error).__name__,
                next_attempt_at=now + seconds * text("interval '1 second'"),
            )
        )
    log.error("deadline_failed", kind=kind, deadline_id=str(deadline_id), trace=trace_of(error))
